#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace focalhip {

// An AE title without its leading and trailing spaces (they carry no meaning, PS3.5 6.2), or nothing when it
// is not 1 to 16 characters of the default repertoire without backslash and control characters.
[[nodiscard]] std::optional<std::string> ae_title_from(std::string_view text);

// A host name (RFC 1123) or an IPv4 or IPv6 address.
[[nodiscard]] bool is_host(std::string_view text);
[[nodiscard]] bool is_address(std::string_view text);

// One address or a CIDR range; IPv4 is kept in its IPv6-mapped form so that both compare alike.
struct AddressRange {
  std::array<std::uint8_t, 16> network{};
  int prefix_bits = 128;
};
[[nodiscard]] std::optional<AddressRange> address_range_from(std::string_view text);
// False also when the text is no address.
[[nodiscard]] bool contains(const AddressRange& range, std::string_view address);

}  // namespace focalhip
