#include "analysis/registration/register_points.h"

#include <cmath>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <Eigen/Geometry>

#include "analysis/registration/expect_fast.h"

namespace focalhip {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Points cloud(int count, std::uint32_t seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal(0.0, 20.0);
  Points points(count, 3);
  for (Eigen::Index i = 0; i < points.size(); ++i) points.data()[i] = normal(engine);
  points.col(2) *= 2.0;
  points.col(0) += 0.02 * points.col(2).cwiseAbs2();  // no symmetry
  return points;
}

Eigen::Matrix3d turn(double angle_rad) {
  return Eigen::AngleAxisd(angle_rad, Eigen::Vector3d(1, 2, 3).normalized()).toRotationMatrix();
}

TEST(RegisterPoints, RigidFindsAKnownSimilarityInBothArithmetics) {
  const Points source_mm = cloud(400, 1);
  LinearMap truth{.matrix = 1.1 * turn(0.3), .shift = {5, -7, 90}};
  for (const CpdArithmetic arithmetic : {CpdArithmetic::fast, CpdArithmetic::exact}) {
    const CpdResult result =
        register_points(source_mm,
                        truth.moved(source_mm),
                        {.mode = CpdMode::rigid, .arithmetic = arithmetic, .tolerance = 1e-9});
    ASSERT_TRUE(result.target_mm_from_source_mm);
    EXPECT_LT((result.target_mm_from_source_mm->matrix - truth.matrix).norm(), 1e-5);
    EXPECT_LT((result.target_mm_from_source_mm->shift - truth.shift).norm(), 1e-3);
  }
}

TEST(RegisterPoints, NumbersAreTheSameForAnyThreadsAndInstructionSet) {
  const Points source_mm = cloud(500, 4);
  const Points target_mm = cloud(470, 5);
  for (const CpdMode mode : {CpdMode::affine, CpdMode::nonrigid}) {
    const CpdOptions options{.mode = mode, .max_iterations = 20, .tolerance = 0.0};
    const CpdResult expected = register_points(source_mm, target_mm, options, SimdLevel::scalar);
    for (const SimdLevel level : {SimdLevel::sse2, SimdLevel::avx2, SimdLevel::avx512}) {
      if (!is_supported(level)) continue;
      CpdOptions threaded = options;
      threaded.threads = 3;
      const CpdResult result = register_points(source_mm, target_mm, threaded, level);
      EXPECT_TRUE((result.transformed_mm.array() == expected.transformed_mm.array()).all()) << name(level);
      EXPECT_EQ(result.sigma2, expected.sigma2) << name(level);
    }
  }
}

TEST(RegisterPoints, ToleranceZeroMeansExactlyTheIterationsEvenWhenTheSetsCoincide) {
  const Points points_mm = cloud(100, 6);
  int told = 0;
  CpdOptions options{.mode = CpdMode::rigid, .max_iterations = 60, .tolerance = 0.0};
  options.progress = [&](int, int) { ++told; };
  const CpdResult result = register_points(points_mm, points_mm, options);
  EXPECT_EQ(result.iterations, 60);
  EXPECT_EQ(told, 60);
  EXPECT_LT((result.transformed_mm - points_mm).cwiseAbs().maxCoeff(), 1e-3);
}

TEST(RegisterPoints, AFarStrayWithoutUniformComponentIsTheSameFastAndExact) {
  const Points source_mm = cloud(200, 7);
  Points target_mm(201, 3);
  target_mm << source_mm, Eigen::RowVector3d(900, 0, 0);
  CpdOptions options{.mode = CpdMode::affine, .outlier_weight = 0.0, .max_iterations = 25, .tolerance = 0.0};
  const CpdResult fast = register_points(source_mm, target_mm, options);
  options.arithmetic = CpdArithmetic::exact;
  const CpdResult exact = register_points(source_mm, target_mm, options);
  EXPECT_LT((fast.transformed_mm - exact.transformed_mm).cwiseAbs().maxCoeff(), 0.01);
}

TEST(RegisterPoints, RefusesSetsThatDetermineNothing) {
  const Points good = cloud(50, 8);
  const auto run = [&](const Points& source, const Points& target, CpdMode mode) {
    return [=] { static_cast<void>(register_points(source, target, {.mode = mode})); };
  };
  const Points equal = Points::Constant(20, 3, 4.0);
  Points line = Points::Zero(20, 3);
  line.col(1).setLinSpaced(0.0, 10.0);
  Points plane = good;
  plane.col(2).setConstant(7.0);
  Points with_nan = good;
  with_nan(3, 1) = std::nan("");
  EXPECT_THAT(run(Points(0, 3), good, CpdMode::rigid),
              ThrowsMessage<UnusablePoints>(HasSubstr("source has no points")));
  EXPECT_THAT(run(good, good.topRows(1), CpdMode::rigid),
              ThrowsMessage<UnusablePoints>(HasSubstr("target has one point")));
  EXPECT_THAT(run(equal, good, CpdMode::nonrigid),
              ThrowsMessage<UnusablePoints>(HasSubstr("all points are equal")));
  EXPECT_THAT(run(line, good, CpdMode::rigid), ThrowsMessage<UnusablePoints>(HasSubstr("on one line")));
  EXPECT_THAT(run(good, plane, CpdMode::affine), ThrowsMessage<UnusablePoints>(HasSubstr("in one plane")));
  EXPECT_THAT(run(with_nan, good, CpdMode::affine),
              ThrowsMessage<UnusablePoints>(HasSubstr("not a finite number")));
  EXPECT_THROW(static_cast<void>(register_points(good, good, {.outlier_weight = 1.0})),
               std::invalid_argument);
}

TEST(FastExpectation, SumsAreThoseOfThePlainFormula) {
  const Points target = cloud(130, 9) / 40.0;
  const Points moved = cloud(75, 10) / 40.0;
  const double sigma2 = 0.05;
  const double uniform = 0.02;
  Eigen::MatrixXd p(75, 130);
  for (Eigen::Index m = 0; m < 75; ++m)
    for (Eigen::Index n = 0; n < 130; ++n)
      p(m, n) = std::exp(-(target.row(n) - moved.row(m)).squaredNorm() / (2.0 * sigma2));
  const Eigen::RowVectorXd density = p.colwise().sum().array() + uniform;
  for (Eigen::Index n = 0; n < 130; ++n) p.col(n) /= density[n];
  FastExpectation fast(target, 75, widest_simd_level());
  const CpdSums sums = fast.expect(moved, sigma2, uniform, 2);
  // Cut-off exp(-16), float responsibilities.
  EXPECT_LT((sums.weight - p.rowwise().sum()).cwiseAbs().maxCoeff(), 2e-5);
  EXPECT_LT((sums.residual - (p * target - p.rowwise().sum().asDiagonal() * moved)).cwiseAbs().maxCoeff(),
            2e-5);
  EXPECT_NEAR(sums.log_density, density.array().log().sum(), 1e-3);
}

}  // namespace
}  // namespace focalhip
