#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "analysis/volume/voxel_grid.h"

namespace focalhip {

// Calls visit(direction, index) for the up to six voxels that share a face with the given one. Directions:
// 0/1 previous and next column, 2/3 row, 4/5 slice; direction ^ 1 is the way back.
template <typename Visit>
void for_each_face_neighbour(const VoxelGrid& grid, std::size_t voxel, Visit visit) {
  std::size_t stride = 1;
  std::size_t rest = voxel;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto size = static_cast<std::size_t>(grid.size[axis]);
    const std::size_t index = rest % size;
    if (index > 0) visit(2 * axis, voxel - stride);
    if (index + 1 < size) visit(2 * axis + 1, voxel + stride);
    rest /= size;
    stride *= size;
  }
}

// Area of the face across an axis, relative to that of a cube of the same volume.
[[nodiscard]] inline double relative_face_area(const VoxelGrid& grid, std::size_t axis) {
  const double volume_mm3 = grid.voxel_volume_mm3();
  return volume_mm3 / grid.spacing_mm[static_cast<Eigen::Index>(axis)] / std::pow(volume_mm3, 2.0 / 3.0);
}

// Calls visit(index, centre) for every voxel; centres in the grid's patient frame, mm.
template <typename Visit>
void for_each_voxel(const VoxelGrid& grid, Visit visit) {
  const Eigen::Vector3d step_mm = grid.patient_axes.col(0) * grid.spacing_mm.x();
  for (int slice = 0; slice < grid.size[2]; ++slice) {
    for (int row = 0; row < grid.size[1]; ++row) {
      const Eigen::Vector3d first_mm =
          grid.patient_from_voxel({0.0, static_cast<double>(row), static_cast<double>(slice)});
      for (int column = 0; column < grid.size[0]; ++column) {
        visit(grid.index(column, row, slice), Eigen::Vector3d(first_mm + column * step_mm));
      }
    }
  }
}

}  // namespace focalhip
