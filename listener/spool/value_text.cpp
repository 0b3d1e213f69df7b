#include "listener/spool/value_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace focalhip {

namespace {

// The whole text must be one number; a leading '+' is allowed by DS and IS but not by from_chars.
template <typename Number>
std::optional<Number> number_from(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(number)) return std::nullopt;
  }
  return number;
}

}  // namespace

std::string tag_text(DicomTag tag) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "(%04x,%04x)", tag >> 16U, tag & 0xFFFFU);
  return text.data();
}

std::string trimmed(std::string_view value) {
  constexpr std::string_view padding(" \0", 2);
  const std::size_t first = value.find_first_not_of(padding);
  if (first == std::string_view::npos) return {};
  return std::string(value.substr(first, value.find_last_not_of(padding) - first + 1));
}

bool is_valid_uid(std::string_view uid) {
  return !uid.empty() && uid.size() <= 64 && uid.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::vector<std::string> components(std::string_view value) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= value.size();) {
    const std::size_t end = std::min(value.find('\\', start), value.size());
    parts.push_back(trimmed(value.substr(start, end - start)));
    start = end + 1;
  }
  return parts;
}

std::optional<double> first_decimal(std::string_view value) {
  return number_from<double>(components(value).front());
}
std::optional<int> first_integer(std::string_view value) {
  return number_from<int>(components(value).front());
}

template <std::size_t Count>
std::optional<std::array<double, Count>> decimals(std::string_view value) {
  const std::vector<std::string> parts = components(value);
  if (parts.size() != Count) return std::nullopt;
  std::array<double, Count> numbers{};
  for (std::size_t i = 0; i < Count; ++i) {
    const std::optional<double> number = number_from<double>(parts[i]);
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  return numbers;
}
template std::optional<std::array<double, 2>> decimals<2>(std::string_view);
template std::optional<std::array<double, 3>> decimals<3>(std::string_view);
template std::optional<std::array<double, 6>> decimals<6>(std::string_view);

std::optional<int> unsigned_short(std::string_view bytes) {
  if (bytes.size() != 2) return std::nullopt;
  return static_cast<unsigned char>(bytes[0]) | (static_cast<unsigned char>(bytes[1]) << 8);
}

std::vector<std::uint32_t> unsigned_longs(std::string_view bytes) {
  std::vector<std::uint32_t> numbers;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t number = 0;
    for (std::size_t i = 4; i-- > 0;) number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
    numbers.push_back(number);
  }
  return numbers;
}

std::string canonical_decimals(std::string_view value) {
  std::string canonical;
  for (const std::string& part : components(value)) {
    if (const std::optional<double> number = number_from<double>(part)) {
      std::array<char, 40> text{};
      std::snprintf(text.data(), text.size(), "%.12g", *number == 0.0 ? 0.0 : *number);
      canonical += text.data();
    } else {
      canonical += part;
    }
    canonical += '\\';
  }
  return canonical;
}

}  // namespace focalhip
