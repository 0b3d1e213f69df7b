#include "dicom_sr/format_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string_view>

namespace focalhip {

namespace {
constexpr std::size_t longest_decimal_string = 16;  // PS3.5 6.2, VR DS
}

std::string decimal_text(double value, int decimals) {
  if (!std::isfinite(value)) throw std::runtime_error("a value that is not finite cannot be written");
  std::array<char, 400> buffer{};  // the longest double in fixed notation has 309 digits before the point
  const std::to_chars_result end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
  if (end.ec != std::errc{}) throw std::runtime_error("a value cannot be written as a decimal number");
  std::string text(buffer.data(), end.ptr);
  const bool is_zero =
      std::all_of(text.begin(), text.end(), [](char c) { return c == '-' || c == '0' || c == '.'; });
  if (is_zero && text.front() == '-') text.erase(0, 1);
  if (text.size() > longest_decimal_string) {
    throw std::runtime_error("a value does not fit a decimal string of 16 characters");
  }
  return text;
}

}  // namespace focalhip
