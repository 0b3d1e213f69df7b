#include "analysis/statistics/significance_colour.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

TEST(SignificanceColour, VerticesPaintOverClusters) {
  EXPECT_EQ(significance_value(0.0, 0.0, true, 0.05), 255.0);
  EXPECT_EQ(significance_value(0.2, 0.0, true, 0.05), 127.0);
  EXPECT_EQ(significance_value(0.2, 0.05, true, 0.05), 128.0);  // the level itself is not below the level
  EXPECT_EQ(significance_value(0.0, 0.0, false, 0.05), 0.0);
}

TEST(SignificanceColour, IsGreyBetweenTheTwoScalesAndBlackOutside) {
  EXPECT_EQ(significance_colour(0), (std::array<double, 3>{0.0, 0.0, 0.0}));
  EXPECT_EQ(significance_colour(significance_row(128.0)), (std::array<double, 3>{0.8, 0.8, 0.8}));
  EXPECT_EQ(significance_colour(1)[2], 1.0);
  EXPECT_EQ(significance_colour(255)[0], 1.0);
  EXPECT_GT(significance_colour(255)[1], significance_colour(129)[1]);
}

}  // namespace
}  // namespace focalhip
