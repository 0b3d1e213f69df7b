#include "analysis/volume/smooth_gaussian.h"

#include <gtest/gtest.h>

#include <numeric>

namespace focalhip {
namespace {

TEST(SmoothGaussian, SpreadsAPointWithTheAskedVarianceAlongEveryAxis) {
  VoxelGrid grid;
  grid.size = {41, 41, 41};
  grid.spacing_mm = {0.5, 0.8, 1.0};
  std::vector<float> values(grid.voxel_count(), 0.0F);
  values[grid.index(20, 20, 20)] = 1.0F;
  constexpr double sigma_mm = 1.5;
  smooth_gaussian(grid, values, sigma_mm);
  double total = 0.0;
  Eigen::Vector3d variance = Eigen::Vector3d::Zero();
  for (int k = 0; k < 41; ++k) {
    for (int j = 0; j < 41; ++j) {
      for (int i = 0; i < 41; ++i) {
        const double weight = values[grid.index(i, j, k)];
        const Eigen::Vector3d offset = grid.spacing_mm.cwiseProduct(Eigen::Vector3d(i - 20, j - 20, k - 20));
        total += weight;
        variance += weight * offset.cwiseAbs2();
      }
    }
  }
  EXPECT_NEAR(total, 1.0, 1e-4);
  // Truncation at 3 sigma takes 2.7 % of a Gaussian's variance.
  for (int axis = 0; axis < 3; ++axis) EXPECT_NEAR(variance[axis], 0.973 * sigma_mm * sigma_mm, 0.05);
}

TEST(SmoothGaussian, LeavesAConstantFieldUpToItsBorder) {
  VoxelGrid grid;
  grid.size = {7, 1, 4};
  std::vector<float> values(grid.voxel_count(), 12.5F);
  smooth_gaussian(grid, values, 2.0);
  for (const float value : values) EXPECT_NEAR(value, 12.5F, 1e-4);
}

}  // namespace
}  // namespace focalhip
