#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "analysis/femur/outer_face.h"

namespace focalhip {

[[nodiscard]] inline double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }
[[nodiscard]] inline double normal_density(double z) {
  return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
}

// What is expected of N parameters before the profile is asked: means and standard deviations.
template <int N>
struct Expected {
  Eigen::Matrix<double, N, 1> mean;
  Eigen::Matrix<double, N, 1> spread;
};

template <int N>
struct MapFit {
  Eigen::Matrix<double, N, 1> theta;
  Eigen::Matrix<double, N, N> information;  // inverse covariance
  double misfit_hu = 0.0;                   // RMS
};

// Least squares with Gaussian expectations (maximum a posteriori) over the samples first..last of a profile,
// by damped Gauss-Newton. model(offset_mm, theta, slope) gives the HU and their derivatives by theta.
template <int N, typename Model>
[[nodiscard]] MapFit<N> fit_map(const NormalProfile& profile,
                                std::size_t first,
                                std::size_t last,
                                const Expected<N>& expected,
                                double noise_hu,
                                const Model& model) {
  using Vector = Eigen::Matrix<double, N, 1>;
  using Matrix = Eigen::Matrix<double, N, N>;
  const Vector weight = expected.spread.cwiseProduct(expected.spread).cwiseInverse();
  Vector slope;
  const auto residual = [&](std::size_t i, const Vector& theta) {
    return (profile.hu[i] - model(profile.offset_mm(i), theta, slope)) / noise_hu;
  };
  const auto cost_of = [&](const Vector& theta) {
    double cost = (theta - expected.mean).cwiseAbs2().dot(weight);
    for (std::size_t i = first; i <= last; ++i) cost += std::pow(residual(i, theta), 2);
    return cost;
  };
  MapFit<N> fit{.theta = expected.mean, .information = Matrix::Zero()};
  double cost = cost_of(fit.theta);
  double damping = 1e-3;
  constexpr int steps = 12;
  for (int step = 0; step < steps && damping < 1e4; ++step) {
    Matrix normal = weight.asDiagonal();
    Vector right = weight.cwiseProduct(expected.mean - fit.theta);
    for (std::size_t i = first; i <= last; ++i) {
      const double r = residual(i, fit.theta);
      slope /= noise_hu;
      normal += slope * slope.transpose();
      right += r * slope;
    }
    fit.information = normal;
    Matrix damped = normal;
    damped.diagonal() *= 1.0 + damping;
    const Vector next = fit.theta + damped.ldlt().solve(right);
    const double next_cost = cost_of(next);
    damping *= next_cost < cost ? 0.3 : 8.0;
    if (!(next_cost < cost)) continue;
    const bool settled = cost - next_cost < 1e-3 * cost;
    fit.theta = next;
    cost = next_cost;
    if (settled) break;
  }
  double squares = 0.0;
  for (std::size_t i = first; i <= last; ++i) {
    const double r = noise_hu * residual(i, fit.theta);
    squares += r * r;
  }
  fit.misfit_hu = std::sqrt(squares / static_cast<double>(last - first + 1));
  return fit;
}

}  // namespace focalhip
