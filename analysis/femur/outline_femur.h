#pragma once

#include <cstdint>
#include <vector>

#include "analysis/femur/hip_region.h"
#include "analysis/femur/refine_surface.h"
#include "analysis/femur/segment_femora.h"

namespace focalhip {

// The outline of one femur on a crop of its hip region; frames are the mirrored ones (a right femur).
struct OutlinedFemur {
  HipRegion hip;                   // cropped to the femur and what lies near it
  std::vector<std::uint8_t> mask;  // 1 = inside
  RefinedSurface surface;
  Eigen::Vector3d neck_direction{0, 0, 0};  // unit, from the head into the neck; within about 25 degrees
  JointSpaceMap joint;                      // directions in the mirrored frame
  std::vector<std::uint8_t> prior_only;     // see FemurMask; empty = nowhere
  double cap_prior_only_share = 0.0;        // of the socket's side of the head
  double rejected_share = 0.0;              // of the surface that comes from the image: without a usable face
  double prior_to_result_p95_mm = 0.0;
};

// Parts the femur from the pelvis, cuts it out and moves its surface to the outer face of the cortex (S1, S3
// to S7 of qct 3.2). A joint too narrow to be trusted leaves the socket's side of the head to the sphere.
// Throws Refusal{segmentation} when head and shaft are not one piece.
[[nodiscard]] OutlinedFemur outline_femur(const HipRegion& wide,
                                          double slice_thickness_mm,
                                          const FemurOptions& options);

}  // namespace focalhip
