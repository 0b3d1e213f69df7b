// Printed tables of quantiles (any textbook), and tails far out.
#include "analysis/statistics/distributions.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

TEST(Distributions, QuantilesAreThoseOfTheTables) {
  EXPECT_NEAR(normal_upper_quantile(0.025), 1.959963984540054, 1e-12);
  EXPECT_NEAR(student_t_upper_quantile(0.025, 10.0), 2.228138852, 1e-9);
  EXPECT_NEAR(student_t_upper_quantile(0.25, 1.0), 1.0, 1e-12);  // Cauchy
  EXPECT_NEAR(chi_square_upper_quantile(0.05, 1.0), 3.841458820694124, 1e-11);
  EXPECT_NEAR(f_upper_quantile(0.05, 2.0, 10.0), 4.102821015, 1e-8);
}

TEST(Distributions, TailsFarOutKeepTheirDigits) {
  // Mills' ratio: Q(z) = phi(z) / z (1 - 1/z^2 + 3/z^4 - 15/z^6 + ...)
  const double z = 30.0;
  const double phi = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
  const double mills = 1.0 - 1.0 / (z * z) + 3.0 / std::pow(z, 4) - 15.0 / std::pow(z, 6);
  EXPECT_NEAR(normal_upper_tail(z) / (phi / z * mills), 1.0, 1e-8);
  EXPECT_NEAR(student_t_upper_tail(1e6, 1.0) * std::numbers::pi * 1e6, 1.0, 1e-9);  // Cauchy: 1 / (pi t)
  EXPECT_NEAR(chi_square_upper_tail(700.0, 2.0) / std::exp(-350.0), 1.0, 1e-12);
}

TEST(Distributions, LogGammaOfAComplexNumberObeysItsReflection) {
  for (const double y : {0.3, 2.0, 25.0}) {
    // |Gamma(1/2 + iy)|^2 = pi / cosh(pi y)
    const double expected = std::log(std::numbers::pi / std::cosh(std::numbers::pi * y));
    EXPECT_NEAR(2.0 * log_gamma({0.5, y}).real(), expected, 1e-11 * (1.0 + std::abs(expected)));
  }
  EXPECT_NEAR(log_gamma({7.0, 0.0}).real(), std::log(720.0), 1e-12);
  EXPECT_NEAR(log_gamma_ratio(500.5, 500.0), 0.5 * std::log(500.0) - 0.125 / 500.0, 1e-7);
}

}  // namespace
}  // namespace focalhip
