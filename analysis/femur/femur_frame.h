#pragma once

#include "analysis/femur/bone_solid.h"

namespace focalhip {

// Landmarks, axes and frame of a segmented right (or mirrored left) femur, qct 4.1. The fields of the result
// that concern the scan (cover above the head, joint space) are left to the caller.
// Throws Refusal: coverage when the lesser trochanter or the shaft below it is not in the scan, segmentation
// when a landmark fails its own check.
[[nodiscard]] FemurFrame find_femur_frame(const BoneSolid& bone,
                                          const HeadSphere& head,
                                          const Eigen::Vector3d& neck_direction);

// The head's sphere once more, now through the faces of the mask where it turns to the socket.
[[nodiscard]] HeadSphere fit_head_to_mask(const BoneSolid& bone,
                                          const HeadSphere& head,
                                          const Eigen::Vector3d& neck_direction);

}  // namespace focalhip
