#pragma once

#include <optional>
#include <string_view>

#include "analysis/cortex/fit_layer.h"

namespace focalhip {

// How the thickness of the cortex is read from a profile. `map` is what FocalHip reports; the others are
// comparators for validation. [cbm 2.2, 4, 8.2]
enum class CortexMethod {
  map,          // all free, tight priors on cortical density and blur
  cbm2010,      // cortical density fixed to a given value, blur free [Treece2010]
  cbm2012,      // cortical density fixed to the bone's own, blur free [Treece2012]
  relative_50,  // distance between the half heights of both sides of the peak
  threshold,    // length above a fixed density
};
[[nodiscard]] std::string_view name(CortexMethod method);

// What is known of a bone before one of its profiles is fitted; densities in the profiles' unit.
struct BonePrior {
  double outside = 0.0;           // typical soft tissue; with `cortex` it sets the scale of all limits
  double cortex = 1150.0;         // yc_hat
  double blur_sd_mm = 0.55;       // sigma0_hat, in the slice plane
  double blur_scatter_mm = 0.05;  // spread of the bone's own estimates
};

struct MeasureLayerOptions {
  CortexMethod method = CortexMethod::map;
  SliceBlur slice{};
  double noise = 25.0;                // SD of a voxel, profile's unit
  double cortex_prior_share = 0.06;   // SD of the local about the bone's cortical density, share of its rise
  double least_blur_prior_mm = 0.05;  // SD of the local about the bone's blur, at least
  double threshold = 600.0;           // of CortexMethod::threshold, profile's unit
};

enum class LayerState {
  valid,
  no_peak,  // nothing in the profile stands out
  not_converged,
  at_limit,    // a parameter ended on a limit
  misplaced,   // more than 4 mm from the vertex
  too_thin,    // below 0.05 mm
  not_dense,   // cortex not above its surroundings
  bad_fit,     // residual above 4 noise SD (cbm 4: 8), or above 2.5 with R2 below 0.90
  not_cortex,  // density more than 5 SD of its prior off the bone's: dense spongy bone taken in
};
[[nodiscard]] std::string_view name(LayerState state);

struct MeasuredLayer {
  LayerState state = LayerState::no_peak;
  LayerFit fit;
  // Share of what is known about the cortical density that comes from this profile and not from the prior:
  // 1 - (posterior sd / prior sd)^2. Below 0.5 the density is the prior's. Only with CortexMethod::map.
  std::optional<double> information_share;
};

// The layer of one profile. Extra starts (half and twice the thickness) only when the first fit fails.
[[nodiscard]] MeasuredLayer measure_layer(const CortexProfile& profile,
                                          const BonePrior& prior,
                                          const MeasureLayerOptions& options);
// The profile shows where the layer is, the samples say how thick. Comparators read the profile alone.
[[nodiscard]] MeasuredLayer measure_layer(const CortexProfile& profile,
                                          const LayerSamples& samples,
                                          const BonePrior& prior,
                                          const MeasureLayerOptions& options);

// The first pass over a bone, before its cortical density is known: cortex and blur free. [cbm 3.1]
[[nodiscard]] MeasuredLayer measure_layer_freely(const CortexProfile& profile,
                                                 const LayerSamples& samples,
                                                 const BonePrior& prior,
                                                 const MeasureLayerOptions& options);

}  // namespace focalhip
