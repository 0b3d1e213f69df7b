#pragma once

#include <Eigen/Core>

#include "analysis/femur/femur.h"

namespace focalhip {

// The one place where left femora are mirrored: everything after it sees a right femur in a frame whose x is
// reversed for the left side. Each function is its own inverse. A mirrored grid keeps its voxels and their
// order; only its axes become left-handed, which nothing here relies on.
[[nodiscard]] Eigen::Vector3d mirrored_to_right(const Eigen::Vector3d& vector, Side side);
[[nodiscard]] VoxelGrid mirrored_to_right(const VoxelGrid& grid, Side side);
[[nodiscard]] FemurFrame mirrored_to_right(const FemurFrame& frame, Side side);

// Directions of a right femur in LPS.
namespace right_femur {
inline const Eigen::Vector3d lateral{-1.0, 0.0, 0.0};
inline const Eigen::Vector3d anterior{0.0, -1.0, 0.0};
inline const Eigen::Vector3d cranial{0.0, 0.0, 1.0};
}  // namespace right_femur

}  // namespace focalhip
