#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/agreement.h"
#include "tests/support/surface_gap.h"

// The arithmetic of the proof programs against published worked examples and closed formulas.

namespace focalhip::test {
namespace {

// Six subjects, four judges: Shrout and Fleiss 1979, Table 2; ICC(2,1) = 0.29 in Table 4. The interval is
// that of McGraw and Wong's ICC(A,1), as R package psych 2.x prints for the same data: 0.019 .. 0.761.
const std::vector<std::vector<double>> shrout_fleiss{
    {9, 2, 5, 8}, {6, 1, 3, 2}, {8, 4, 6, 8}, {7, 1, 2, 6}, {10, 5, 6, 9}, {6, 2, 4, 7}};

TEST(Agreement, IsThatOfShroutAndFleiss) {
  const Agreement found = icc_2_1(shrout_fleiss);
  EXPECT_NEAR(found.icc, 0.29, 0.005);  // printed with two decimals
  EXPECT_NEAR(found.interval.low, 0.019, 0.0005);
  EXPECT_NEAR(found.interval.high, 0.761, 0.0005);
}

TEST(Agreement, CountsAConstantDifferenceBetweenRepeatsAsDisagreement) {
  std::vector<std::vector<double>> scores;
  for (const double value : {1.0, 2.0, 3.0, 4.0, 5.0}) scores.push_back({value, value + 1.0});
  // Mean squares: rows 5, columns 2.5, error 0 -> 5 / (5 + 2 x 2.5 / 5).
  EXPECT_NEAR(icc_2_1(scores).icc, 5.0 / 6.0, 1e-12);
}

// Gluer et al. 1995: with 27 degrees of freedom the upper limit of the 90 % interval lies less than 30 %
// above the precision error.
TEST(Precision, IntervalIsThatOfGluer) {
  EXPECT_LT(deviation_interval(1.0, 27, 0.90).high, 1.30);
  EXPECT_GT(deviation_interval(1.0, 26, 0.90).high, 1.30);
}

TEST(Precision, IsTheRootOfTheMeanSquare) {
  // SDs 1 and 0.5, means 10 and 20: CV 10 % and 2.5 %.
  const double root = std::sqrt(0.5);
  const Precision found = precision_of({{10.0 - root, 10.0 + root}, {20.0 - 0.5 * root, 20.0 + 0.5 * root}});
  EXPECT_NEAR(found.rms_sd, std::sqrt((1.0 + 0.25) / 2.0), 1e-12);
  EXPECT_NEAR(found.rms_cv, std::sqrt((0.01 + 0.000625) / 2.0), 1e-12);
  EXPECT_EQ(found.degrees_of_freedom, 2);
}

// Student's own table: t(0.975, 4) = 2.776.
TEST(MeanInterval, IsStudents) {
  const Interval found = mean_interval({1.0, 2.0, 3.0, 4.0, 5.0});
  EXPECT_NEAR(0.5 * (found.high - found.low), 2.776 * std::sqrt(2.5 / 5.0), 0.001);
  EXPECT_NEAR(0.5 * (found.high + found.low), 3.0, 1e-12);
}

Triangles sphere(double radius_mm, const Eigen::Vector3d& centre_mm) {
  VoxelGrid grid;
  grid.size = {61, 61, 61};
  grid.origin_patient_mm = {-30.0, -30.0, -30.0};
  std::vector<float> field;
  for (int k = 0; k < 61; ++k) {
    for (int j = 0; j < 61; ++j) {
      for (int i = 0; i < 61; ++i) {
        const Eigen::Vector3d p = grid.patient_from_voxel(Eigen::Vector3d(i, j, k));
        field.push_back(static_cast<float>((p - centre_mm).norm() - radius_mm));
      }
    }
  }
  return zero_level(grid, field);
}

double mean_distance(const Triangles& from, const Triangles& to) {
  const SurfaceSearch search(to);
  std::vector<double> found;
  for (const Eigen::Vector3d& p : from.vertices_mm) found.push_back(search.distance_mm(p));
  return mean(found);
}

// Facets of 1 mm on a radius of 20 mm cut off at most 1.5 / (8 x 20) = 0.01 mm.
constexpr double facets_mm = 0.012;

TEST(SurfaceGap, OfTwoConcentricSpheresIsTheDifferenceOfTheirRadii) {
  EXPECT_NEAR(mean_distance(sphere(20.0, {0, 0, 0}), sphere(21.3, {0, 0, 0})), 1.3, facets_mm);
  EXPECT_NEAR(mean_distance(sphere(20.0, {0, 0, 0}), sphere(20.0, {0, 0, 0})), 0.0, 1e-9);
}

// |shift x cosine| averaged over the sphere, to first order of shift / radius.
TEST(SurfaceGap, OfAShiftedSphereIsHalfTheShift) {
  const double shift_mm = 0.8;
  EXPECT_NEAR(mean_distance(sphere(20.0, {0, 0, 0}), sphere(20.0, {0.3, 0.2, 0.0})),
              0.5 * std::hypot(0.3, 0.2),
              facets_mm);
  EXPECT_NEAR(mean_distance(sphere(20.0, {0, 0, 0}), sphere(20.0, {0, 0, shift_mm})),
              0.5 * shift_mm,
              facets_mm + shift_mm * shift_mm / 40.0);
}

TEST(SurfaceGap, IsExactWhereverTheNearestTriangleLies) {
  const Triangles triangle{.vertices_mm = {{0, 0, 0}, {2, 0, 0}, {0, 2, 0}}, .corners = {{0, 1, 2}}};
  const SurfaceSearch search(triangle);
  EXPECT_NEAR(search.distance_mm({0.5, 0.5, 3.0}), 3.0, 1e-12);             // face
  EXPECT_NEAR(search.distance_mm({1.0, -4.0, 0.0}), 4.0, 1e-12);            // edge
  EXPECT_NEAR(search.distance_mm({-3.0, -4.0, 0.0}), 5.0, 1e-12);           // corner
  EXPECT_NEAR(search.distance_mm({2.0, 2.0, 0.0}), std::sqrt(2.0), 1e-12);  // hypotenuse
  EXPECT_NEAR(search.distance_mm({0.5, 0.5, 17.0}), 17.0, 1e-12);           // cells away
  EXPECT_NEAR(search.distance_mm({0.5, 0.5, 90.0}), 20.0, 1e-12);           // beyond reach
}

}  // namespace
}  // namespace focalhip::test
