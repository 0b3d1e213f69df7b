#pragma once

#include <algorithm>
#include <optional>
#include <span>

#include "analysis/volume/voxel_grid.h"

namespace focalhip {

// Trilinear value at continuous voxel coordinates; nothing outside the box of voxel centres.
[[nodiscard]] inline std::optional<float> interpolate_voxel(const VoxelGrid& grid,
                                                            std::span<const float> values,
                                                            const Eigen::Vector3d& voxel) {
  std::array<std::size_t, 3> low{};
  std::array<std::size_t, 3> step{
      1,
      static_cast<std::size_t>(grid.size[0]),
      static_cast<std::size_t>(grid.size[0]) * static_cast<std::size_t>(grid.size[1])};
  std::array<float, 3> fraction{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double at = voxel[static_cast<Eigen::Index>(axis)];
    if (!(at >= 0.0 && at <= grid.size[axis] - 1)) return std::nullopt;
    const int index = std::min(static_cast<int>(at), std::max(0, grid.size[axis] - 2));
    low[axis] = static_cast<std::size_t>(index);
    fraction[axis] = static_cast<float>(at - index);
    if (grid.size[axis] == 1) step[axis] = 0;
  }
  const float* corner = values.data() + low[0] + step[1] * low[1] + step[2] * low[2];
  const auto mixed = [](float a, float b, float t) { return a + (b - a) * t; };
  const auto along_x = [&](const float* p) { return mixed(p[0], p[step[0]], fraction[0]); };
  const auto along_xy = [&](const float* p) { return mixed(along_x(p), along_x(p + step[1]), fraction[1]); };
  return mixed(along_xy(corner), along_xy(corner + step[2]), fraction[2]);
}

[[nodiscard]] inline std::optional<float> interpolate(const VoxelGrid& grid,
                                                      std::span<const float> values,
                                                      const Eigen::Vector3d& point_patient_mm) {
  return interpolate_voxel(grid, values, grid.voxel_from_patient(point_patient_mm));
}

}  // namespace focalhip
