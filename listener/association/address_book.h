#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>

#include "config/node_config.h"

namespace focalhip {

// An IPv4 address is kept as ::ffff:a.b.c.d, so that a dual-stack listener and the configuration agree.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};
[[nodiscard]] std::optional<IpAddress> parse_ip_address(const std::string& text);
[[nodiscard]] IpAddress ip_address_of(const sockaddr_storage& address);  // AF_INET, AF_INET6
[[nodiscard]] std::string to_text(const IpAddress& address);

struct IpNetwork {
  IpAddress address;
  int prefix_bits = 128;
  [[nodiscard]] bool contains(const IpAddress& other) const;
};
[[nodiscard]] std::optional<IpNetwork> parse_ip_network(const std::string& text);  // address or CIDR

// Who may call from where. Host names of peers are resolved once, when the book is made: name lookups must
// not delay the acceptor later.
class AddressBook {
 public:
  explicit AddressBook(const std::vector<Peer>& peers);
  [[nodiscard]] bool knows(const IpAddress& address) const;
  // Index of the peer that has this AE title (or alias) and may call from this address.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view calling_ae_title,
                                                const IpAddress& address) const;
  // Peers none of whose addresses could be resolved: they cannot call.
  [[nodiscard]] const std::vector<std::string>& unreachable() const { return unreachable_; }

 private:
  struct Entry {
    std::vector<std::string> ae_titles;
    std::vector<IpNetwork> networks;
  };
  std::vector<Entry> entries_;
  std::vector<std::string> unreachable_;
};

}  // namespace focalhip
