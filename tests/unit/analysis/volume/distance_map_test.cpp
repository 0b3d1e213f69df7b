#include "analysis/volume/distance_map.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace focalhip {
namespace {

VoxelGrid anisotropic_grid() {
  VoxelGrid grid;
  grid.size = {11, 8, 9};
  grid.spacing_mm = {0.7, 1.1, 3.0};
  return grid;
}

TEST(DistanceMap, EqualsTheDistanceFoundByTryingAllVoxels) {
  const VoxelGrid grid = anisotropic_grid();
  std::mt19937 random(5);
  std::vector<std::uint8_t> set(grid.voxel_count());
  for (std::uint8_t& value : set) value = random() % 40 == 0 ? 1 : 0;
  const std::vector<float> distance_mm2 = squared_distance_mm2(grid, set);
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 0; j < grid.size[1]; ++j) {
      for (int i = 0; i < grid.size[0]; ++i) {
        double best = std::numeric_limits<double>::infinity();
        for (int c = 0; c < grid.size[2]; ++c) {
          for (int b = 0; b < grid.size[1]; ++b) {
            for (int a = 0; a < grid.size[0]; ++a) {
              if (set[grid.index(a, b, c)] == 0) continue;
              const Eigen::Vector3d offset =
                  grid.spacing_mm.cwiseProduct(Eigen::Vector3d(i - a, j - b, k - c));
              best = std::min(best, offset.squaredNorm());
            }
          }
        }
        // Single precision of values up to a few hundred.
        EXPECT_NEAR(distance_mm2[grid.index(i, j, k)], best, 1e-4 * (1.0 + best));
      }
    }
  }
}

TEST(DistanceMap, IsInfiniteWithoutASet) {
  const VoxelGrid grid = anisotropic_grid();
  for (const float value : squared_distance_mm2(grid, std::vector<std::uint8_t>(grid.voxel_count(), 0))) {
    EXPECT_TRUE(std::isinf(value));
  }
}

TEST(DistanceMap, SignedDistanceIsZeroBetweenTheLastVoxelInsideAndTheFirstOutside) {
  VoxelGrid grid;
  grid.size = {10, 3, 3};
  std::vector<std::uint8_t> set(grid.voxel_count(), 0);
  for (int k = 0; k < 3; ++k) {
    for (int j = 0; j < 3; ++j) {
      for (int i = 0; i < 5; ++i) set[grid.index(i, j, k)] = 1;
    }
  }
  const std::vector<float> distance_mm = signed_distance_mm(grid, set);
  for (int i = 0; i < 10; ++i) {
    EXPECT_NEAR(distance_mm[grid.index(i, 1, 1)], i - 4.5, 1e-5);  // the face lies at 4.5
  }
}

}  // namespace
}  // namespace focalhip
