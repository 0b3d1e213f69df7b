#include "analysis/cortex/fit_layer.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <Eigen/Cholesky>
#include <Eigen/LU>

namespace focalhip {

namespace {

using LayerMatrix = Eigen::Matrix<double, LayerModel::size, LayerModel::size>;

struct NormalEquations {
  LayerMatrix matrix = LayerMatrix::Zero();    // J'J of the whitened residuals
  LayerVector gradient = LayerVector::Zero();  // J'r
  double cost = 0.0;
  double profile_squares = 0.0;  // weighted, in the profile's unit
  double weight_squares = 0.0;
  int samples = 0;
};

NormalEquations normal_equations(const LayerSamples& samples,
                                 const LayerVector& at,
                                 const LayerLimits& limits,
                                 const LayerFitOptions& options) {
  NormalEquations n;
  const LayerModel model = layer_of(at);
  for (std::size_t i = 0; i < samples.density.size(); ++i) {
    const double weight = samples.weight[i];
    if (!(weight > 0.0)) continue;
    const LayerValue value = layer_value(model, samples.x_mm[i], options.slice, samples.slice_sine);
    const double whitening = weight / options.sample_sd;
    const double residual = (value.density - samples.density[i]) * whitening;
    const LayerVector row = value.slope * whitening;
    n.matrix.selfadjointView<Eigen::Lower>().rankUpdate(row);
    n.gradient += residual * row;
    n.cost += 0.5 * residual * residual;
    n.weight_squares += weight * weight;
    ++n.samples;
  }
  n.profile_squares = 2.0 * n.cost * options.sample_sd * options.sample_sd;
  for (int k = 0; k < LayerModel::size; ++k) {
    if (!std::isfinite(limits.prior_sd[k])) continue;
    const double residual = (at[k] - limits.prior_mean[k]) / limits.prior_sd[k];
    n.matrix(k, k) += 1.0 / (limits.prior_sd[k] * limits.prior_sd[k]);
    n.gradient[k] += residual / limits.prior_sd[k];
    n.cost += 0.5 * residual * residual;
  }
  n.matrix = n.matrix.selfadjointView<Eigen::Lower>();
  return n;
}

// A parameter that may not move: fixed, or on a limit with the cost falling beyond it.
bool is_held(int k, const LayerVector& at, const LayerVector& gradient, const LayerLimits& limits) {
  if (limits.fixed[static_cast<std::size_t>(k)]) return true;
  return (at[k] <= limits.lowest[k] && gradient[k] > 0.0) ||
         (at[k] >= limits.highest[k] && gradient[k] < 0.0);
}

void hold(int k, LayerMatrix& matrix) {
  matrix.row(k).setZero();
  matrix.col(k).setZero();
  matrix(k, k) = 1.0;
}

LayerVector damped_step(const NormalEquations& n,
                        const LayerVector& at,
                        const LayerLimits& limits,
                        double damping) {
  LayerMatrix matrix = n.matrix;
  LayerVector right = -n.gradient;
  for (int k = 0; k < LayerModel::size; ++k) {
    if (is_held(k, at, n.gradient, limits)) {
      hold(k, matrix);
      right[k] = 0.0;
    } else {
      matrix(k, k) += damping * std::max(matrix(k, k), 1e-12);
    }
  }
  return matrix.ldlt().solve(right);
}

LayerVector clamped(const LayerVector& at, const LayerLimits& limits) {
  return at.cwiseMax(limits.lowest).cwiseMin(limits.highest);
}

LayerMatrix posterior_covariance(const NormalEquations& n, const LayerLimits& limits) {
  LayerMatrix matrix = n.matrix;
  for (int k = 0; k < LayerModel::size; ++k) {
    if (limits.fixed[static_cast<std::size_t>(k)]) hold(k, matrix);
  }
  LayerMatrix covariance = matrix.fullPivLu().inverse();
  for (int k = 0; k < LayerModel::size; ++k) {
    if (!limits.fixed[static_cast<std::size_t>(k)]) continue;
    covariance.row(k).setZero();
    covariance.col(k).setZero();
  }
  return covariance;
}

double total_squares(const LayerSamples& samples) {
  double sum = 0.0;
  double weights = 0.0;
  for (std::size_t i = 0; i < samples.density.size(); ++i) {
    const double w2 = samples.weight[i] * samples.weight[i];
    sum += w2 * samples.density[i];
    weights += w2;
  }
  if (!(weights > 0.0)) return 0.0;
  const double mean = sum / weights;
  double squares = 0.0;
  for (std::size_t i = 0; i < samples.density.size(); ++i) {
    const double deviation = samples.weight[i] * (samples.density[i] - mean);
    squares += deviation * deviation;
  }
  return squares;
}

bool ends_at_limit(const LayerVector& at, const LayerLimits& limits) {
  for (int k = 0; k < LayerModel::size; ++k) {
    if (limits.fixed[static_cast<std::size_t>(k)]) continue;
    if (at[k] <= limits.lowest[k] || at[k] >= limits.highest[k]) return true;
  }
  return false;
}

int free_parameters(const LayerLimits& limits) {
  return static_cast<int>(std::ranges::count(limits.fixed, false));
}

}  // namespace

LayerFit fit_layer(const LayerSamples& samples,
                   const LayerModel& start,
                   const LayerLimits& limits,
                   const LayerFitOptions& options) {
  LayerVector at = clamped(vector_of(start), limits);
  NormalEquations n = normal_equations(samples, at, limits, options);
  LayerFit fit{.model = layer_of(at)};
  if (n.samples < free_parameters(limits) || !std::isfinite(n.cost)) return fit;
  double damping = 1e-3;
  while (fit.iterations < options.max_iterations && !fit.converged) {
    ++fit.iterations;
    const LayerVector next = clamped(at + damped_step(n, at, limits, damping), limits);
    const NormalEquations tried = normal_equations(samples, next, limits, options);
    if (std::isfinite(tried.cost) && tried.cost <= n.cost) {
      fit.converged = n.cost - tried.cost <= options.least_relative_decrease * n.cost;
      at = next;
      n = tried;
      damping = std::max(1e-9, damping * 0.2);
    } else {
      damping *= 5.0;
      fit.converged = damping > 1e9;  // no direction leads further down
    }
  }
  fit.model = layer_of(at);
  const LayerMatrix covariance = posterior_covariance(n, limits);
  fit.sd = covariance.diagonal().cwiseMax(0.0).cwiseSqrt();
  fit.cortex_thickness_covariance = covariance(1, 4);
  fit.cost = n.cost;
  fit.rms = std::sqrt(n.profile_squares / n.weight_squares);
  const double total = total_squares(samples);
  fit.r_squared = total > 0.0 ? 1.0 - n.profile_squares / total : 0.0;
  fit.at_limit = ends_at_limit(at, limits);
  return fit;
}

}  // namespace focalhip
