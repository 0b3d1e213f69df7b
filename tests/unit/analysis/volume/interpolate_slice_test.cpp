#include "analysis/volume/interpolate_slice.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace focalhip {
namespace {

CtVolume three_slices() {
  CtVolume ct;
  ct.grid.size = {4, 1, 3};
  ct.hu = {10, 20, 30, 40, 0, 0, 0, 0, 20, 40, 60, 80};
  return ct;
}

TEST(InterpolateSlice, TakesTheMeanOfTheNeighbours) {
  CtVolume ct = three_slices();
  interpolate_slice(ct, 1);
  EXPECT_THAT(std::vector<std::int16_t>(ct.hu.begin() + 4, ct.hu.begin() + 8),
              testing::ElementsAre(15, 30, 45, 60));
  EXPECT_THAT(ct.interpolated_slices, testing::ElementsAre(1));
  EXPECT_TRUE(ct.valid.empty());
}

TEST(InterpolateSlice, NeverMixesWithPadding) {
  CtVolume ct = three_slices();
  ct.valid = {1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0};
  interpolate_slice(ct, 1);
  EXPECT_EQ(ct.hu[4], 15);
  EXPECT_EQ(ct.hu[5], 40);  // only the upper one was measured
  EXPECT_EQ(ct.hu[6], 30);  // only the lower one
  EXPECT_THAT(std::vector<std::uint8_t>(ct.valid.begin() + 4, ct.valid.begin() + 8),
              testing::ElementsAre(1, 1, 1, 0));
}

}  // namespace
}  // namespace focalhip
