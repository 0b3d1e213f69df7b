#include "listener/supervisor/restart_backoff.h"

#include <algorithm>

namespace focalhip {

std::chrono::milliseconds RestartBackoff::wait_after(std::chrono::milliseconds run) {
  if (run >= options_.stable_run) next_ = options_.first;
  const std::chrono::milliseconds wait = next_;
  next_ = std::min(2 * next_, options_.longest);
  return wait;
}

}  // namespace focalhip
