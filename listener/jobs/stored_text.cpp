#include "listener/jobs/stored_text.h"

#include <cstdint>

namespace focalhip {

namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

// Length of the valid UTF-8 character at the start of `bytes`, 0 when there is none (Unicode 15, table 3-7).
std::size_t character_length(std::string_view bytes) {
  const std::uint8_t first = byte_at(bytes, 0);
  if (first >= 0x01 && first <= 0x7F) return 1;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  std::size_t length = 0;
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if (first >= 0xE0 && first <= 0xEF) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (first == 0xE0) low = 0xA0;   // no overlong forms
  if (first == 0xED) high = 0x9F;  // no surrogates
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;  // not beyond U+10FFFF
  if (length == 0 || bytes.size() < length) return 0;
  if (byte_at(bytes, 1) < low || byte_at(bytes, 1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte_at(bytes, i) & 0xC0U) != 0x80U) return 0;
  }
  return length;
}

}  // namespace

std::string storable_text(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    if (length > 0) {
      text += bytes.substr(0, length);
      bytes.remove_prefix(length);
      continue;
    }
    const std::uint8_t byte = byte_at(bytes, 0);
    text += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
    bytes.remove_prefix(1);
  }
  return text;
}

std::string storable_text(std::string_view bytes, std::size_t most_bytes) {
  constexpr std::string_view ellipsis = "...";
  std::string text = storable_text(bytes);
  if (text.size() <= most_bytes) return text;
  std::size_t end = most_bytes < ellipsis.size() ? 0 : most_bytes - ellipsis.size();
  while (end > 0 && (byte_at(text, end) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text.append(ellipsis);
}

}  // namespace focalhip
