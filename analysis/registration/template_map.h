#pragma once

#include "analysis/registration/fit_linear_map.h"
#include "analysis/registration/points.h"

namespace focalhip {

// From the template to the target, anywhere in the template's space:
//   target_mm = affine(y) + sum_k exp(-|y - centre_k|^2 / (2 width^2)) weight_k
struct TemplateMap {
  LinearMap affine;   // target_mm_from_template_mm
  Points centres_mm;  // K x 3, template; K = 0: the map is affine
  Points weights_mm;  // K x 3
  double width_mm = 1.0;

  [[nodiscard]] Points moved_mm(const Points& template_mm, int threads) const;
  // det of the map's derivative: > 0 where the map neither folds nor mirrors.
  [[nodiscard]] Eigen::ArrayXd jacobian(const Points& template_mm, int threads) const;
};

}  // namespace focalhip
