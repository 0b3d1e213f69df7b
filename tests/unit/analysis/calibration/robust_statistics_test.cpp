#include "analysis/calibration/robust_statistics.h"

#include <cmath>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

TEST(RobustStatistics, MedianIsTheMiddleOrTheMeanOfTheMiddleTwo) {
  EXPECT_DOUBLE_EQ(median({3.0, 1.0, 2.0}), 2.0);
  EXPECT_DOUBLE_EQ(median({4.0, 1.0, 2.0, 3.0}), 2.5);
  EXPECT_DOUBLE_EQ(median({7.0}), 7.0);
}

TEST(RobustStatistics, SlopeIgnoresAQuarterOfWildPoints) {
  std::vector<double> x;
  std::vector<double> y;
  for (int i = 0; i < 40; ++i) {
    x.push_back(i);
    y.push_back(i % 4 == 0 ? -500.0 : 10.0 + 0.25 * i);
  }
  EXPECT_NEAR(robust_slope(x, y).slope, 0.25, 0.02);  // [Sen1968] breaks down at 29 % only
}

TEST(RobustStatistics, StandardErrorIsThatOfALeastSquaresLine) {
  // y = 0 with residuals +1 / -1: SD 1.48 by the median deviation, sum (x - mean)^2 = 99 * 100 * 101 / 12.
  std::vector<double> x;
  std::vector<double> y;
  for (int i = 0; i < 100; ++i) {
    x.push_back(i);
    y.push_back(i % 2 == 0 ? 1.0 : -1.0);
  }
  EXPECT_NEAR(robust_slope(x, y).standard_error, 1.4826 / std::sqrt(83332.5), 1e-4);
}

TEST(RobustStatistics, TooFewPointsHaveNoSlope) {
  const std::vector<double> two{1.0, 2.0};
  EXPECT_DOUBLE_EQ(robust_slope(two, two).slope, 0.0);
}

TEST(RobustStatistics, DeviationIsRelativeToTheMean) {
  EXPECT_NEAR(largest_relative_deviation({9.0, 10.0, 11.0}), 0.1, 1e-12);
  EXPECT_DOUBLE_EQ(largest_relative_deviation({}), 0.0);
}

}  // namespace
}  // namespace focalhip
