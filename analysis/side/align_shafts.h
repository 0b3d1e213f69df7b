#pragma once

#include <optional>

#include <Eigen/Geometry>

#include "analysis/side/hip_bone.h"

namespace focalhip {

// The shaft and trochanters of one hip laid onto the other one (both mirrored to right hips) without looking
// at the heads, and where that leaves the head. [qct 5, "mirrored rigid surface comparison"]
struct ShaftAlignment {
  Eigen::Isometry3d other_from_model{Eigen::Isometry3d::Identity()};
  double residual_mm = 0.0;     // mean distance of the aligned surface points that agree within 5 mm
  double agreeing_share = 0.0;  // of the surface points
  // The other head's centre from where the model's would be: lateral, anterior, cranial along the shaft.
  Eigen::Vector3d head_shift_mm{0, 0, 0};
};

// The head with the neck next to it laid onto the other one, and what of each hip's neck region then has no
// counterpart in the other hip, whether it went with the head or with the shaft: the faces of a fracture. The
// whole bone explains nothing of them, so they tell which of two different femora is the broken one.
struct FragmentComparison {
  Eigen::Isometry3d other_from_model_head{Eigen::Isometry3d::Identity()};
  double turn_rad = 0.0;  // of the head against the shaft
  double unexplained_of_other_mm2 = 0.0;
  double unexplained_of_model_mm2 = 0.0;
};
[[nodiscard]] FragmentComparison compare_fragments(const HipBone& model,
                                                   const HipBone& other,
                                                   const ShaftAlignment& shafts);

// Nothing when a shaft is missing or less than half of the surface agrees.
[[nodiscard]] std::optional<ShaftAlignment> align_shafts(const HipBone& model, const HipBone& other);

}  // namespace focalhip
