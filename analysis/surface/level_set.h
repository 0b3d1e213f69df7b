#pragma once

#include <optional>
#include <span>

#include "analysis/volume/interpolate.h"
#include "analysis/volume/voxel_grid.h"

namespace focalhip {

// A surface as the zero of a signed distance (mm, negative inside) on a grid; trilinear between the voxels.
// The distances must outlive it. Points: frame of the grid (patient, LPS, mm).
struct LevelSet {
  VoxelGrid grid;
  std::span<const float> distance_mm;

  [[nodiscard]] std::optional<double> distance_at(const Eigen::Vector3d& point_mm) const;
  // Central differences half a voxel to either side; not normalised. Zero outside the grid.
  [[nodiscard]] Eigen::Vector3d gradient_at(const Eigen::Vector3d& point_mm) const;
};

// The point moved along the gradient onto the zero of the level set, at most `furthest_mm` away; nothing when
// it is not reached.
[[nodiscard]] std::optional<Eigen::Vector3d> project_to_surface(const LevelSet& surface,
                                                                const Eigen::Vector3d& point_mm,
                                                                double furthest_mm);

}  // namespace focalhip
