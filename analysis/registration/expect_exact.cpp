#include "analysis/registration/expect_exact.h"

#include <array>
#include <cmath>

#include "analysis/support/parallel_for.h"

namespace focalhip {

namespace {

constexpr int parts = 16;

CpdSums empty_sums(Eigen::Index source_points) {
  CpdSums sums;
  sums.weight = Eigen::VectorXd::Zero(source_points);
  sums.residual = Points::Zero(source_points, 3);
  return sums;
}

// Plain loops over columns: the compiler vectorises all but the exponential.
class TargetRow {
 public:
  TargetRow(const Points& moved, double sigma2, double uniform)
      : moved_(moved), sigma2_(sigma2), uniform_(uniform), squared_(moved.rows()), share_(moved.rows()) {}

  void add(const Eigen::RowVector3d& target, CpdSums& sums) {
    squared_ = (moved_.col(0).array() - target.x()).square() + (moved_.col(1).array() - target.y()).square() +
               (moved_.col(2).array() - target.z()).square();
    const double factor = -0.5 / sigma2_;
    double density = uniform_;
    for (Eigen::Index m = 0; m < squared_.size(); ++m) {
      share_[m] = std::exp(factor * squared_[m]);
      density += share_[m];
    }
    if (density <= 0.0) return add_far_target(moved_, target, sigma2_, sums);
    const double inverse = 1.0 / density;
    double squared_residual = 0.0;
    for (Eigen::Index m = 0; m < squared_.size(); ++m) {
      const double p = share_[m] * inverse;
      sums.weight[m] += p;
      sums.residual(m, 0) += p * (target.x() - moved_(m, 0));
      sums.residual(m, 1) += p * (target.y() - moved_(m, 1));
      sums.residual(m, 2) += p * (target.z() - moved_(m, 2));
      squared_residual += p * squared_[m];
    }
    sums.squared_residual += squared_residual;
    sums.log_density += std::log(density);
  }

 private:
  const Points& moved_;
  double sigma2_;
  double uniform_;
  Eigen::ArrayXd squared_;
  Eigen::ArrayXd share_;
};

}  // namespace

CpdSums expect_exact(const Points& target, const Points& moved, double sigma2, double uniform, int threads) {
  std::array<CpdSums, parts> part;
  parallel_for(parts, threads, [&](int i) {
    CpdSums& sums = part[static_cast<std::size_t>(i)];
    sums = empty_sums(moved.rows());
    TargetRow row(moved, sigma2, uniform);
    const Eigen::Index end = target.rows() * (i + 1) / parts;
    for (Eigen::Index n = target.rows() * i / parts; n < end; ++n) row.add(target.row(n), sums);
  });
  CpdSums sums = empty_sums(moved.rows());
  for (const CpdSums& one : part) {
    sums.weight += one.weight;
    sums.residual += one.residual;
    sums.squared_residual += one.squared_residual;
    sums.log_density += one.log_density;
  }
  sums.total_weight = sums.weight.sum();
  return sums;
}

}  // namespace focalhip
