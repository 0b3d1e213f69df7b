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

inline constexpr double largest_untilted_deg = 0.5;

// How the positions of a stack lie. [science: qct 1.2]
struct StackGeometry {
  double spacing_mm = 0.0;  // median distance
  double extent_mm = 0.0;   // first to last slice centre
  int missing_slices = 0;   // in gaps of whole multiples of the spacing
  // Slice indices after which exactly one slice is missing: at most two, not side by side. They can be
  // interpolated; anything worse is a problem.
  std::vector<int> single_gaps;
  // Angle between the line through the slice positions and the normal. Above largest_untilted_deg the volume
  // is sheared (gantry tilt) and must be resampled.
  double tilt_deg = 0.0;
  std::optional<NotMeasured> problem;
};
// `slices` sorted by position along their cranial normal.
[[nodiscard]] StackGeometry judge_stack(std::span<const ScannedInstance> slices);

// The grid of a stack without a problem, missing slices included. Column and row axes as in the images, slice
// axis cranial, axes exactly orthonormal: of a tilted stack only the first slice lies where the grid says.
[[nodiscard]] VoxelGrid grid_of_stack(std::span<const ScannedInstance> slices, const StackGeometry& geometry);

// From one slice of that grid to the next, patient frame, mm: along the normal unless the stack is tilted.
[[nodiscard]] Eigen::Vector3d slice_step_mm(std::span<const ScannedInstance> slices,
                                            const StackGeometry& geometry);

}  // namespace focalhip
