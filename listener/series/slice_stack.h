#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/support/reason_codes.h"
#include "analysis/volume/voxel_grid.h"
#include "listener/spool/scanned_instance.h"

namespace focalhip {

// Direction of growing slice index of these slices: unit normal of the image plane, patient frame, cranial.
// Needs a valid orientation (classify_instance).
[[nodiscard]] Eigen::Vector3d cranial_normal(const ScannedInstance& slice);
// Position of a slice along a direction, mm.
[[nodiscard]] double position_along_mm(const ScannedInstance& slice,
                                       const Eigen::Vector3d& direction_patient);

// How the positions of a stack lie. [science: qct 1.2]
struct StackGeometry {
  double spacing_mm = 0.0;  // median distance
  double extent_mm = 0.0;   // first to last slice centre
  int missing_slices = 0;   // in gaps of whole multiples of the spacing
  std::optional<NotMeasured> problem;
};
// `slices` sorted by position along their cranial normal.
[[nodiscard]] StackGeometry judge_stack(std::span<const ScannedInstance> slices);

// The grid of a stack without a problem. Column and row axes as in the images, slice axis cranial, axes
// exactly orthonormal.
[[nodiscard]] VoxelGrid grid_of_stack(std::span<const ScannedInstance> slices);

}  // namespace focalhip
