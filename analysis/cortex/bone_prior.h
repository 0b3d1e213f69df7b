#pragma once

#include <span>
#include <vector>

#include "analysis/cortex/measure_layer.h"

namespace focalhip {

// Cortical density and blur of one bone, estimated from its own profiles where the cortex is thick enough to
// show both. [cbm 3]
struct BoneEstimate {
  BonePrior prior;
  int thick_profiles = 0;          // that the estimate rests on
  double cortex_scatter = 0.0;     // 1.4826 MAD of their cortical densities
  double mass_curve_cortex = 0.0;  // cross-check: asymptote of peak height against excess mass; 0 = not found
  bool from_thick_cortex = false;  // false: mass curve, or without one the fallback
  bool from_fallback = false;      // neither could be determined: densities rest on a prior alone
};

struct BoneEstimateOptions {
  int least_profiles = 100;
  double least_thickness_mm = 2.0;
  double least_r_squared = 0.98;
  double steepest_slice_sine = 0.866;  // 60 degrees out of the slice plane
  BonePrior fallback{};                // in the profiles' unit
};

// profiles: weighed ones, without those that meet another bone. The measure's noise and slice thickness are
// taken from `measure`.
[[nodiscard]] BoneEstimate estimate_bone(std::span<const CortexProfile> profiles,
                                         std::span<const LayerSamples> samples,
                                         const MeasureLayerOptions& measure,
                                         const BoneEstimateOptions& options,
                                         int threads);

// Asymptote of y(p) = base + (top - base) erf(p / ((top - base) 2 sqrt(2) sd)): the peak of a blurred layer
// against its excess mass p. Medians of bins, Gauss-Newton. [Treece2012; cbm 3.2] 0 = not found.
[[nodiscard]] double mass_curve_top(std::span<const double> excess_mass, std::span<const double> peak);

}  // namespace focalhip
