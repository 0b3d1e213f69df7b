#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "listener/supervisor/restart_backoff.h"

namespace focalhip {

// A child tells that it works; the message goes to SuperviseOptions::on_ready in the supervisor.
using ReportReady = std::function<void(const std::string& message)>;

struct ChildSpec {
  std::string role;
  std::function<int(const ReportReady& report_ready)> run;  // in the child; returns after SIGTERM
  // Ends before it was ever ready: the whole start has failed. The others are only started again.
  bool start_must_succeed = false;
  int stop_rank = 0;  // children of a lower rank have ended before those of a higher one are told to stop
  std::chrono::milliseconds stop_grace{5000};  // from SIGTERM to SIGKILL
};

struct SuperviseOptions {
  std::string role = "supervisor";
  std::vector<int> kept_fds;  // inherited by every child (the instance lock)
  RestartBackoffOptions backoff;
  // A child became ready, at the start and after every restart.
  std::function<void(const std::string& role, const std::string& message)> on_ready;
  // SIGHUP: the new children, or nullopt = go on unchanged.
  std::function<std::optional<std::vector<ChildSpec>>()> on_reload;
};

// Starts the children, starts again what dies, stops all in the order of their ranks after SIGTERM or SIGINT.
// Returns 0 after a clean stop, the status of a child whose start had to succeed and did not.
// Single-threaded, no library: it must neither hang nor crash. Blocks its signals for the life of the
// process; every child dies with it, however it ends. `children` is copied and may be replaced by a reload.
[[nodiscard]] int supervise(std::vector<ChildSpec> children, const SuperviseOptions& options);

}  // namespace focalhip
