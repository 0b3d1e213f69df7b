#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace focalhip {

// HU as grey in the bone window of every slice on the pages.
[[nodiscard]] std::vector<std::uint8_t> windowed(const std::vector<std::int16_t>& hu);

// "L 300  W 1500"
[[nodiscard]] std::string window_words();

}  // namespace focalhip
