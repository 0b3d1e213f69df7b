#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "config/node_config.h"
#include "listener/support/unique_fd.h"

namespace focalhip {

enum class AssociationPhase { request, idle, message, working };

// Ends an association that takes too long, is too slow, or whose process was asked to stop. DCMTK's blocking
// reads know no deadline, so a thread of its own watches the clock and the kernel's byte counter of the
// connection, and when a limit is passed sends A-ABORT and shuts the socket down, which wakes the reader.
//
// SIGTERM must be blocked in the whole process; the thread collects it. It ends the association at once while
// it is idle; inside a message the reader is left to finish it and must then look at `stop_requested()`.
class Watchdog {
 public:
  // `throughput_window`: over which limits.minimum_bytes_per_second is judged.
  Watchdog(int socket,
           const LimitSettings& limits,
           std::chrono::steady_clock::time_point connected_at,
           std::chrono::seconds throughput_window = std::chrono::seconds(30));
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void enter(AssociationPhase phase);
  [[nodiscard]] bool stop_requested() const { return stop_requested_; }
  // Why the association was ended by the watchdog: "idle for 60 s"; empty = it was not.
  [[nodiscard]] std::string verdict() const;

 private:
  enum class Verdict { none, no_request, idle, too_long, too_slow, stopped };
  void watch();
  [[nodiscard]] Verdict judge();
  [[nodiscard]] bool is_too_slow(AssociationPhase phase, std::int64_t now_ns);
  void end(Verdict verdict);

  UniqueFd socket_;  // a duplicate: the number stays ours when DCMTK closes its own
  LimitSettings limits_;
  std::chrono::steady_clock::time_point connected_at_;
  std::chrono::seconds throughput_window_;
  std::atomic<AssociationPhase> phase_ = AssociationPhase::request;
  std::atomic<std::int64_t> phase_start_ns_;
  std::atomic<bool> stop_requested_ = false;
  std::atomic<bool> finished_ = false;
  std::atomic<Verdict> verdict_ = Verdict::none;
  // Of the window in which throughput is measured; used by the thread only.
  std::int64_t window_start_ns_ = 0;
  std::uint64_t window_start_bytes_ = 0;
  std::jthread thread_;
};

}  // namespace focalhip
