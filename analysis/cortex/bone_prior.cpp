#include "analysis/cortex/bone_prior.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Eigen/Cholesky>

#include "analysis/support/parallel_for.h"

namespace focalhip {

namespace {

// A mass curve of thin cortex alone hardly shows its top: believed only near what cortex has.
constexpr double least_of_fallback = 0.8;
constexpr double most_of_fallback = 1.25;

constexpr double mad_to_sd = 1.4826;
constexpr int mass_bins = 40;
constexpr int least_per_bin = 5;

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

double scatter(const std::vector<double>& values, double centre) {
  std::vector<double> deviation;
  for (const double value : values) deviation.push_back(std::abs(value - centre));
  return mad_to_sd * median(std::move(deviation));
}

// The prior of the first pass: soft tissue and peak densities as the profiles show them.
BonePrior seen_prior(std::span<const CortexProfile> profiles, const BonePrior& fallback) {
  std::vector<double> peaks;
  for (const CortexProfile& profile : profiles) {
    double peak = -1e9;
    for (std::size_t i = 0; i < profile.density.size(); ++i) {
      if (profile.weight[i] > 0.0) peak = std::max(peak, profile.density[i]);
    }
    if (peak > -1e9) peaks.push_back(peak);
  }
  BonePrior prior = fallback;
  if (peaks.size() < 20) return prior;
  const auto high = peaks.begin() + static_cast<std::ptrdiff_t>(peaks.size() * 9 / 10);
  std::nth_element(peaks.begin(), high, peaks.end());
  prior.cortex = *high;
  return prior;
}

struct MassBin {
  double mass = 0.0;
  double peak = 0.0;
  double weight = 0.0;
};

std::vector<MassBin> mass_bins_of(std::span<const double> excess_mass, std::span<const double> peak) {
  const double top = *std::max_element(excess_mass.begin(), excess_mass.end());
  std::vector<std::vector<double>> masses(mass_bins);
  std::vector<std::vector<double>> peaks(mass_bins);
  for (std::size_t i = 0; i < excess_mass.size(); ++i) {
    if (!(excess_mass[i] > 0.0)) continue;
    const auto bin =
        std::min<std::size_t>(mass_bins - 1, static_cast<std::size_t>(excess_mass[i] / top * mass_bins));
    masses[bin].push_back(excess_mass[i]);
    peaks[bin].push_back(peak[i]);
  }
  std::vector<MassBin> bins;
  for (std::size_t b = 0; b < mass_bins; ++b) {
    if (masses[b].size() < least_per_bin) continue;
    bins.push_back({median(masses[b]), median(peaks[b]), std::sqrt(static_cast<double>(masses[b].size()))});
  }
  return bins;
}

}  // namespace

double mass_curve_top(std::span<const double> excess_mass, std::span<const double> peak) {
  if (excess_mass.size() < 100) return 0.0;
  const std::vector<MassBin> bins = mass_bins_of(excess_mass, peak);
  if (bins.size() < 6) return 0.0;
  double highest = 0.0;
  for (const MassBin& bin : bins) highest = std::max(highest, bin.peak);
  Eigen::Vector3d at(0.1 * highest, highest, 0.6);  // base, top, sd
  double damping = 1e-2;
  const auto squares = [&](const Eigen::Vector3d& p, Eigen::Matrix3d* matrix, Eigen::Vector3d* gradient) {
    double sum = 0.0;
    for (const MassBin& bin : bins) {
      const double rise = p[1] - p[0];
      const double z = bin.mass / (rise * 2.0 * std::numbers::sqrt2 * p[2]);
      const double erf = std::erf(z);
      const double slope = 2.0 * std::numbers::inv_sqrtpi * std::exp(-z * z) * z;  // z d erf / dz
      const double residual = p[0] + rise * erf - bin.peak;
      sum += bin.weight * residual * residual;
      if (matrix == nullptr) continue;
      const Eigen::Vector3d row(1.0 - erf + slope, erf - slope, -rise * slope / p[2]);
      *matrix += bin.weight * row * row.transpose();
      *gradient += bin.weight * residual * row;
    }
    return sum;
  };
  for (int i = 0; i < 100; ++i) {
    Eigen::Matrix3d matrix = Eigen::Matrix3d::Zero();
    Eigen::Vector3d gradient = Eigen::Vector3d::Zero();
    const double before = squares(at, &matrix, &gradient);
    matrix.diagonal() *= 1.0 + damping;
    const Eigen::Vector3d next = at - matrix.ldlt().solve(gradient).eval();
    const bool usable = next.allFinite() && next[1] > next[0] && next[2] > 0.05 && next[2] < 5.0;
    const double after = usable ? squares(next, nullptr, nullptr) : 1e300;
    if (after <= before) {
      const bool done = before - after <= 1e-9 * before;
      at = next;
      damping = std::max(1e-9, 0.2 * damping);
      if (done) break;
    } else {
      damping *= 5.0;
      if (damping > 1e9) break;
    }
  }
  return at[1];
}

BoneEstimate estimate_bone(std::span<const CortexProfile> profiles,
                           std::span<const LayerSamples> samples,
                           const MeasureLayerOptions& measure,
                           const BoneEstimateOptions& options,
                           int threads) {
  const BonePrior seen = seen_prior(profiles, options.fallback);
  std::vector<MeasuredLayer> layers(profiles.size());
  parallel_for(static_cast<int>(profiles.size()), threads, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    if (profiles[at].slice_sine > options.steepest_slice_sine) return;
    layers[at] = measure_layer_freely(profiles[at], samples[at], seen, measure);
  });
  std::vector<double> cortex;
  std::vector<double> blur;
  std::vector<double> outside;
  std::vector<double> mass;
  std::vector<double> peak;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const MeasuredLayer& layer = layers[i];
    if (layer.state != LayerState::valid) continue;
    const LayerModel& m = layer.fit.model;
    outside.push_back(m.outside);
    const double highest = *std::max_element(profiles[i].density.begin(), profiles[i].density.end());
    mass.push_back((m.cortex - 0.5 * (m.outside + m.inside)) * m.thickness_mm);
    peak.push_back(highest);
    if (m.thickness_mm < options.least_thickness_mm || layer.fit.r_squared < options.least_r_squared)
      continue;
    cortex.push_back(m.cortex);
    blur.push_back(m.blur_sd_mm);
  }
  BoneEstimate estimate{.prior = options.fallback};
  estimate.thick_profiles = static_cast<int>(cortex.size());
  estimate.mass_curve_cortex = mass_curve_top(mass, peak);
  if (!outside.empty()) estimate.prior.outside = median(outside);
  if (estimate.thick_profiles >= options.least_profiles) {
    estimate.from_thick_cortex = true;
    estimate.prior.cortex = median(cortex);
    estimate.prior.blur_sd_mm = median(blur);
    estimate.prior.blur_scatter_mm = scatter(blur, estimate.prior.blur_sd_mm);
    estimate.cortex_scatter = scatter(cortex, estimate.prior.cortex);
  } else if (estimate.mass_curve_cortex > least_of_fallback * options.fallback.cortex &&
             estimate.mass_curve_cortex < most_of_fallback * options.fallback.cortex) {
    estimate.prior.cortex = estimate.mass_curve_cortex;
  } else {
    estimate.from_fallback = true;
  }
  return estimate;
}

}  // namespace focalhip
