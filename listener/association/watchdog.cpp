#include "listener/association/watchdog.h"

#include <csignal>

// Not <netinet/tcp.h>: its tcp_info ends before tcpi_bytes_received.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include "listener/association/canned_pdu.h"

namespace focalhip {

namespace {

using std::chrono::steady_clock;

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t tick_ns = 100'000'000;

std::int64_t ns_of(steady_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}
std::int64_t now_ns() { return ns_of(steady_clock::now()); }

// Bytes the kernel received on this connection; 0 when it cannot say (then throughput is not judged).
std::uint64_t received_bytes(int socket) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return 0;
  return info.tcpi_bytes_received;
}

}  // namespace

Watchdog::Watchdog(int socket,
                   const LimitSettings& limits,
                   steady_clock::time_point connected_at,
                   std::chrono::seconds throughput_window)
    : socket_(::dup(socket)),
      limits_(limits),
      connected_at_(connected_at),
      throughput_window_(throughput_window),
      phase_start_ns_(ns_of(connected_at)),
      thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  finished_ = true;
  ::pthread_kill(thread_.native_handle(), SIGTERM);  // wakes it; it is joined by its destructor
}

void Watchdog::enter(AssociationPhase phase) {
  phase_start_ns_ = now_ns();
  phase_ = phase;
}

std::string Watchdog::verdict() const {
  const auto seconds = [](std::chrono::seconds limit) { return std::to_string(limit.count()) + " s"; };
  switch (verdict_.load()) {
    case Verdict::none:
      return {};
    case Verdict::no_request:
      return "no association request within " + seconds(limits_.association_request);
    case Verdict::idle:
      return "idle for " + seconds(limits_.idle);
    case Verdict::too_long:
      return "open for " + seconds(limits_.association_total);
    case Verdict::too_slow:
      return "slower than " + std::to_string(limits_.minimum_bytes_per_second) + " bytes/s";
    case Verdict::stopped:
      return "node is stopping";
  }
  return {};
}

void Watchdog::watch() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  const timespec tick{.tv_sec = 0, .tv_nsec = tick_ns};
  while (!finished_) {
    const bool signalled = ::sigtimedwait(&signals, nullptr, &tick) == SIGTERM;
    if (finished_) return;
    if (signalled) stop_requested_ = true;
    if (const Verdict verdict = judge(); verdict != Verdict::none) return end(verdict);
  }
}

// Inside a message only, window after window; a message shorter than a window is never judged.
bool Watchdog::is_too_slow(AssociationPhase phase, std::int64_t now_ns) {
  const bool in_window = phase == AssociationPhase::message && window_start_ns_ >= phase_start_ns_;
  if (in_window && now_ns - window_start_ns_ < throughput_window_.count() * ns_per_second) return false;
  const std::uint64_t bytes = received_bytes(socket_.value());
  const std::uint64_t least =
      limits_.minimum_bytes_per_second * static_cast<std::uint64_t>(throughput_window_.count());
  const bool slow = in_window && bytes > 0 && bytes - window_start_bytes_ < least;
  window_start_ns_ = now_ns;
  window_start_bytes_ = bytes;
  return slow;
}

Watchdog::Verdict Watchdog::judge() {
  const AssociationPhase phase = phase_;
  const std::int64_t now = now_ns();
  const auto passed = [now](std::int64_t since_ns, std::chrono::seconds limit) {
    return now - since_ns > limit.count() * ns_per_second;
  };
  const bool between_messages = phase == AssociationPhase::request || phase == AssociationPhase::idle;
  if (stop_requested_ && between_messages) return Verdict::stopped;
  if (passed(ns_of(connected_at_), limits_.association_total)) return Verdict::too_long;
  if (phase == AssociationPhase::request && passed(phase_start_ns_, limits_.association_request))
    return Verdict::no_request;
  // `working` too: bounds a peer that does not take our answer.
  if ((phase == AssociationPhase::idle || phase == AssociationPhase::working) &&
      passed(phase_start_ns_, limits_.idle))
    return Verdict::idle;
  return is_too_slow(phase, now) ? Verdict::too_slow : Verdict::none;
}

void Watchdog::end(Verdict verdict) {
  verdict_ = verdict;
  if (phase_ != AssociationPhase::working) send_canned(socket_.value(), abort_by_us);
  ::shutdown(socket_.value(), SHUT_RDWR);
}

}  // namespace focalhip
