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

// The Gaussian at one place, u / s standard deviations from its middle.
struct GaussianAt {
  double z = 0.0;
  double density = 0.0;  // of z, so 1 / s times this per mm
};
GaussianAt gaussian_at(double u, double s) {
  const double z = u / s;
  return {.z = z, .density = normal_density(z)};
}

// Derivatives of the density by position times s^(n + 1), n = 2 .. 5 (Hermite polynomials).
double second(const GaussianAt& g) { return (g.z * g.z - 1.0) * g.density; }
double third(const GaussianAt& g) { return g.z * (3.0 - g.z * g.z) * g.density; }
double fourth(const GaussianAt& g) {
  const double z2 = g.z * g.z;
  return ((z2 - 6.0) * z2 + 3.0) * g.density;
}
double fifth(const GaussianAt& g) {
  const double z2 = g.z * g.z;
  return -g.z * ((z2 - 10.0) * z2 + 15.0) * g.density;
}

// First-order effect of the interpolation: minus interpolation_mm4 times the fourth derivative of the step.
// The series holds while the blur is at least about half as wide as the samples lie apart; narrower blurs are
// widened for this term alone. By the heat equation d/ds = s d2/du2.
void add_interpolation(double u, const ProfileBlur& blur, BlurredStep& step) {
  const double least_sd = 0.45 * std::sqrt(std::sqrt(720.0 * blur.interpolation_mm4));
  const double s = std::max(blur.gaussian_sd_mm, least_sd);
  const double q = blur.interpolation_mm4;
  const double s2 = s * s;
  double by_sd = 0.0;
  if (blur.box_mm < least_box_mm) {
    const GaussianAt g = gaussian_at(u, s);
    step.value -= q * third(g) / (s2 * s2);
    step.by_position_per_mm -= q * fourth(g) / (s2 * s2 * s);
    by_sd = q * fifth(g) / (s2 * s2 * s);
  } else {
    const GaussianAt high = gaussian_at(u + 0.5 * blur.box_mm, s);
    const GaussianAt low = gaussian_at(u - 0.5 * blur.box_mm, s);
    const double w = blur.box_mm;
    step.value -= q * (second(high) - second(low)) / (s2 * s * w);
    step.by_position_per_mm -= q * (third(high) - third(low)) / (s2 * s2 * w);
    by_sd = q * (fourth(high) - fourth(low)) / (s2 * s2 * w);
  }
  if (s > least_sd) step.by_sd_per_mm -= by_sd;
}

BlurredStep without_interpolation(double u, const ProfileBlur& blur) {
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

}  // namespace

double interpolation_mm4(const Eigen::Vector3d& direction, const Eigen::Vector3d& spacing_mm) {
  return direction.cwiseProduct(spacing_mm).array().pow(4).sum() / 720.0;
}

BlurredStep blurred_step(double u, const ProfileBlur& blur) {
  BlurredStep step = without_interpolation(u, blur);
  if (blur.interpolation_mm4 > 0.0) add_interpolation(u, blur, step);
  return step;
}

ProfileBlur blur_along(double in_plane_sd_mm, const SliceBlur& slice, double slice_sine) {
  const double sine = std::min(1.0, std::abs(slice_sine));
  const double cosine = std::sqrt(1.0 - sine * sine);
  return {.gaussian_sd_mm = std::max(least_sd_mm, std::hypot(in_plane_sd_mm * cosine, slice.sd_mm * sine)),
          .box_mm = slice.thickness_mm * sine,
          .interpolation_mm4 = 0.0};
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
