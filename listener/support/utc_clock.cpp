#include "listener/support/utc_clock.h"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace focalhip {

UtcMs utc_now_ms() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

std::string utc_text(UtcMs at_ms) {
  std::time_t seconds = at_ms / 1000;
  UtcMs rest_ms = at_ms % 1000;
  if (rest_ms < 0) {
    rest_ms += 1000;
    --seconds;
  }
  std::tm broken_down{};
  gmtime_r(&seconds, &broken_down);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &broken_down);
  std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(rest_ms));
  return text;
}

}  // namespace focalhip
