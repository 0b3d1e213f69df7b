#pragma once

#include <string>

#include "analysis/registration/cpd_options.h"
#include "analysis/registration/points.h"

namespace focalhip {

// normalised = (point - centre) / scale
struct PointFrame {
  Eigen::RowVector3d centre_mm{0, 0, 0};
  double scale_mm = 1.0;
  [[nodiscard]] Points normalised(const Points& points_mm) const {
    return (points_mm.rowwise() - centre_mm) / scale_mm;
  }
  [[nodiscard]] Points in_mm(const Points& points) const { return (points * scale_mm).rowwise() + centre_mm; }
};

struct PointFrames {
  PointFrame source;
  PointFrame target;
};

// Mean and root mean square distance to it.
[[nodiscard]] PointFrame frame_of(const Points& points_mm);

[[nodiscard]] PointFrames normalise_points(const Points& source_mm,
                                           const Points& target_mm,
                                           CpdNormalisation normalisation);

// How many directions the points spread in: 0 = one place, 1 = a line, 2 = a plane, 3. A direction counts
// when the spread along it is at least 1e-6 of the largest one.
[[nodiscard]] int dimensions_of(const Points& points_mm);

// Throws UnusablePoints when the set (`name` in the sentence: "source") has fewer than two points, a number
// that is not finite, or spreads in fewer than `least_dimensions`.
void require_usable(const Points& points_mm, int least_dimensions, const std::string& name);

}  // namespace focalhip
