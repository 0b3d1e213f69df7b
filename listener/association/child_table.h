#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <sys/types.h>

#include "config/node_config.h"
#include "listener/association/address_book.h"
#include "listener/support/unique_fd.h"

namespace focalhip {

// One receiver process as the acceptor sees it.
struct ReceiverChild {
  pid_t pid = 0;
  IpAddress address;
  std::optional<std::uint32_t> peer_index;  // once it was allowed to accept
  UniqueFd channel;                         // our end of the socket pair on which it asks
};

// Who is being served, for the caps.
class ChildTable {
 public:
  void add(ReceiverChild child) { children_.push_back(std::move(child)); }
  // The child that ended; absent for foreign processes.
  std::optional<ReceiverChild> remove(pid_t pid);
  [[nodiscard]] bool has_room(const IpAddress& address, const LimitSettings& limits) const;
  // Reads the question of a child and answers it. Anything malformed, and a second question, is a no.
  void answer(ReceiverChild& child, std::size_t peer_count, const LimitSettings& limits);
  [[nodiscard]] std::vector<ReceiverChild>& all() { return children_; }
  [[nodiscard]] bool empty() const { return children_.empty(); }
  void clear() { children_.clear(); }

 private:
  std::vector<ReceiverChild> children_;
};

// The child's side: asks, waits at most a few seconds. No answer = no.
[[nodiscard]] bool ask_acceptor(const UniqueFd& channel, std::uint32_t peer_index);

}  // namespace focalhip
