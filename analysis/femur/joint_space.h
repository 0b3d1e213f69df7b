#pragma once

#include <optional>

#include "analysis/femur/femur.h"
#include "analysis/femur/hip_region.h"
#include "analysis/femur/outer_face.h"

namespace focalhip {

struct JointSpaceOptions {
  int directions = 800;         // over the whole sphere; those of the cap are asked
  double widest_gap_mm = 8.0;   // farther bone is no wall of the joint
  double least_wall_hu = 80.0;  // head and wall stand out this much from the darkest point between them
  // Slices farther apart than this along a direction show no joint there, nor that it is closed: not asked.
  double widest_step_mm = 1.5;
  double farthest_face_mm = 2.0;  // of the head outside its sphere; beyond it is another bone's
  double bone_hu = 350.0;         // mean beside the head in a joint that has no gap left
  // Subchondral bone of the socket, share of the density of the shaft's cortex: 900 to 1100 of 1480 HU at 74
  // keV. [qct 2.5, 6.1] Spread of its logarithm.
  double wall_density_share = 0.75;
  double wall_density_spread = 0.15;
  double cartilage_hu = 55.0;  // cartilage and fluid, expected with its spread
  double cartilage_spread_hu = 35.0;
  double noise_hu = 30.0;  // of the mean of neighbouring profiles
};

// The gap between the head and the bone of the socket, direction by direction over the half of the head that
// looks away from the neck. Head, gap and wall are fitted together as blurred layers, so the blur of both
// walls does not narrow the gap. Frame: the hip's (mirrored) one. [qct 3.2 S7]
[[nodiscard]] JointSpaceMap map_joint_space(const HipRegion& hip,
                                            const Eigen::Vector3d& neck_direction,
                                            const ShaftEdge& blur,
                                            const JointSpaceOptions& options);

// The sphere through the faces of the head that the map found beside a gap; `about`: the one it was made
// about, returned where there are too few of them.
[[nodiscard]] HeadSphere head_through_faces(const JointSpaceMap& map, const HeadSphere& about);

}  // namespace focalhip
