#include "analysis/cortex/bspline_volume.h"

#include <cmath>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

VoxelGrid oblique_grid() {
  VoxelGrid grid;
  grid.size = {14, 11, 9};
  grid.spacing_mm = {0.8, 0.9, 1.25};
  grid.origin_patient_mm = {-20.0, 5.0, 100.0};
  grid.patient_axes << 0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0;
  return grid;
}

template <typename Field>
std::vector<float> sampled(const VoxelGrid& grid, const Field& field) {
  std::vector<float> values;
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 0; j < grid.size[1]; ++j) {
      for (int i = 0; i < grid.size[0]; ++i) values.push_back(static_cast<float>(field(i, j, k)));
    }
  }
  return values;
}

TEST(BsplineVolume, PassesThroughTheVoxels) {
  const VoxelGrid grid = oblique_grid();
  const auto field = [](int i, int j, int k) {
    return 300.0 * std::sin(0.9 * i) + 200.0 * std::cos(1.3 * j * k);
  };
  const std::vector<float> values = sampled(grid, field);
  const BsplineVolume volume(grid, values);
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 0; j < grid.size[1]; ++j) {
      for (int i = 0; i < grid.size[0]; ++i) {
        const auto value = volume.value(grid.patient_from_voxel(Eigen::Vector3d(i, j, k)));
        // A voxel at the box' own face may fall outside by rounding.
        if (value) {
          EXPECT_NEAR(*value, field(i, j, k), 0.01);
        }
      }
    }
  }
}

TEST(BsplineVolume, ReadsACubicPolynomialBetweenTheVoxelsAwayFromTheBorders) {
  VoxelGrid grid = oblique_grid();
  grid.size = {40, 40, 40};
  const auto cubic = [](double i, double j, double k) {
    const double x = (i - 20.0) / 10.0;
    const double y = (j - 20.0) / 10.0;
    const double z = (k - 20.0) / 10.0;
    return 100.0 * (x * x * x - 2.0 * y * y * z + z * z * z + x * y);
  };
  const BsplineVolume volume(grid, sampled(grid, cubic));
  // Mirroring bends a cubic at the border; that dies out by 0.27 per voxel.
  for (const Eigen::Vector3d& at : {Eigen::Vector3d(19.3, 20.6, 18.5), Eigen::Vector3d(22.9, 17.1, 21.4)}) {
    EXPECT_NEAR(*volume.value(grid.patient_from_voxel(at)), cubic(at.x(), at.y(), at.z()), 0.01);
  }
}

TEST(BsplineVolume, ReadsNothingOutside) {
  const VoxelGrid grid = oblique_grid();
  const BsplineVolume volume(grid, std::vector<float>(grid.voxel_count(), 1.0F));
  EXPECT_FALSE(volume.value(grid.patient_from_voxel({-0.1, 3.0, 3.0})));
  EXPECT_FALSE(volume.value(grid.patient_from_voxel({3.0, 3.0, 8.1})));
  EXPECT_FALSE(volume.value({std::nan(""), 0.0, 0.0}));
  EXPECT_NEAR(*volume.value(grid.patient_from_voxel({3.4, 3.3, 7.9})), 1.0, 1e-5);
}

}  // namespace
}  // namespace focalhip
