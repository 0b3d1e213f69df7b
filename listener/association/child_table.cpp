#include "listener/association/child_table.h"

#include <algorithm>

#include <poll.h>
#include <sys/socket.h>

namespace focalhip {

namespace {
constexpr int answer_timeout_ms = 5000;
}

std::optional<ReceiverChild> ChildTable::remove(pid_t pid) {
  const auto found = std::find_if(
      children_.begin(), children_.end(), [pid](const ReceiverChild& child) { return child.pid == pid; });
  if (found == children_.end()) return std::nullopt;
  ReceiverChild child = std::move(*found);
  children_.erase(found);
  return child;
}

bool ChildTable::has_room(const IpAddress& address, const LimitSettings& limits) const {
  const auto of_address = std::count_if(children_.begin(), children_.end(), [&](const ReceiverChild& child) {
    return child.address == address;
  });
  return static_cast<int>(children_.size()) < limits.associations &&
         of_address < limits.associations_per_peer;
}

void ChildTable::answer(ReceiverChild& child, std::size_t peer_count, const LimitSettings& limits) {
  std::uint32_t peer_index = 0;
  const ssize_t count = ::recv(child.channel.value(), &peer_index, sizeof peer_index, MSG_DONTWAIT);
  if (count <= 0) {  // closed: it has ended or will not ask again
    child.channel.reset();
    return;
  }
  const auto of_peer = std::count_if(children_.begin(), children_.end(), [&](const ReceiverChild& other) {
    return other.peer_index == peer_index;
  });
  const bool allowed = count == static_cast<ssize_t>(sizeof peer_index) && !child.peer_index &&
                       peer_index < peer_count && of_peer < limits.associations_per_peer;
  if (allowed) child.peer_index = peer_index;
  const std::uint8_t answer_byte = allowed ? 1 : 0;
  ::send(child.channel.value(), &answer_byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool ask_acceptor(const UniqueFd& channel, std::uint32_t peer_index) {
  if (::send(channel.value(), &peer_index, sizeof peer_index, MSG_NOSIGNAL) !=
      static_cast<ssize_t>(sizeof peer_index))
    return false;
  pollfd waiting{.fd = channel.value(), .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, answer_timeout_ms) != 1) return false;
  std::uint8_t answer_byte = 0;
  return ::recv(channel.value(), &answer_byte, 1, MSG_DONTWAIT) == 1 && answer_byte == 1;
}

}  // namespace focalhip
