#include "listener/sender/run_courier.h"

#include <set>

#include <gtest/gtest.h>

#include "listener/sender/send_objects.h"

namespace focalhip {
namespace {

using std::chrono::seconds;

TEST(BackOff, DoublesFromTheFirstToTheLastWaitShortenedByATenthAtMost) {
  const SendingSettings sending{.first_retry = seconds(10), .last_retry = seconds(100)};
  const std::int64_t full_ms[] = {10'000, 20'000, 40'000, 80'000, 100'000, 100'000};
  for (int attempts = 1; attempts <= 6; ++attempts) {
    for (std::int64_t seed = 1; seed < 200; ++seed) {
      const std::int64_t wait_ms = back_off_ms(sending, attempts, seed);
      EXPECT_LE(wait_ms, full_ms[attempts - 1]);
      EXPECT_GE(wait_ms, full_ms[attempts - 1] * 9 / 10);
      EXPECT_EQ(wait_ms, back_off_ms(sending, attempts, seed));
    }
  }
}

TEST(BackOff, SpreadsDeliveriesThatFailedTogether) {
  const SendingSettings sending{.first_retry = seconds(10), .last_retry = seconds(100)};
  std::set<std::int64_t> waits_ms;
  for (std::int64_t seed = 1; seed <= 100; ++seed) waits_ms.insert(back_off_ms(sending, 1, seed));
  EXPECT_GT(waits_ms.size(), 40U);
}

TEST(BackOff, EndsForAnyNumberOfAttempts) {
  const SendingSettings sending{.first_retry = seconds(0), .last_retry = seconds(0)};
  EXPECT_GE(back_off_ms(sending, 2'000'000'000, 1), 0);
  EXPECT_LE(back_off_ms({}, 2'000'000'000, 1), 3'600'000);
}

TEST(StoreOutcome, FollowsTheStatusOfTheResponse) {
  EXPECT_EQ(store_outcome(0x0000), StoreOutcome::stored);
  EXPECT_EQ(store_outcome(0x0111), StoreOutcome::stored_with_note);  // duplicate SOP instance
  EXPECT_EQ(store_outcome(0xB000), StoreOutcome::stored_with_note);  // coercion of data elements
  EXPECT_EQ(store_outcome(0xB006), StoreOutcome::stored_with_note);
  EXPECT_EQ(store_outcome(0xB007), StoreOutcome::stored_with_note);
  EXPECT_EQ(store_outcome(0xA700), StoreOutcome::out_of_resources);
  EXPECT_EQ(store_outcome(0xA7FF), StoreOutcome::out_of_resources);
  for (const int status : {0xA900, 0xC000, 0xC123, 0x0110, 0x0122, 0x0124, 0xFE00, 0xFF00, 0x0001}) {
    EXPECT_EQ(store_outcome(static_cast<std::uint16_t>(status)), StoreOutcome::refused) << std::hex << status;
  }
}

}  // namespace
}  // namespace focalhip
