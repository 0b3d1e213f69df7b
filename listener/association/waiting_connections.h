#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include <poll.h>

#include "listener/association/address_book.h"
#include "listener/association/canned_pdu.h"
#include "listener/support/unique_fd.h"

namespace focalhip {

struct WaitingConnection {
  UniqueFd socket;
  IpAddress address;
  std::chrono::steady_clock::time_point since;
};

// Connections the acceptor holds without a process: those that have not sent a byte yet, and rejected ones
// whose peer still has to read its rejection (closing first would reset it away). Both cost a descriptor
// only, for a limited time and in limited number; the oldest goes first.
class WaitingConnections {
 public:
  using Clock = std::chrono::steady_clock;
  // `silence`: how long a connection may say nothing.
  explicit WaitingConnections(std::chrono::seconds silence) : silence_(silence) {}

  void hold(UniqueFd socket, const IpAddress& address, Clock::time_point now);
  // Sends the rejection at once.
  void reject(UniqueFd socket, const CannedPdu& rejection, Clock::time_point now);
  // False when there is none to give up.
  [[nodiscard]] bool give_up_oldest();

  // Appends what is to be polled; `handle` takes these entries back, in the same order, and returns the
  // connections that have spoken. Those closed without a word are forgotten: port scans are not worth a
  // process.
  void watch(std::vector<pollfd>& watched) const;
  [[nodiscard]] std::vector<WaitingConnection> handle(std::span<const pollfd> watched);

  // Closes what has waited too long; returns the addresses that said nothing.
  std::vector<IpAddress> expire(Clock::time_point now);
  [[nodiscard]] std::optional<Clock::time_point> next_deadline() const;
  [[nodiscard]] std::size_t count() const { return silent_.size() + rejected_.size(); }
  void close_silent() { silent_.clear(); }

 private:
  std::chrono::seconds silence_;
  std::deque<WaitingConnection> silent_;    // oldest first
  std::deque<WaitingConnection> rejected_;  // oldest first
};

}  // namespace focalhip
