#pragma once

#include <optional>
#include <vector>

#include "analysis/volume/voxel_grid.h"

namespace focalhip {

// A volume that can be read anywhere by cubic B-spline interpolation (it passes through the voxels' values).
// Whole-sample symmetric beyond its borders while the coefficients are made; nothing is read outside the box
// of voxel centres. [Unser1999]
class BsplineVolume {
 public:
  // values: one per voxel of the grid, x fastest. Throws nothing but for lack of memory.
  BsplineVolume(const VoxelGrid& grid, std::vector<float> values);

  [[nodiscard]] std::optional<double> value(const Eigen::Vector3d& point_patient_mm) const;
  [[nodiscard]] const VoxelGrid& grid() const { return grid_; }

 private:
  VoxelGrid grid_;
  std::vector<float> coefficients_;
};

}  // namespace focalhip
