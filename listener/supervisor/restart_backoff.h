#pragma once

#include <chrono>

namespace focalhip {

struct RestartBackoffOptions {
  std::chrono::milliseconds first{100};
  std::chrono::milliseconds longest{10000};
  std::chrono::milliseconds stable_run{30000};  // a process that ran this long starts again from `first`
};

// How long to wait before a process that ended is started again; doubles with every short run.
class RestartBackoff {
 public:
  explicit RestartBackoff(const RestartBackoffOptions& options) : options_(options), next_(options.first) {}
  [[nodiscard]] std::chrono::milliseconds wait_after(std::chrono::milliseconds run);

 private:
  RestartBackoffOptions options_;
  std::chrono::milliseconds next_;
};

}  // namespace focalhip
