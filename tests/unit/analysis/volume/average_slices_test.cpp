#include "analysis/volume/average_slices.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// Every voxel of slice k reads 10 k.
CtVolume staircase(int slices, double spacing_mm) {
  CtVolume ct;
  ct.grid.size = {3, 2, slices};
  ct.grid.spacing_mm = {0.8, 0.9, spacing_mm};
  for (int slice = 0; slice < slices; ++slice) {
    ct.hu.insert(ct.hu.end(), 6, static_cast<std::int16_t>(10 * slice));
  }
  return ct;
}

TEST(AverageSlices, IsTheMeanOfTheSlicesBothEndsIncluded) {
  const SliceAverage average = average_slices(staircase(8, 1.0), 2, 5);
  for (const float hu : average.hu.value) EXPECT_FLOAT_EQ(hu, 35.0F);
  EXPECT_DOUBLE_EQ(average.middle_slice(), 3.5);
  EXPECT_DOUBLE_EQ(average.hu.pixel_mm.y(), 0.9);
}

TEST(AverageSlices, APixelIsValidWhereEverySliceIs) {
  CtVolume ct = staircase(4, 1.0);
  ct.valid.assign(ct.hu.size(), 1);
  ct.valid[ct.grid.index(1, 1, 2)] = 0;
  const SliceAverage average = average_slices(ct, 0, 3);
  EXPECT_EQ(average.hu.valid[average.hu.index(1, 1)], 0);
  EXPECT_EQ(average.hu.valid[average.hu.index(0, 1)], 1);
  EXPECT_EQ(average_slices(ct, 0, 1).hu.valid[average.hu.index(1, 1)], 1);
}

TEST(AverageSlices, WindowsCoverEverySliceOnceAndAShortRestJoinsItsNeighbour) {
  for (const int slices : {1, 5, 6, 7, 8, 9, 10, 40}) {
    const auto windows = average_in_windows(staircase(slices, 5.0), 20.0, 2);  // 4 slices each
    int next = 0;
    for (const SliceAverage& window : windows) {
      EXPECT_EQ(window.first_slice, next) << slices;
      next = window.last_slice + 1;
    }
    EXPECT_EQ(next, slices);
    EXPECT_GE(2 * (windows.back().last_slice - windows.back().first_slice + 1), std::min(slices, 4))
        << slices;
  }
}

TEST(AverageSlices, NoSlicesMakeNoWindows) { EXPECT_TRUE(average_in_windows(CtVolume{}, 20.0, 1).empty()); }

}  // namespace
}  // namespace focalhip
