#include "analysis/registration/expect_centred.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "analysis/registration/registration_stages.h"

namespace focalhip {
namespace {

// Uniform in the unit ball.
Points ball(int count, std::uint32_t seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  Points points(count, 3);
  for (Eigen::Index i = 0; i < count;) {
    const Eigen::RowVector3d point(uniform(engine), uniform(engine), uniform(engine));
    if (point.norm() <= 1.0) points.row(i++) = point;
  }
  return points;
}

// Mean of the residual along the outward direction, an iteration's tendency to grow the ball.
double outward(const CpdSums& sums, const Points& moved) {
  return (sums.residual.cwiseProduct(moved.rowwise().normalized()).rowwise().sum()).sum() / sums.total_weight;
}

TEST(CentredExpectation, VanishesWhenTheTargetIsTheSourceItself) {
  const Points points = ball(800, 1);
  CentredExpectation centred(points, 800, widest_simd_level());
  const CpdSums sums = centred.expect(points, 0.04, 0.1, 2);
  EXPECT_LT(sums.residual.cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_GT(sums.total_weight, 700.0);
}

TEST(CentredExpectation, HasNoPullOnTheRimOfAnotherSampleOfTheSameBall) {
  constexpr double sigma2 = 0.04;
  double plain_pull = 0.0;
  double centred_pull = 0.0;
  constexpr int repeats = 10;
  for (std::uint32_t seed = 0; seed < repeats; ++seed) {
    const Points source = ball(1000, 10 + seed);
    const Points target = ball(1300, 50 + seed);
    FastExpectation plain(target, 1000, widest_simd_level());
    plain_pull +=
        outward(plain.expect(source, sigma2, uniform_density(sigma2, 0.1, 1000, 1300), 1), source) / repeats;
    CentredExpectation centred(target, 1000, widest_simd_level());
    centred_pull += outward(centred.expect(source, sigma2, 0.1, 1), source) / repeats;
  }
  EXPECT_GT(std::abs(plain_pull), 0.003);
  EXPECT_LT(std::abs(centred_pull), 0.2 * std::abs(plain_pull));
}

TEST(FitSpread, FindsTheSpreadOfASampleOfTheMixture) {
  const Points moved = ball(400, 3);
  std::mt19937 engine(4);
  std::normal_distribution<double> normal(0.0, 0.02);
  Points points(4000, 3);
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    points.row(i) = moved.row(i % 400) + Eigen::RowVector3d(normal(engine), normal(engine), normal(engine));
  }
  // Standard error of sigma2 over 12,000 coordinates: 1.3 %.
  EXPECT_NEAR(fit_spread(moved, points, 0.1, 0.0, 2).sigma2, 0.0004, 0.00002);
}

TEST(FitSpread, PrefersTheSourceThatLiesWhereThePointsAre) {
  const Points moved = ball(1000, 5);
  const Points points = ball(300, 6);
  Points shifted = moved;
  shifted.col(0).array() += 0.1;
  EXPECT_GT(fit_spread(moved, points, 0.1, 0.1, 1).log_likelihood,
            fit_spread(shifted, points, 0.1, 0.1, 1).log_likelihood);
}

}  // namespace
}  // namespace focalhip
