#pragma once

#include "analysis/registration/expectation.h"

namespace focalhip {

// target = matrix * source + shift
struct LinearMap {
  Eigen::Matrix3d matrix{Eigen::Matrix3d::Identity()};
  Eigen::Vector3d shift{0, 0, 0};
  [[nodiscard]] Points moved(const Points& source) const {
    return (source * matrix.transpose()).rowwise() + shift.transpose();
  }
};

// Maximisation steps in closed form. `sums`: of the expectation at `moved`. What cannot be solved (all weight
// on points of one plane) gives numbers that are not finite.
[[nodiscard]] LinearMap fit_affine(const CpdSums& sums, const Points& source, const Points& moved);
// Rotation times uniform scale. [MyronenkoSong2010] Sec. 4.1
[[nodiscard]] LinearMap fit_rigid(const CpdSums& sums, const Points& source, const Points& moved);

}  // namespace focalhip
