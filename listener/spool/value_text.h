#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace focalhip {

// Value bytes of DICOM attributes as text and numbers, without any library. Nothing is guessed: what is not
// wholly a number is none.

using DicomTag = std::uint32_t;  // group << 16 | element

[[nodiscard]] std::string tag_text(DicomTag tag);  // "(0020,000d)"
[[nodiscard]] std::string trimmed(std::string_view value);
// Digits and dots, at most 64 characters. Leading zeros in components are common and harmless: tolerated.
[[nodiscard]] bool is_valid_uid(std::string_view uid);

// The values between backslashes, trimmed; at least one.
[[nodiscard]] std::vector<std::string> components(std::string_view value);
[[nodiscard]] std::optional<double> first_decimal(std::string_view value);
[[nodiscard]] std::optional<int> first_integer(std::string_view value);
// Exactly Count finite numbers; Count is 2, 3 or 6.
template <std::size_t Count>
[[nodiscard]] std::optional<std::array<double, Count>> decimals(std::string_view value);
// One little-endian number of 16 bits.
[[nodiscard]] std::optional<int> unsigned_short(std::string_view bytes);
// All little-endian numbers of 32 bits; a rest is dropped.
[[nodiscard]] std::vector<std::uint32_t> unsigned_longs(std::string_view bytes);
// "1.50" and "1.5" mean the same; archives rewrite decimal strings.
[[nodiscard]] std::string canonical_decimals(std::string_view value);

}  // namespace focalhip
