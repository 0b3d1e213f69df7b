#include "analysis/support/format_number.h"

#include <array>
#include <charconv>

#include "analysis/support/expects.h"

namespace focalhip {

std::string fixed(double value, int decimals) {
  std::array<char, 400> text{};  // the largest double has 309 digits before the point
  const auto result =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, decimals);
  expects(result.ec == std::errc{}, "a double fits its text");
  return {text.data(), result.ptr};
}

std::string exact_text(double value) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  expects(result.ec == std::errc{}, "a double fits its text");
  return {text.data(), result.ptr};
}

}  // namespace focalhip
