#include "analysis/cortex/blurred_step.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace focalhip {

namespace {

constexpr double least_sd_mm = 0.05;
constexpr double least_box_mm = 1e-3;  // narrower is no box: the differences below would lose digits
constexpr double reach_sd = 7.0;       // beyond, the step is 0 or 1 to 1e-12

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }
double normal_density(double z) {
  return std::exp(-0.5 * z * z) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
}

// The first and second integral of the blurred step, by the Gaussian alone. [cbm 2: A(u), B(u)]
double first_integral(double u, double s) {
  const double z = u / s;
  return u * normal_cdf(z) + s * normal_density(z);
}
double second_integral(double u, double s) {
  const double z = u / s;
  return 0.5 * ((u * u + s * s) * normal_cdf(z) + u * s * normal_density(z));
}

}  // namespace

BlurredStep blurred_step(double u, const ProfileBlur& blur) {
  const double s = blur.gaussian_sd_mm;
  const double half = 0.5 * blur.box_mm;
  if (u > half + reach_sd * s) return {.value = 1.0, .by_position_per_mm = 0.0, .by_sd_per_mm = 0.0};
  if (u < -half - reach_sd * s) return {};
  if (blur.box_mm < least_box_mm) {
    const double z = u / s;
    const double density = normal_density(z);
    return {.value = normal_cdf(z), .by_position_per_mm = density / s, .by_sd_per_mm = -z * density / s};
  }
  const double high = (u + half) / s;
  const double low = (u - half) / s;
  const double cdf_high = normal_cdf(high);
  const double cdf_low = normal_cdf(low);
  const double density_high = normal_density(high);
  const double density_low = normal_density(low);
  const double w = blur.box_mm;
  return {.value = ((u + half) * cdf_high - (u - half) * cdf_low + s * (density_high - density_low)) / w,
          .by_position_per_mm = (cdf_high - cdf_low) / w,
          .by_sd_per_mm = (density_high - density_low) / w};
}

ProfileBlur blur_along(double in_plane_sd_mm, const SliceBlur& slice, double slice_sine) {
  const double sine = std::min(1.0, std::abs(slice_sine));
  const double cosine = std::sqrt(1.0 - sine * sine);
  return {.gaussian_sd_mm = std::max(least_sd_mm, std::hypot(in_plane_sd_mm * cosine, slice.sd_mm * sine)),
          .box_mm = slice.thickness_mm * sine};
}

double blurred_ramp(double u, double ramp_mm, const ProfileBlur& blur) {
  const double s = blur.gaussian_sd_mm;
  const double w = blur.box_mm;
  if (w < least_box_mm) return (first_integral(u, s) - first_integral(u - ramp_mm, s)) / ramp_mm;
  const auto psi = [&](double x) {
    return (second_integral(x + 0.5 * w, s) - second_integral(x - 0.5 * w, s)) / w;
  };
  return (psi(u) - psi(u - ramp_mm)) / ramp_mm;
}

}  // namespace focalhip
