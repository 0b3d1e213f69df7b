#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/femur/hip_region.h"

namespace focalhip {

// How the acetabulum is kept apart from the head: outside the sphere, in all directions but those near the
// neck, bone belongs to the pelvis.
struct SocketBarrier {
  Eigen::Vector3d neck_direction{0, 0, 0};  // unit, from the head's centre into the neck (distal, lateral)
  double free_angle_rad = 1.13;             // 65 degrees around the neck are the femur's own
  double margin_mm = 1.0;                   // outside the sphere before the barrier begins
  double thickness_mm = 15.0;

  // Points of the cap: directions from the head's centre outside the neck's cone.
  [[nodiscard]] bool faces_socket(const Eigen::Vector3d& from_head_centre_mm) const;
};

// The direction of the neck as seen from the head: towards the point of the shaft axis where a neck-shaft
// angle of 130 degrees would leave it. Without shaft in the scan: the average direction of the supine adult.
[[nodiscard]] Eigen::Vector3d estimate_neck_direction(const HipRegion& hip,
                                                      const std::vector<std::uint8_t>& bone);

// The bone (HU after 1 mm smoothing above the threshold) on the femur's side of the cheapest cut between what
// is certainly femur and what is certainly pelvis. [qct 3.2 S1]
[[nodiscard]] std::vector<std::uint8_t> part_from_pelvis(const HipRegion& hip,
                                                         const std::vector<std::uint8_t>& bone,
                                                         const SocketBarrier& barrier);

// The femur's bone closed and filled: a solid whose surface is within a few millimetres of the periosteal
// one. Throws Refusal{segmentation} when head and shaft are not one piece. [qct 3.2 S3]
[[nodiscard]] std::vector<std::uint8_t> solid_femur(const HipRegion& hip,
                                                    std::vector<std::uint8_t> femoral_bone);

}  // namespace focalhip
