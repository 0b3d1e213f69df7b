#include "analysis/cortex/measure_layer.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace focalhip {

namespace {

constexpr double clear_outside_mm = 3.0;  // this far outside the peak is soft tissue
constexpr double clear_inside_mm = 5.0;   // this far inside it is spongy bone
constexpr double least_start_mm = 0.2;
constexpr double furthest_middle_mm = 4.0;
constexpr double least_thickness_mm = 0.05;
constexpr double least_r_squared = 0.90;
constexpr double most_rms_in_noise = 4.0;
constexpr double plain_rms_in_noise = 2.5;  // noise and texture alone: a low R2 is then that of a thin cortex
// Spongy bone half as dense as cortex and the cortex above it pass for one thick layer; its density tells.
constexpr double most_from_bone_in_sd = 5.0;   // of the prior
constexpr double least_contrast_share = 0.09;  // of the rise: 100 of 1150 mg/cm3

// Where the layer is seen before any fit.
struct LayerSight {
  double peak_mm = 0.0;
  double peak = 0.0;
  double outside = 0.0;
  double inside = 0.0;
  double outer_mm = 0.0;  // half heights
  double inner_mm = 0.0;
};

std::optional<double> mean_where(const CortexProfile& profile, double from_mm, double to_mm) {
  double sum = 0.0;
  double weights = 0.0;
  for (std::size_t i = 0; i < profile.density.size(); ++i) {
    const double x = profile.x_mm(i);
    if (x < from_mm || x > to_mm || !(profile.weight[i] > 0.0)) continue;
    sum += profile.weight[i] * profile.density[i];
    weights += profile.weight[i];
  }
  if (!(weights > 0.0)) return std::nullopt;
  return sum / weights;
}

std::optional<std::size_t> peak_of(const CortexProfile& profile) {
  std::optional<std::size_t> peak;
  for (std::size_t i = 0; i < profile.density.size(); ++i) {
    const double x = profile.x_mm(i);
    if (x < CortexProfile::peak_from_mm || x > CortexProfile::peak_to_mm || !(profile.weight[i] > 0.0))
      continue;
    if (!peak || profile.density[i] > profile.density[*peak]) peak = i;
  }
  return peak;
}

// From the peak in steps of `direction` to where the density first falls to `level`; between samples.
std::optional<double> crossing_mm(const CortexProfile& profile,
                                  std::size_t peak,
                                  int direction,
                                  double level) {
  for (auto i = static_cast<std::ptrdiff_t>(peak);; i += direction) {
    const std::ptrdiff_t next = i + direction;
    if (next < 0 || next >= static_cast<std::ptrdiff_t>(profile.density.size())) return std::nullopt;
    const double here = profile.density[static_cast<std::size_t>(i)];
    const double there = profile.density[static_cast<std::size_t>(next)];
    if (there > level) continue;
    const double share = here > there ? (here - level) / (here - there) : 0.0;
    return profile.x_mm(static_cast<std::size_t>(i)) + direction * share * profile.step_mm;
  }
}

std::optional<LayerSight> look_at(const CortexProfile& profile, const BonePrior& prior) {
  const std::optional<std::size_t> peak = peak_of(profile);
  if (!peak) return std::nullopt;
  LayerSight sight{.peak_mm = profile.x_mm(*peak), .peak = profile.density[*peak]};
  const double rise = prior.cortex - prior.outside;
  sight.outside = mean_where(profile, -1e9, sight.peak_mm - clear_outside_mm).value_or(prior.outside);
  sight.inside =
      mean_where(profile, sight.peak_mm + clear_inside_mm, 1e9).value_or(prior.outside + 0.1 * rise);
  if (!(sight.peak > std::max(sight.outside, sight.inside))) return std::nullopt;
  const auto half = [&](double base) { return 0.5 * (sight.peak + base); };
  sight.outer_mm = crossing_mm(profile, *peak, -1, half(sight.outside)).value_or(sight.peak_mm - 0.5);
  sight.inner_mm = crossing_mm(profile, *peak, 1, half(sight.inside)).value_or(sight.peak_mm + 0.5);
  return sight;
}

// A blurred layer keeps its mass: what its half heights span, reduced by how far its peak falls short.
LayerModel first_guess(const LayerSight& sight, double cortex, double blur_sd_mm) {
  const double background = 0.5 * (sight.outside + sight.inside);
  const double share = std::clamp((sight.peak - background) / (cortex - background), 0.05, 1.0);
  return {.outside = sight.outside,
          .cortex = cortex,
          .inside = sight.inside,
          .middle_mm = 0.5 * (sight.outer_mm + sight.inner_mm),
          .thickness_mm = std::max(least_start_mm, (sight.inner_mm - sight.outer_mm) * share),
          .blur_sd_mm = blur_sd_mm};
}

// Limits of cbm 4 (for 1150 mg/cm3 above 0), as shares of this bone's rise: the same in any unit.
LayerLimits plain_limits(const BonePrior& prior) {
  const double rise = prior.cortex - prior.outside;
  const auto at = [&](double share) { return prior.outside + share * rise; };
  LayerLimits limits;
  limits.lowest << at(-0.26), at(0.5), at(-0.30), -8.0, 0.02, 0.15;
  limits.highest << at(0.45), at(1.6), at(0.70), 8.0, 15.0, 2.5;
  return limits;
}

LayerLimits limits_of(const BonePrior& prior, const MeasureLayerOptions& options) {
  LayerLimits limits = plain_limits(prior);
  if (options.method == CortexMethod::map) {
    limits.prior_mean[1] = prior.cortex;
    limits.prior_sd[1] = options.cortex_prior_share * (prior.cortex - prior.outside);
    limits.prior_mean[5] = prior.blur_sd_mm;
    limits.prior_sd[5] = std::max(options.least_blur_prior_mm, prior.blur_scatter_mm);
  } else {
    limits.fixed[1] = true;
  }
  return limits;
}

LayerState judged(const LayerFit& fit,
                  const LayerLimits& limits,
                  const BonePrior& prior,
                  const MeasureLayerOptions& options) {
  const LayerModel& m = fit.model;
  if (!fit.converged || !std::isfinite(fit.cost) || !std::isfinite(fit.rms)) return LayerState::not_converged;
  if (fit.at_limit) return LayerState::at_limit;
  if (std::abs(m.middle_mm) > furthest_middle_mm) return LayerState::misplaced;
  if (m.thickness_mm < least_thickness_mm) return LayerState::too_thin;
  const double contrast = m.cortex - std::max(m.outside, m.inside);
  if (contrast < least_contrast_share * (prior.cortex - prior.outside)) return LayerState::not_dense;
  if (std::abs(m.cortex - limits.prior_mean[1]) > most_from_bone_in_sd * limits.prior_sd[1])
    return LayerState::not_cortex;
  const double rms_in_noise = fit.rms / options.noise;
  if (rms_in_noise > most_rms_in_noise) return LayerState::bad_fit;
  if (rms_in_noise > plain_rms_in_noise && fit.r_squared < least_r_squared) return LayerState::bad_fit;
  return LayerState::valid;
}

MeasuredLayer fit_from_starts(const LayerSamples& samples,
                              const LayerModel& guess,
                              const LayerLimits& limits,
                              const BonePrior& prior,
                              const MeasureLayerOptions& options) {
  const LayerFitOptions fit_options{.slice = options.slice, .sample_sd = 2.0 * options.noise};
  MeasuredLayer best;
  for (const double factor : {1.0, 0.5, 2.0}) {
    LayerModel start = guess;
    start.thickness_mm *= factor;
    const LayerFit fit = fit_layer(samples, start, limits, fit_options);
    const LayerState state = judged(fit, limits, prior, options);
    const bool better = best.state != LayerState::valid &&
                        (state == LayerState::valid || factor == 1.0 || fit.cost < best.fit.cost);
    if (better) best = {.state = state, .fit = fit, .information_share = {}};
    if (best.state == LayerState::valid) break;
  }
  return best;
}

MeasuredLayer without_fit(const LayerModel& model, double thickness_mm) {
  MeasuredLayer layer;
  layer.fit.model = model;
  layer.fit.model.thickness_mm = thickness_mm;
  layer.state = thickness_mm < least_thickness_mm ? LayerState::too_thin : LayerState::valid;
  return layer;
}

MeasuredLayer above_threshold(const CortexProfile& profile, const LayerSight& sight, double threshold) {
  LayerModel model = first_guess(sight, sight.peak, 0.0);
  if (sight.peak <= threshold)
    return {.state = LayerState::no_peak, .fit = {.model = model}, .information_share = {}};
  const std::size_t peak = *peak_of(profile);
  const std::optional<double> outer = crossing_mm(profile, peak, -1, threshold);
  const std::optional<double> inner = crossing_mm(profile, peak, 1, threshold);
  if (!outer || !inner)
    return {.state = LayerState::no_peak, .fit = {.model = model}, .information_share = {}};
  model.middle_mm = 0.5 * (*outer + *inner);
  return without_fit(model, *inner - *outer);
}

}  // namespace

std::string_view name(CortexMethod method) {
  constexpr std::array<std::string_view, 5> names{"map", "cbm2010", "cbm2012", "rel50", "threshold"};
  return names[static_cast<std::size_t>(method)];
}

std::string_view name(LayerState state) {
  constexpr std::array<std::string_view, 9> names{"valid",
                                                  "no peak",
                                                  "not converged",
                                                  "at a limit",
                                                  "misplaced",
                                                  "too thin",
                                                  "not dense",
                                                  "bad fit",
                                                  "not of the bone's density"};
  return names[static_cast<std::size_t>(state)];
}

MeasuredLayer measure_layer(const CortexProfile& profile,
                            const BonePrior& prior,
                            const MeasureLayerOptions& options) {
  return measure_layer(profile, samples_of(profile), prior, options);
}

MeasuredLayer measure_layer(const CortexProfile& profile,
                            const LayerSamples& samples,
                            const BonePrior& prior,
                            const MeasureLayerOptions& options) {
  const std::optional<LayerSight> sight = look_at(profile, prior);
  if (!sight) return {};
  if (options.method == CortexMethod::relative_50) {
    return without_fit(first_guess(*sight, sight->peak, 0.0), sight->inner_mm - sight->outer_mm);
  }
  if (options.method == CortexMethod::threshold) return above_threshold(profile, *sight, options.threshold);
  const LayerModel guess = first_guess(*sight, prior.cortex, prior.blur_sd_mm);
  const LayerLimits limits = limits_of(prior, options);
  MeasuredLayer layer = fit_from_starts(samples, guess, limits, prior, options);
  if (options.method == CortexMethod::map) {
    const double ratio = layer.fit.sd[1] / limits.prior_sd[1];
    layer.information_share = std::clamp(1.0 - ratio * ratio, 0.0, 1.0);
  }
  return layer;
}

MeasuredLayer measure_layer_freely(const CortexProfile& profile,
                                   const LayerSamples& samples,
                                   const BonePrior& prior,
                                   const MeasureLayerOptions& options) {
  const std::optional<LayerSight> sight = look_at(profile, prior);
  if (!sight) return {};
  LayerLimits limits = plain_limits(prior);
  limits.lowest[5] = 0.25;
  limits.highest[5] = 1.5;
  limits.highest[1] = prior.outside + 2.0 * (sight->peak - prior.outside);
  const LayerModel guess = first_guess(*sight, sight->peak, prior.blur_sd_mm);
  return fit_from_starts(samples, guess, limits, prior, options);
}

}  // namespace focalhip
