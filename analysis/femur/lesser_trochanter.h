#pragma once

#include <optional>

#include "analysis/femur/bone_solid.h"

namespace focalhip {

// Heights along the shaft axis (mm, cranial positive, from the axis' point).
struct LesserTrochanter {
  double distal_mm = 0.0;  // its distal border: below it the shaft stands out less than 1 mm
  double tip_mm = 0.0;
  double protrusion_mm = 0.0;  // of the tip over the shaft below
  Eigen::Vector3d tip_point_mm{0, 0, 0};
};

// Looks up the shaft for the medial-posterior protrusion over the shaft's own outline below it. Nothing when
// there is none of at least 3 mm between the given heights. lateral, anterior: unit, across the axis.
[[nodiscard]] std::optional<LesserTrochanter> find_lesser_trochanter(const BoneSolid& bone,
                                                                     const AxisLine& shaft,
                                                                     const Eigen::Vector3d& lateral,
                                                                     const Eigen::Vector3d& anterior,
                                                                     double lowest_mm,
                                                                     double highest_mm);

}  // namespace focalhip
