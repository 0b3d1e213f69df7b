#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace focalhip {

// What the stored words of a slice mean. [PS3.3 C.7.6.3, C.11.1]
struct PixelMeaning {
  int bits_stored = 16;  // 1 to 16, the low bits of the word
  bool is_signed = false;
  double slope_hu = 1.0;  // HU per stored unit
  double intercept_hu = 0.0;
  // First and last stored word that is padding, as 16 bits of the file; equal when there is no range limit.
  std::optional<std::array<std::uint16_t, 2>> padding;

  [[nodiscard]] bool operator==(const PixelMeaning&) const = default;
};

// Marks what was not measured: padding, and anything at or below -1100 HU, which no material is. [science:
// qct 1.3]
inline constexpr std::int16_t not_measured_hu = std::numeric_limits<std::int16_t>::min();
inline constexpr double least_measured_hu = -1100.0;

// HU of every possible word, rounded to the nearest (half away from zero) and limited to int16.
[[nodiscard]] std::vector<std::int16_t> hu_of_every_word(const PixelMeaning& meaning);

}  // namespace focalhip
