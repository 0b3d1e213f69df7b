#include "listener/association/waiting_connections.h"

#include <algorithm>
#include <array>

#include <sys/socket.h>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {
constexpr std::size_t most_of_a_kind = 512;
constexpr std::chrono::seconds linger{2};  // for a rejected peer to read and close
}  // namespace

void WaitingConnections::hold(UniqueFd socket, const IpAddress& address, Clock::time_point now) {
  if (silent_.size() >= most_of_a_kind) silent_.pop_front();
  silent_.push_back({.socket = std::move(socket), .address = address, .since = now});
}

void WaitingConnections::reject(UniqueFd socket, const CannedPdu& rejection, Clock::time_point now) {
  send_canned(socket.value(), rejection);
  ::shutdown(socket.value(), SHUT_WR);
  if (rejected_.size() >= most_of_a_kind) rejected_.pop_front();
  rejected_.push_back({.socket = std::move(socket), .address = {}, .since = now});
}

bool WaitingConnections::give_up_oldest() {
  std::deque<WaitingConnection>& queue = rejected_.empty() ? silent_ : rejected_;
  if (queue.empty()) return false;
  queue.pop_front();
  return true;
}

void WaitingConnections::watch(std::vector<pollfd>& watched) const {
  for (const std::deque<WaitingConnection>* const queue : {&silent_, &rejected_})
    for (const WaitingConnection& connection : *queue)
      watched.push_back({.fd = connection.socket.value(), .events = POLLIN, .revents = 0});
}

std::vector<WaitingConnection> WaitingConnections::handle(std::span<const pollfd> watched) {
  expects(watched.size() == count(), "poll results belong to other connections");
  std::vector<WaitingConnection> speaking;
  std::size_t index = 0;
  const auto has_spoken = [&](WaitingConnection& connection) {
    if (watched[index++].revents == 0) return false;
    char first = 0;
    if (::recv(connection.socket.value(), &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
      speaking.push_back(std::move(connection));
    return true;
  };
  silent_.erase(std::remove_if(silent_.begin(), silent_.end(), has_spoken), silent_.end());
  const auto has_closed = [&](const WaitingConnection& connection) {
    if (watched[index++].revents == 0) return false;
    std::array<char, 4096> ignored{};
    return ::recv(connection.socket.value(), ignored.data(), ignored.size(), MSG_DONTWAIT) <= 0;
  };
  rejected_.erase(std::remove_if(rejected_.begin(), rejected_.end(), has_closed), rejected_.end());
  return speaking;
}

std::vector<IpAddress> WaitingConnections::expire(Clock::time_point now) {
  std::vector<IpAddress> said_nothing;
  while (!silent_.empty() && now - silent_.front().since >= silence_) {
    said_nothing.push_back(silent_.front().address);
    silent_.pop_front();
  }
  while (!rejected_.empty() && now - rejected_.front().since >= linger) rejected_.pop_front();
  return said_nothing;
}

std::optional<WaitingConnections::Clock::time_point> WaitingConnections::next_deadline() const {
  std::optional<Clock::time_point> next;
  if (!silent_.empty()) next = silent_.front().since + silence_;
  if (!rejected_.empty())
    next = std::min(next.value_or(Clock::time_point::max()), rejected_.front().since + linger);
  return next;
}

}  // namespace focalhip
