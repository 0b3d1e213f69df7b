#include "analysis/statistics/random_field.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "analysis/statistics/distributions.h"

namespace focalhip {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// [Worsley1996] Table II, Gaussian field: rho_1 = exp(-t^2/2) / (2 pi), rho_2 = t exp(-t^2/2) / (2 pi)^(3/2),
// rho_3 = (t^2 - 1) exp(-t^2/2) / (2 pi)^2 (without their factors of 4 ln 2).
TEST(EcDensities, OfAGaussianFieldAreWorsleys) {
  const double t = 2.7;
  const double two_pi = 2.0 * std::numbers::pi;
  const auto rho = ec_densities(t, infinity);
  EXPECT_NEAR(rho[0], normal_upper_tail(t), 1e-15);
  EXPECT_NEAR(rho[1], std::exp(-0.5 * t * t) / two_pi, 1e-15);
  EXPECT_NEAR(rho[2], t * std::exp(-0.5 * t * t) / std::pow(two_pi, 1.5), 1e-15);
  EXPECT_NEAR(rho[3], (t * t - 1.0) * std::exp(-0.5 * t * t) / (two_pi * two_pi), 1e-15);
}

// d rho_1 relates to the tail: a one-dimensional t field has rho_1 = (1 + t^2/nu)^(-(nu-1)/2) / (2 pi); at
// nu = 999 it is nearly that of the Gaussian.
TEST(EcDensities, ApproachTheGaussianWithDegreesOfFreedom) {
  const auto t = ec_densities(3.0, 999.0);
  const auto z = ec_densities(3.0, infinity);
  for (std::size_t d = 0; d < 4; ++d) EXPECT_NEAR(t[d] / z[d], 1.0, 0.05) << d;
}

TEST(MaximumLaw, WithoutAFieldIsBonferroni) {
  const MaximumLaw law({}, 100.0, 20.0);
  EXPECT_NEAR(law.p(4.0), 100.0 * student_t_upper_tail(4.0, 20.0), 1e-15);
  EXPECT_EQ(law.p(0.0), 1.0);
  EXPECT_NEAR(law.threshold(0.05), student_t_upper_quantile(0.0005, 20.0), 1e-9);
}

TEST(MaximumLaw, FallsWithTAndIsInvertedByItsThreshold) {
  const MaximumLaw law({2.0, 0.0, 80.0, 0.0}, 2562.0, 33.0);
  double last = 1.0;
  for (double t = -5.0; t < 15.0; t += 0.05) {
    const double p = law.p(t);
    EXPECT_LE(p, last) << t;
    last = p;
  }
  for (const double p : {0.9, 0.05, 1e-3, 1e-9}) EXPECT_NEAR(law.p(law.threshold(p)) / p, 1.0, 1e-8);
  EXPECT_LE(law.threshold(0.05), law.random_field_threshold(0.05));
  EXPECT_LE(law.threshold(0.05), law.bonferroni_threshold(0.05));
}

// A Gaussian field of known roughness in two dimensions: the size of a cluster is exponential.
TEST(ClusterLaw, OfAGaussianPlaneIsExponential) {
  const ClusterLaw law({.dimensions = 2, .df = infinity, .df_of_resels = infinity}, 3.0, 100.0);
  for (const double x : {0.1, 1.0, 5.0, 20.0}) {
    EXPECT_NEAR(law.p_of_one(x * law.mean_extent_resels()) / std::exp(-x), 1.0, 1e-9) << x;
  }
}

TEST(ClusterLaw, ExtentInvertsP) {
  const ClusterLaw law({.dimensions = 3, .df = 40.0, .df_of_resels = 40.0}, 3.3, 600.0);
  for (const double p : {0.5, 0.05, 1e-4}) {
    EXPECT_NEAR(law.p(law.extent(p)) / p, 1.0, 1e-8);
    EXPECT_NEAR(law.p_of_one(law.extent_of_one(p)) / p, 1.0, 1e-8);
  }
  EXPECT_EQ(law.p_of_one(0.0), 1.0);
}

TEST(ClusterLaw, IsNotDefinedWithoutReselsOrDegreesOfFreedom) {
  const ClusterLaw::Field good{.dimensions = 2, .df = 20.0, .df_of_resels = 20.0};
  EXPECT_TRUE(ClusterLaw::where_defined(good, 3.0, 50.0).has_value());
  EXPECT_FALSE(ClusterLaw::where_defined(good, 3.0, 0.0).has_value());
  EXPECT_FALSE(ClusterLaw::where_defined(good, -1.0, 50.0).has_value());
  EXPECT_FALSE(ClusterLaw::where_defined({.dimensions = 1, .df = 20.0, .df_of_resels = 20.0}, 3.0, 50.0));
  EXPECT_FALSE(ClusterLaw::where_defined({.dimensions = 2, .df = 3.0, .df_of_resels = 3.0}, 3.0, 50.0));
}

}  // namespace
}  // namespace focalhip
