#include "analysis/registration/expect_centred.h"

namespace focalhip {

CentredExpectation::CentredExpectation(const Points& target, Eigen::Index source_points, SimdLevel level)
    : target_points_(target.rows()),
      on_target_(target, source_points, level),
      on_itself_(Points::Zero(source_points, 3), source_points, level) {}

CpdSums CentredExpectation::expect(const Points& moved, double sigma2, double outlier_weight, int threads) {
  const Eigen::Index count = moved.rows();
  CpdSums sums = on_target_.expect(
      moved, sigma2, uniform_density(sigma2, outlier_weight, count, target_points_), threads);
  on_itself_.replace_target(moved);
  const CpdSums own =
      on_itself_.expect(moved, sigma2, uniform_density(sigma2, outlier_weight, count, count), threads);
  // As many points as the target has counterparts for.
  sums.residual -= (sums.total_weight / own.total_weight) * own.residual;
  return sums;
}

}  // namespace focalhip
