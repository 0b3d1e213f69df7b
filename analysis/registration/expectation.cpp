#include "analysis/registration/expectation.h"

#include <cmath>
#include <numbers>

namespace focalhip {

double uniform_density(double sigma2,
                       double outlier_weight,
                       Eigen::Index source_points,
                       Eigen::Index target_points) {
  const double width2 = 2.0 * std::numbers::pi * sigma2;
  return width2 * std::sqrt(width2) * outlier_weight / (1.0 - outlier_weight) *
         static_cast<double>(source_points) / static_cast<double>(target_points);
}

void add_far_target(const Points& moved, const Eigen::RowVector3d& target, double sigma2, CpdSums& sums) {
  const Points difference = (-moved).rowwise() + target;
  const Eigen::ArrayXd squared = difference.rowwise().squaredNorm();
  const double nearest = squared.minCoeff();
  Eigen::ArrayXd share(squared.size());
  for (Eigen::Index m = 0; m < squared.size(); ++m) {
    share[m] = std::exp((nearest - squared[m]) / (2.0 * sigma2));
  }
  const double sum = share.sum();
  share /= sum;
  sums.weight.array() += share;
  for (Eigen::Index axis = 0; axis < 3; ++axis) {
    sums.residual.col(axis).array() += share * difference.col(axis).array();
  }
  sums.squared_residual += (share * squared).sum();
  sums.log_density += std::log(sum) - nearest / (2.0 * sigma2);
}

}  // namespace focalhip
