#include "listener/association/address_book.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

namespace focalhip {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_ipv4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

IpAddress from_ipv4(const in_addr& address) {
  IpAddress result;
  std::copy(mapped_ipv4_prefix.begin(), mapped_ipv4_prefix.end(), result.bytes.begin());
  std::memcpy(result.bytes.data() + mapped_ipv4_prefix.size(), &address, sizeof address);
  return result;
}

IpAddress from_ipv6(const in6_addr& address) {
  IpAddress result;
  std::memcpy(result.bytes.data(), &address, sizeof address);
  return result;
}

bool is_ipv4(const IpAddress& address) {
  return std::equal(mapped_ipv4_prefix.begin(), mapped_ipv4_prefix.end(), address.bytes.begin());
}

std::vector<IpNetwork> resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  std::vector<IpNetwork> networks;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    sockaddr_storage storage{};
    std::memcpy(&storage, entry->ai_addr, std::min<std::size_t>(entry->ai_addrlen, sizeof storage));
    if (storage.ss_family == AF_INET || storage.ss_family == AF_INET6)
      networks.push_back({.address = ip_address_of(storage)});
  }
  return networks;
}

}  // namespace

std::optional<IpAddress> parse_ip_address(const std::string& text) {
  in_addr ipv4{};
  if (::inet_pton(AF_INET, text.c_str(), &ipv4) == 1) return from_ipv4(ipv4);
  in6_addr ipv6{};
  if (::inet_pton(AF_INET6, text.c_str(), &ipv6) == 1) return from_ipv6(ipv6);
  return std::nullopt;
}

IpAddress ip_address_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &address, sizeof ipv4);
    return from_ipv4(ipv4.sin_addr);
  }
  sockaddr_in6 ipv6{};
  std::memcpy(&ipv6, &address, sizeof ipv6);
  return from_ipv6(ipv6.sin6_addr);
}

std::string to_text(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_ipv4(address))
    ::inet_ntop(AF_INET, address.bytes.data() + mapped_ipv4_prefix.size(), text.data(), text.size());
  else
    ::inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  return text.data();
}

std::optional<IpNetwork> parse_ip_network(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> address = parse_ip_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string::npos) return IpNetwork{.address = *address};
  const int most_bits = is_ipv4(*address) ? 32 : 128;
  int bits = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, bits);
  if (error != std::errc{} || stop != end || bits < 0 || bits > most_bits) return std::nullopt;
  return IpNetwork{.address = *address, .prefix_bits = bits + 128 - most_bits};
}

bool IpNetwork::contains(const IpAddress& other) const {
  const auto whole = static_cast<std::size_t>(prefix_bits / 8);
  const int rest = prefix_bits % 8;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + prefix_bits / 8, other.bytes.begin()))
    return false;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFF << (8 - rest));
  return (address.bytes[whole] & mask) == (other.bytes[whole] & mask);
}

AddressBook::AddressBook(const std::vector<Peer>& peers) {
  for (const Peer& peer : peers) {
    Entry entry{.ae_titles = peer.aliases, .networks = {}};
    entry.ae_titles.push_back(peer.ae_title);
    for (const std::string& text : peer.from)
      if (const auto network = parse_ip_network(text)) entry.networks.push_back(*network);
    if (peer.from.empty()) entry.networks = resolve(peer.host);
    if (entry.networks.empty()) unreachable_.push_back(peer.ae_title);
    entries_.push_back(std::move(entry));
  }
}

bool AddressBook::knows(const IpAddress& address) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return std::any_of(entry.networks.begin(), entry.networks.end(), [&](const IpNetwork& network) {
      return network.contains(address);
    });
  });
}

std::optional<std::size_t> AddressBook::find(std::string_view calling_ae_title,
                                             const IpAddress& address) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    const bool named =
        std::find(entry.ae_titles.begin(), entry.ae_titles.end(), calling_ae_title) != entry.ae_titles.end();
    if (named && std::any_of(entry.networks.begin(), entry.networks.end(), [&](const IpNetwork& network) {
          return network.contains(address);
        }))
      return i;
  }
  return std::nullopt;
}

}  // namespace focalhip
