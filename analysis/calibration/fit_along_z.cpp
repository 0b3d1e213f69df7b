#include "analysis/calibration/fit_along_z.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/calibration/robust_statistics.h"

namespace focalhip {

namespace {

constexpr std::size_t least_windows = 3;
// Variance of the median of Gaussian values, of that of their mean.
constexpr double median_variance = std::numbers::pi / 2.0;

struct Window {
  double middle_mm = 0.0;
  double slope_hu_per_mg_cm3 = 0.0;
  double intercept_hu = 0.0;
  double checked_variance_hu2 = 0.0;
};

std::vector<const NamedRod*> rods_in_use(const std::vector<NamedRod>& rods) {
  std::vector<const NamedRod*> used;
  for (const NamedRod& rod : rods) {
    if (rod.used) used.push_back(&rod);
  }
  return used;
}

std::vector<double> means_between(const MeasuredRod& rod, int first, int last) {
  std::vector<double> means;
  for (const RodInSlice& slice : rod.slices) {
    if (slice.slice >= first && slice.slice <= last) means.push_back(slice.mean_hu);
  }
  return means;
}

// Variance of a rod's mean in one slice, its drift taken off.
double slice_variance_hu2(const MeasuredRod& rod, double spacing_mm) {
  std::vector<double> rest;
  for (const RodInSlice& slice : rod.slices) {
    rest.push_back(slice.mean_hu - rod.drift_hu_per_mm * spacing_mm * slice.slice);
  }
  const double level = median(rest);
  for (double& value : rest) value = std::abs(value - level);
  return std::pow(1.4826 * median(std::move(rest)), 2.0);
}

// Weight of each rod in the CT number that the fit gives the checked density.
std::vector<double> weights_of(const std::vector<const NamedRod*>& rods) {
  const double count = static_cast<double>(rods.size());
  double mean = 0.0;
  for (const NamedRod* rod : rods) mean += rod->certificate.mineral_mg_cm3 / count;
  double spread = 0.0;
  for (const NamedRod* rod : rods) spread += std::pow(rod->certificate.mineral_mg_cm3 - mean, 2.0);
  std::vector<double> weights;
  for (const NamedRod* rod : rods) {
    weights.push_back(1.0 / count +
                      (checked_density_mg_cm3 - mean) * (rod->certificate.mineral_mg_cm3 - mean) / spread);
  }
  return weights;
}

std::optional<Window> fit_window(const std::vector<const NamedRod*>& rods,
                                 const std::vector<double>& weights,
                                 int first,
                                 int last,
                                 double spacing_mm) {
  Window window{.middle_mm = 0.5 * (first + last) * spacing_mm};
  std::vector<RodReading> readings;
  for (std::size_t i = 0; i < rods.size(); ++i) {
    const std::vector<double> means = means_between(rods[i]->measured, first, last);
    if (means.empty()) return std::nullopt;
    readings.push_back({rods[i]->certificate, {median(means)}});
    window.checked_variance_hu2 += weights[i] * weights[i] * median_variance *
                                   slice_variance_hu2(rods[i]->measured, spacing_mm) /
                                   static_cast<double>(means.size());
  }
  const RodFit fit = fit_rods(readings);
  window.slope_hu_per_mg_cm3 = fit.slope_hu_per_mg_cm3;
  window.intercept_hu = fit.intercept_hu;
  return window;
}

std::vector<Window> fit_windows(const std::vector<const NamedRod*>& rods,
                                double spacing_mm,
                                double window_mm) {
  int first = rods.front()->measured.slices.front().slice;
  int last = rods.front()->measured.slices.back().slice;
  for (const NamedRod* rod : rods) {
    first = std::max(first, rod->measured.slices.front().slice);
    last = std::min(last, rod->measured.slices.back().slice);
  }
  const int slices = last - first + 1;
  const int count = static_cast<int>(slices * spacing_mm / window_mm + 0.5);
  const std::vector<double> weights = weights_of(rods);
  std::vector<Window> windows;
  for (int i = 0; i < count; ++i) {
    const int from = first + i * slices / count;
    const int to = first + (i + 1) * slices / count - 1;
    if (const auto window = fit_window(rods, weights, from, to, spacing_mm)) windows.push_back(*window);
  }
  return windows;
}

}  // namespace

std::optional<FitAlongZ> fit_along_z(const std::vector<NamedRod>& rods, double spacing_mm, double window_mm) {
  const std::vector<const NamedRod*> used = rods_in_use(rods);
  if (used.size() < 2 ||
      std::ranges::any_of(used, [](const NamedRod* rod) { return rod->measured.slices.empty(); })) {
    return std::nullopt;
  }
  const std::vector<Window> windows = fit_windows(used, spacing_mm, window_mm);
  if (windows.size() < least_windows) return std::nullopt;
  double mean_mm = 0.0;
  for (const Window& window : windows) mean_mm += window.middle_mm / static_cast<double>(windows.size());
  double spread_mm2 = 0.0;
  FitAlongZ fit;
  double variance = 0.0;
  for (const Window& window : windows) {
    const double along_mm = window.middle_mm - mean_mm;
    spread_mm2 += along_mm * along_mm;
    fit.slope_drift_hu_per_mg_cm3_per_mm += along_mm * window.slope_hu_per_mg_cm3;
    fit.intercept_drift_hu_per_mm += along_mm * window.intercept_hu;
    variance += along_mm * along_mm * window.checked_variance_hu2;
  }
  fit.slope_drift_hu_per_mg_cm3_per_mm /= spread_mm2;
  fit.intercept_drift_hu_per_mm /= spread_mm2;
  fit.checked_drift_hu_per_mm =
      fit.intercept_drift_hu_per_mm + checked_density_mg_cm3 * fit.slope_drift_hu_per_mg_cm3_per_mm;
  fit.checked_drift_error_hu_per_mm = std::sqrt(variance) / spread_mm2;
  return fit;
}

}  // namespace focalhip
