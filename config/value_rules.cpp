#include "config/value_rules.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace focalhip {

namespace {

using Bytes = std::array<std::uint8_t, 16>;
constexpr int mapped_prefix_bits = 96;  // ::ffff:0:0/96, RFC 4291 2.5.5.2

struct ParsedAddress {
  Bytes bytes{};
  bool is_ipv4 = false;
};

std::optional<ParsedAddress> parse_address(std::string_view text) {
  const std::string copy(text);
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  ParsedAddress parsed;
  in_addr v4{};
  if (inet_pton(AF_INET, copy.c_str(), &v4) == 1) {
    parsed.is_ipv4 = true;
    parsed.bytes[10] = parsed.bytes[11] = 0xff;
    const auto* octets = reinterpret_cast<const std::uint8_t*>(&v4.s_addr);
    std::copy_n(octets, 4, parsed.bytes.begin() + 12);
    return parsed;
  }
  in6_addr v6{};
  if (inet_pton(AF_INET6, copy.c_str(), &v6) != 1) return std::nullopt;
  std::copy_n(v6.s6_addr, 16, parsed.bytes.begin());
  return parsed;
}

bool is_label(std::string_view label) {
  const auto is_letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (label.empty() || label.size() > 63) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label, [&](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
}

bool equal_prefix(const Bytes& left, const Bytes& right, int bits) {
  for (std::size_t i = 0; i < left.size() && bits > 0; ++i, bits -= 8) {
    const int dropped = std::max(0, 8 - bits);
    if ((left[i] >> dropped) != (right[i] >> dropped)) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> ae_title_from(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return std::nullopt;
  const std::string_view title = text.substr(first, text.find_last_not_of(' ') - first + 1);
  const bool allowed = std::ranges::all_of(title, [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; });
  if (!allowed || title.size() > 16) return std::nullopt;
  return std::string(title);
}

bool is_address(std::string_view text) { return parse_address(text).has_value(); }

bool is_host(std::string_view text) {
  if (is_address(text)) return true;
  if (text.empty() || text.size() > 253) return false;
  // A name whose last label is a number would be an address, and that was not one (RFC 1123 2.1).
  const std::string_view last =
      text.substr(text.rfind('.') == std::string_view::npos ? 0 : text.rfind('.') + 1);
  if (std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; })) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::optional<AddressRange> address_range_from(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<ParsedAddress> address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  AddressRange range{.network = address->bytes, .prefix_bits = 128};
  if (slash == std::string_view::npos) return range;
  const std::string_view digits = text.substr(slash + 1);
  int bits = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (bits < 0 || bits > (address->is_ipv4 ? 32 : 128)) return std::nullopt;
  range.prefix_bits = address->is_ipv4 ? bits + mapped_prefix_bits : bits;
  return range;
}

bool contains(const AddressRange& range, std::string_view address) {
  const std::optional<ParsedAddress> parsed = parse_address(address);
  return parsed && equal_prefix(range.network, parsed->bytes, range.prefix_bits);
}

}  // namespace focalhip
