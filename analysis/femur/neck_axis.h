#pragma once

#include "analysis/femur/bone_solid.h"

namespace focalhip {

// The axis of the femoral neck: through the centroid of its narrowest section, along the line of the
// centroids of the sections around it and the head's centre. [qct 4.1]
struct NeckAxis {
  AxisLine line;  // point: centroid of the narrowest section; direction: towards the head
  double narrowest_area_mm2 = 0.0;
};

// neck_direction: from the head's centre into the neck, within about 25 degrees.
// Throws Refusal{segmentation} when there is no narrowest section between head and trochanter.
[[nodiscard]] NeckAxis find_neck_axis(const BoneSolid& bone,
                                      const HeadSphere& head,
                                      const Eigen::Vector3d& neck_direction);

}  // namespace focalhip
