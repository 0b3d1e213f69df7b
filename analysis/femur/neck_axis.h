#pragma once

#include "analysis/femur/bone_solid.h"

namespace focalhip {

// The axis of the femoral neck: the line of the centroids of its sections, from head to trochanters as far as
// they are hardly larger than the narrowest; it passes near the head's centre, not through it. [qct 4.1]
struct NeckAxis {
  AxisLine line;                          // direction: towards the head
  Eigen::Vector3d narrowest_mm{0, 0, 0};  // centroid of the narrowest section
  double narrowest_area_mm2 = 0.0;
};

// neck_direction: from the head's centre into the neck, within about 25 degrees.
// Throws Refusal{segmentation} when there is no narrowest section between head and trochanter.
[[nodiscard]] NeckAxis find_neck_axis(const BoneSolid& bone,
                                      const HeadSphere& head,
                                      const Eigen::Vector3d& neck_direction);

}  // namespace focalhip
