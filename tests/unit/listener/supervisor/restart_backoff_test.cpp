#include "listener/supervisor/restart_backoff.h"

#include <vector>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

using std::chrono::milliseconds;

TEST(RestartBackoff, DoublesFromATenthOfASecondToTenSeconds) {
  RestartBackoff backoff(RestartBackoffOptions{});
  std::vector<std::int64_t> waits_ms;
  for (int death = 0; death < 9; ++death) waits_ms.push_back(backoff.wait_after(milliseconds(5)).count());
  EXPECT_EQ(waits_ms, (std::vector<std::int64_t>{100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000}));
}

TEST(RestartBackoff, StartsAgainAfterAStableRun) {
  RestartBackoff backoff(RestartBackoffOptions{});
  for (int death = 0; death < 5; ++death) static_cast<void>(backoff.wait_after(milliseconds(5)));
  EXPECT_EQ(backoff.wait_after(milliseconds(30000)), milliseconds(100));
  EXPECT_EQ(backoff.wait_after(milliseconds(29999)), milliseconds(200));
}

}  // namespace
}  // namespace focalhip
