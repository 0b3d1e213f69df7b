#pragma once

#include <array>
#include <limits>

#include "analysis/cortex/cortex_profile.h"

namespace focalhip {

// What a fit may do with the six parameters of a layer; index as in LayerModel.
struct LayerLimits {
  LayerVector lowest = LayerVector::Constant(-std::numeric_limits<double>::infinity());
  LayerVector highest = LayerVector::Constant(std::numeric_limits<double>::infinity());
  std::array<bool, LayerModel::size> fixed{};  // stays at its start
  // Gaussian priors; sd infinite = none.
  LayerVector prior_mean = LayerVector::Zero();
  LayerVector prior_sd = LayerVector::Constant(std::numeric_limits<double>::infinity());
};

struct LayerFitOptions {
  SliceBlur slice{};
  // SD of one weighted sample in the profile's unit: twice the voxel's noise, because samples 0.25 mm apart
  // share their noise. [cbm 4]
  double sample_sd = 50.0;
  int max_iterations = 60;
  double least_relative_decrease = 1e-7;
};

struct LayerFit {
  LayerModel model;
  LayerVector sd = LayerVector::Zero();      // posterior; 0 where fixed
  double cortex_thickness_covariance = 0.0;  // posterior, of density and thickness
  double cost = 0.0;  // half the sum of squares of all whitened residuals, priors included
  double rms = 0.0;   // of the profile's residuals, weighted, in its unit
  double r_squared = 0.0;
  int iterations = 0;
  bool converged = false;
  bool at_limit = false;  // a free parameter, any of them, ended on one of its limits
};

// Maximum a posteriori fit of a blurred layer to a profile: Levenberg-Marquardt with Marquardt's scaling,
// analytic Jacobian. Needs at least as many weighted samples as free parameters and finite values; without
// them the start comes back, not converged. [cbm 4]
[[nodiscard]] LayerFit fit_layer(const LayerSamples& samples,
                                 const LayerModel& start,
                                 const LayerLimits& limits,
                                 const LayerFitOptions& options);

}  // namespace focalhip
