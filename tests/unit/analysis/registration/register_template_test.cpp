#include "analysis/registration/register_template.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>
#include <Eigen/LU>

namespace focalhip {
namespace {

// Uniform in a bent club without mirror symmetry, mm.
Points club(int count, std::uint32_t seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  Points points(count, 3);
  for (Eigen::Index i = 0; i < count;) {
    const Eigen::RowVector3d u(uniform(engine), uniform(engine), uniform(engine));
    const double radius = 0.35 + 0.3 * u.z() * u.z();
    if (u.head<2>().norm() > radius) continue;
    const double z = 50.0 * u.z();
    points.row(i++) << 40.0 * u.x() + 12.0 * u.z() * u.z(), 22.0 * u.y() + (u.x() > 0 ? 6.0 * u.z() : 0.0), z;
  }
  return points;
}

Points bent(const Points& points_mm) {
  Points moved = points_mm;
  moved.col(0).array() += 4.0 * (points_mm.col(2).array() / 25.0).sin();
  moved.col(1).array() += 0.05 * points_mm.col(2).array();
  return moved;
}

double rms(const Points& difference) { return std::sqrt(difference.rowwise().squaredNorm().mean()); }

TEST(RegisterTemplate, FollowsABendOfThePointsThemselves) {
  const Points template_mm = club(3000, 1);
  const PreparedTemplate prepared = prepare_template(template_mm, {.kernel_width_mm = 40.0});
  const TemplateRegistration result = register_template(prepared, bent(template_mm), {});
  EXPECT_EQ(result.fallback, AffineFallback::none) << result.fallback_detail;
  EXPECT_TRUE(result.converged);
  EXPECT_FALSE(result.looks_mirrored);
  EXPECT_GT(result.least_jacobian, 0.0);
  EXPECT_LT(result.sigma2_mm2, result.affine_sigma2_mm2);
  const Points truth_mm = bent(template_mm);
  EXPECT_LT(rms(result.moved_mm - truth_mm), 0.75 * rms(result.map.affine.moved(template_mm) - truth_mm));
}

// Two independent samples without any order: too little to find the bend (registration_proof prints it). What
// is kept is at least not less likely than the affine map for points that were not fitted.
TEST(RegisterTemplate, KeepsTheAffineMapWhenPointsThatWereNotFittedSpeakAgainstTheOther) {
  const PreparedTemplate prepared = prepare_template(club(3000, 1), {.kernel_width_mm = 40.0});
  const TemplateRegistration result = register_template(prepared, bent(club(3000, 2)), {});
  EXPECT_EQ(result.fallback, AffineFallback::worse_than_affine);
  EXPECT_EQ(result.log_likelihood, result.affine_log_likelihood);
  EXPECT_EQ(result.map.centres_mm.rows(), 0);
}

TEST(RegisterTemplate, TheMapAnywhereIsTheDisplacementOfThePoints) {
  const Points template_mm = club(1500, 3);
  const PreparedTemplate prepared = prepare_template(template_mm, {});
  const TemplateRegistration result = register_template(prepared, bent(club(1500, 4)), {});
  EXPECT_LT((result.map.moved_mm(template_mm, 2) - result.moved_mm).cwiseAbs().maxCoeff(), 1e-6);
}

TEST(RegisterTemplate, TheJacobianIsThatOfFiniteDifferences) {
  const Points template_mm = club(1500, 3);
  const TemplateMap map = register_template(prepare_template(template_mm, {}), bent(club(1500, 4)), {}).map;
  const Points at_mm = template_mm.topRows(20);
  const Eigen::ArrayXd determinant = map.jacobian(at_mm, 1);
  constexpr double step_mm = 1e-4;
  for (Eigen::Index i = 0; i < at_mm.rows(); ++i) {
    Eigen::Matrix3d derivative;
    for (Eigen::Index axis = 0; axis < 3; ++axis) {
      Points pair(2, 3);
      pair.row(0) = pair.row(1) = at_mm.row(i);
      pair(0, axis) += step_mm;
      pair(1, axis) -= step_mm;
      const Points moved = map.moved_mm(pair, 1);
      derivative.col(axis) = (moved.row(0) - moved.row(1)).transpose() / (2.0 * step_mm);
    }
    EXPECT_NEAR(determinant[i], derivative.determinant(), 1e-6);
  }
}

TEST(RegisterTemplate, FallsBackToTheAffineMapWhenTheNonrigidOneFolds) {
  // A narrow kernel at no price follows every stray of the sampling until neighbours pass each other.
  const PreparedTemplate prepared = prepare_template(club(1500, 5), {.kernel_width_mm = 4.0});
  const TemplateRegistration result =
      register_template(prepared, bent(club(1500, 6)), {.smoothness = 1e-4, .max_iterations = 60});
  EXPECT_EQ(result.fallback, AffineFallback::folded) << result.least_jacobian;
  EXPECT_FALSE(result.fallback_detail.empty());
  EXPECT_EQ(result.map.centres_mm.rows(), 0);
  EXPECT_EQ(result.sigma2_mm2, result.affine_sigma2_mm2);
  EXPECT_LT((result.map.moved_mm(club(1500, 5), 1) - result.moved_mm).cwiseAbs().maxCoeff(), 1e-9);
}

TEST(RegisterTemplate, NoticesAMirroredTargetAndIgnoresTheThreadCount) {
  const PreparedTemplate prepared = prepare_template(club(2000, 7), {});
  Points target_mm = bent(club(2000, 8));
  const TemplateRegistration one = register_template(prepared, target_mm, {.threads = 1});
  const TemplateRegistration three = register_template(prepared, target_mm, {.threads = 3});
  EXPECT_TRUE((one.moved_mm.array() == three.moved_mm.array()).all());
  EXPECT_FALSE(one.looks_mirrored) << one.mirrored_sigma2_ratio;
  target_mm.col(1) *= -1.0;
  const TemplateRegistration mirrored = register_template(prepared, target_mm, {});
  EXPECT_TRUE(mirrored.looks_mirrored) << mirrored.mirrored_sigma2_ratio;
}

}  // namespace
}  // namespace focalhip
