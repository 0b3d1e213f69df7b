#pragma once

#include <Eigen/Core>

#include "analysis/registration/points.h"

namespace focalhip {

// What one expectation step leaves of the responsibilities p_mn (source point m, target point n), all the
// maximisation needs. [MyronenkoSong2010] Sec. 4, with sums of differences instead of positions: the same
// numbers without the cancellation when the sets lie close together.
struct CpdSums {
  Eigen::VectorXd weight;         // M: sum_n p_mn ("P1")
  Points residual;                // M x 3: sum_n p_mn (x_n - T_m); "PX" = residual + diag(weight) T
  double total_weight = 0.0;      // sum of weight ("Np")
  double squared_residual = 0.0;  // sum_mn p_mn |x_n - T_m|^2
  double log_density = 0.0;       // sum_n log(sum_m exp(-|x_n - T_m|^2 / (2 sigma2)) + uniform)
};

// c of the uniform component: (2 pi sigma2)^(3/2) w / (1 - w) M / N
[[nodiscard]] double uniform_density(double sigma2,
                                     double outlier_weight,
                                     Eigen::Index source_points,
                                     Eigen::Index target_points);

// One target point against the whole source in double, for sums that would underflow: exponents are taken
// relative to the nearest source point. Adds to `sums`; only without a uniform component.
void add_far_target(const Points& moved, const Eigen::RowVector3d& target, double sigma2, CpdSums& sums);

}  // namespace focalhip
