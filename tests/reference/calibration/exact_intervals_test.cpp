#include "tests/support/exact_intervals.h"

#include <gtest/gtest.h>

// The intervals of the proof programs against published values.

namespace focalhip::test {
namespace {

// 10 of 100: 4.90 % to 17.62 %, the textbook example of Clopper and Pearson's interval (R: binom.test(10,
// 100)).
TEST(RateInterval, GivesPublishedLimits) {
  const Interval ten = rate_interval(10, 100);
  EXPECT_NEAR(ten.low, 0.04900469, 5e-7);
  EXPECT_NEAR(ten.high, 0.17622260, 5e-7);
}

// None and all have closed forms: 1 - 0.025^(1/n). 3 of 3: 29.2 % (Newcombe 1998, "rule of three" table).
TEST(RateInterval, NoneAndAllHaveClosedForms) {
  for (const int n : {3, 60, 300}) {
    const double limit = std::pow(0.025, 1.0 / n);
    EXPECT_NEAR(rate_interval(n, n).low, limit, 1e-9);
    EXPECT_EQ(rate_interval(n, n).high, 1.0);
    EXPECT_NEAR(rate_interval(0, n).high, 1.0 - limit, 1e-9);
    EXPECT_EQ(rate_interval(0, n).low, 0.0);
  }
  EXPECT_THROW(static_cast<void>(rate_interval(4, 3)), std::invalid_argument);
}

// Sign-test intervals of the median (Conover, Practical Nonparametric Statistics, table A3; Altman 2000,
// table 18.4): n = 10 ranks 2 and 9, n = 20 ranks 6 and 15, n = 100 ranks 40 and 61.
TEST(QuantileRanks, GivesPublishedRanksOfTheMedian) {
  for (const auto& [n, low, high] : {std::tuple{10, 2, 9}, std::tuple{20, 6, 15}, std::tuple{100, 40, 61}}) {
    const auto ranks = quantile_ranks(n, 0.5);
    ASSERT_TRUE(ranks) << n;
    EXPECT_EQ(ranks->low, low) << n;
    EXPECT_EQ(ranks->high, high) << n;
  }
}

// The 95th percentile needs 93 values for two-sided 95 %: 0.95^n <= 0.05 of tolerance limits is the one-sided
// 59 (Wilks 1941); two-sided 0.95^n <= 0.025 gives n >= 72 for the upper rank.
TEST(QuantileRanks, NeedsEnoughValuesForTheUpperLimit) {
  EXPECT_FALSE(quantile_ranks(71, 0.95));
  EXPECT_TRUE(quantile_ranks(72, 0.95));
}

TEST(Quantile, IsTheSmallestValueWithTheShareBelow) {
  EXPECT_EQ(quantile({4.0, 1.0, 3.0, 2.0}, 0.5), 2.0);
  EXPECT_EQ(quantile({4.0, 1.0, 3.0, 2.0}, 1.0), 4.0);
  const auto interval = quantile_interval({10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 0.5);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->low, 2.0);
  EXPECT_EQ(interval->high, 9.0);
}

}  // namespace
}  // namespace focalhip::test
