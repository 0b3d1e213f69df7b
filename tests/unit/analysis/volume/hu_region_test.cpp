#include "analysis/volume/hu_region.h"

#include <gtest/gtest.h>

#include <numeric>

#include "analysis/volume/interpolate.h"

namespace focalhip {
namespace {

// HU = 100 column + 10 row + slice, on a grid whose columns run to the patient's right.
CtVolume counting_volume() {
  CtVolume ct;
  ct.grid.size = {6, 5, 4};
  ct.grid.spacing_mm = {2.0, 1.0, 3.0};
  ct.grid.origin_patient_mm = {10.0, -20.0, 30.0};
  ct.grid.patient_axes.col(0) = Eigen::Vector3d{-1.0, 0.0, 0.0};
  ct.grid.patient_axes.col(1) = Eigen::Vector3d{0.0, -1.0, 0.0};
  for (int k = 0; k < 4; ++k) {
    for (int j = 0; j < 5; ++j) {
      for (int i = 0; i < 6; ++i) ct.hu.push_back(static_cast<std::int16_t>(100 * i + 10 * j + k));
    }
  }
  return ct;
}

TEST(HuRegion, CropKeepsEveryVoxelAtItsPlaceInThePatient) {
  const CtVolume ct = counting_volume();
  const HuRegion region = crop_hu(ct, {.first = {1, 2, 1}, .last = {5, 4, 3}});
  ASSERT_EQ(region.grid.size, (std::array<int, 3>{4, 2, 2}));
  for (int k = 0; k < 2; ++k) {
    for (int j = 0; j < 2; ++j) {
      for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(region.hu[region.grid.index(i, j, k)], 100 * (i + 1) + 10 * (j + 2) + k + 1);
        const Eigen::Vector3d here = region.grid.patient_from_voxel(Eigen::Vector3d(i, j, k));
        const Eigen::Vector3d there = ct.grid.patient_from_voxel(Eigen::Vector3d(i + 1, j + 2, k + 1));
        EXPECT_LT((here - there).norm(), 1e-12);
      }
    }
  }
}

TEST(HuRegion, CoveringBoxHoldsTheAskedPatientBoxAndStaysInside) {
  const CtVolume ct = counting_volume();
  const IndexBox box = covering_box(ct.grid, {3.0, -23.0, 32.0}, {7.0, -21.0, 100.0});
  // x 3..7 is column 1.5..3.5, y -23..-21 is row 1..3, z from slice 2/3 to beyond the end.
  EXPECT_EQ(box.first, (std::array<int, 3>{1, 1, 0}));
  EXPECT_EQ(box.last, (std::array<int, 3>{5, 4, 4}));
  EXPECT_TRUE(covering_box(ct.grid, {500.0, 0.0, 0.0}, {600.0, 1.0, 1.0}).empty());
}

TEST(HuRegion, BlockMeansSitAtTheMiddleOfTheirBlocks) {
  const CtVolume ct = counting_volume();
  const HuRegion blocks = block_means(ct, 4.0);  // 2 x 4 x 1 voxels
  ASSERT_EQ(blocks.grid.size, (std::array<int, 3>{3, 1, 4}));
  // Columns 2, 3 and rows 0..3: mean 250 + 15.
  EXPECT_FLOAT_EQ(blocks.hu[blocks.grid.index(1, 0, 2)], 267.0F);
  const Eigen::Vector3d centre = blocks.grid.patient_from_voxel({1.0, 0.0, 2.0});
  EXPECT_LT((centre - ct.grid.patient_from_voxel({2.5, 1.5, 2.0})).norm(), 1e-12);
}

TEST(Interpolate, IsExactForALinearFieldAndEmptyOutside) {
  const CtVolume ct = counting_volume();
  const HuRegion all = crop_hu(ct, {.first = {0, 0, 0}, .last = ct.grid.size});
  const Eigen::Vector3d voxel{3.25, 1.5, 2.75};
  const std::optional<float> value = interpolate(all.grid, all.hu, all.grid.patient_from_voxel(voxel));
  ASSERT_TRUE(value.has_value());
  EXPECT_NEAR(*value, 325.0 + 15.0 + 2.75, 1e-3);
  EXPECT_FALSE(interpolate_voxel(all.grid, all.hu, {-0.01, 1.0, 1.0}).has_value());
  EXPECT_FALSE(interpolate_voxel(all.grid, all.hu, {1.0, 4.01, 1.0}).has_value());
  EXPECT_TRUE(interpolate_voxel(all.grid, all.hu, {5.0, 4.0, 3.0}).has_value());
}

}  // namespace
}  // namespace focalhip
