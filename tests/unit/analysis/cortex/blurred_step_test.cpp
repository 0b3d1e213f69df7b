#include "analysis/cortex/blurred_step.h"

#include <cmath>
#include <functional>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

double gaussian(double x, double sd) {
  return std::exp(-0.5 * x * x / (sd * sd)) / (sd * std::sqrt(2.0 * std::acos(-1.0)));
}

// The blur by its definition: the profile averaged over a box, then over a Gaussian. Midpoint rule.
double by_quadrature(const std::function<double(double)>& profile, double u, const ProfileBlur& blur) {
  constexpr int gauss_steps = 4000;
  constexpr int box_steps = 400;
  const double reach = 9.0 * blur.gaussian_sd_mm;
  double sum = 0.0;
  for (int i = 0; i < gauss_steps; ++i) {
    const double g = -reach + (i + 0.5) * 2.0 * reach / gauss_steps;
    double box = 0.0;
    for (int k = 0; k < box_steps; ++k) {
      box += profile(u - g - blur.box_mm * ((k + 0.5) / box_steps - 0.5)) / box_steps;
    }
    sum += box * gaussian(g, blur.gaussian_sd_mm) * 2.0 * reach / gauss_steps;
  }
  return sum;
}

TEST(BlurredStep, IsTheStepAveragedOverBoxAndGaussian) {
  const auto step = [](double x) { return x > 0.0 ? 1.0 : 0.0; };
  for (const ProfileBlur& blur : {ProfileBlur{0.5, 0.0}, ProfileBlur{0.3, 1.0}, ProfileBlur{0.7, 3.0}}) {
    for (const double u : {-1.7, -0.4, 0.0, 0.3, 1.1}) {
      // 4,000 x 400 midpoints leave up to 1e-3 at the jump.
      EXPECT_NEAR(blurred_step(u, blur).value, by_quadrature(step, u, blur), 1e-3) << u;
    }
  }
}

TEST(BlurredStep, ItsDerivativesAreThoseOfItsValue) {
  constexpr double h = 1e-5;
  for (const ProfileBlur& blur : {ProfileBlur{0.55, 0.0}, ProfileBlur{0.55, 0.5}, ProfileBlur{0.55, 2.0}}) {
    for (const double u : {-1.2, -0.1, 0.0, 0.6, 2.0}) {
      const BlurredStep step = blurred_step(u, blur);
      const auto at_sd = [&](double sd) { return blurred_step(u, {sd, blur.box_mm}).value; };
      const double by_u = (blurred_step(u + h, blur).value - blurred_step(u - h, blur).value) / (2.0 * h);
      const double by_sd = (at_sd(0.55 + h) - at_sd(0.55 - h)) / (2.0 * h);
      EXPECT_NEAR(step.by_position_per_mm, by_u, 1e-8);
      EXPECT_NEAR(step.by_sd_per_mm, by_sd, 1e-8);
    }
  }
}

TEST(BlurredStep, EndsAtZeroAndOneWithoutAJump) {
  const ProfileBlur blur{.gaussian_sd_mm = 0.4, .box_mm = 1.0};
  const double reach = 0.5 + 7.0 * 0.4;
  EXPECT_NEAR(blurred_step(reach - 1e-9, blur).value, 1.0, 1e-11);
  EXPECT_EQ(blurred_step(reach + 1e-9, blur).value, 1.0);
  EXPECT_NEAR(blurred_step(-reach + 1e-9, blur).value, 0.0, 1e-11);
}

TEST(BlurredRamp, IsTheRampAveragedOverBoxAndGaussian) {
  for (const double ramp : {0.4, 1.0, 2.0}) {
    const auto profile = [&](double x) { return std::fmin(1.0, std::fmax(0.0, x / ramp)); };
    for (const ProfileBlur& blur : {ProfileBlur{0.5, 0.0}, ProfileBlur{0.4, 1.0}}) {
      for (const double u : {-1.0, 0.0, 0.7, 2.1}) {
        EXPECT_NEAR(blurred_ramp(u, ramp, blur), by_quadrature(profile, u, blur), 1e-5);
      }
    }
  }
}

TEST(BlurAlong, IsTheGaussianInTheSliceAndTheBoxAcrossIt) {
  const SliceBlur sharp{.thickness_mm = 3.0, .sd_mm = 0.0};
  EXPECT_DOUBLE_EQ(blur_along(0.5, sharp, 0.0).gaussian_sd_mm, 0.5);
  EXPECT_DOUBLE_EQ(blur_along(0.5, sharp, 0.0).box_mm, 0.0);
  EXPECT_DOUBLE_EQ(blur_along(0.5, sharp, -1.0).gaussian_sd_mm, 0.05);
  EXPECT_DOUBLE_EQ(blur_along(0.5, sharp, -1.0).box_mm, 3.0);
  EXPECT_NEAR(blur_along(0.5, sharp, 0.6).gaussian_sd_mm, 0.4, 1e-15);
  EXPECT_NEAR(blur_along(0.5, sharp, 0.6).box_mm, 1.8, 1e-15);
  EXPECT_NEAR(blur_along(0.5, {.thickness_mm = 1.0, .sd_mm = 0.3}, 0.6).gaussian_sd_mm,
              std::sqrt(0.16 + 0.0324),
              1e-15);
}

}  // namespace
}  // namespace focalhip
