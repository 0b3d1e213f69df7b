#pragma once

#include <Eigen/Core>

#include "analysis/registration/points.h"

namespace focalhip {

// Distance of every point of `from` to the nearest point of `to` (not empty). Both in an order that keeps
// neighbours together (morton_order), else it is slow.
[[nodiscard]] Eigen::ArrayXd nearest_distances(const Points& from, const Points& to, int threads);

}  // namespace focalhip
