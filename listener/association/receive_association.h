#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "config/node_config.h"
#include "listener/association/address_book.h"
#include "listener/support/unique_fd.h"

namespace focalhip {

// What a receiver gets from the acceptor.
struct Connection {
  UniqueFd socket;  // connected, blocking
  IpAddress address;
  std::chrono::steady_clock::time_point connected_at;
  // Asks the acceptor whether one more association of this peer is allowed.
  std::function<bool(std::uint32_t peer_index)> may_accept;
};

// One association from its request to its end, in a process of its own (forked for it; SIGTERM blocked,
// single thread). Writes below spool/<node>; see spool_layout.h. Returns the exit status: 0 whatever the peer
// did, 1 when the node itself failed. Never throws.
[[nodiscard]] int receive_association(const NodeConfig& config,
                                      const AddressBook& book,
                                      Connection connection) noexcept;

}  // namespace focalhip
