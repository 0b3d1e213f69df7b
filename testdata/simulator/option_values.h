#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Values of command line options: parsed, checked, stored. Each returns the broken rule or nothing.
namespace focalhip::simulator {

[[nodiscard]] std::optional<double> real_number_of(std::string_view text);
[[nodiscard]] std::string set_double(std::string_view text,
                                     double low,
                                     double high,
                                     const std::function<void(double)>& store);
[[nodiscard]] std::string set_integer(std::string_view text,
                                      std::int64_t low,
                                      std::int64_t high,
                                      const std::function<void(std::int64_t)>& store);
[[nodiscard]] std::vector<std::string> split_at(std::string_view text, char separator);

}  // namespace focalhip::simulator
