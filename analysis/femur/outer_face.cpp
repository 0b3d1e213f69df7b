#include "analysis/femur/outer_face.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Eigen/Core>
#include <Eigen/LU>

#include "analysis/femur/map_fit.h"

namespace focalhip {

namespace {

// Samples that belong to this bone and its nearest surroundings: from some way below the peak to the lowest
// point beyond it; what rises again outside is another bone.
struct Window {
  std::size_t first = 0;
  std::size_t peak = 0;
  std::size_t last = 0;  // inclusive
};

std::size_t index_at(const NormalProfile& profile, double offset_mm) {
  const double at = std::round((offset_mm - profile.first_mm) / profile.step_mm);
  return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(profile.hu.size()) - 1.0));
}

std::optional<Window> find_window(const NormalProfile& profile, const OuterFaceOptions& options) {
  if (profile.hu.size() < 8) return std::nullopt;
  const std::size_t from = index_at(profile, -options.peak_inside_mm);
  const std::size_t to = index_at(profile, options.peak_outside_mm);
  Window window{.first = 0, .peak = from, .last = from};
  // On a plateau the outermost of nearly equal samples is the one the edge belongs to.
  constexpr double as_bright = 0.93;
  double highest = options.soft_tissue_hu + 1.0;
  for (std::size_t i = from; i <= to; ++i) highest = std::max(highest, profile.hu[i]);
  const double height = highest - options.soft_tissue_hu;
  bool seen = false;
  for (std::size_t i = from; i <= to; ++i) {
    const double relative = (profile.hu[i] - options.soft_tissue_hu) / height;
    // A second layer beyond a clear gap is not this bone's.
    if (seen && relative < 0.3) break;
    if (relative < as_bright) continue;
    window.peak = i;
    seen = true;
  }
  const std::size_t end = index_at(profile, profile.offset_mm(window.peak) + options.valley_mm);
  window.last = window.peak;
  for (std::size_t i = window.peak; i <= end; ++i) {
    if (profile.hu[i] < profile.hu[window.last]) window.last = i;
  }
  if (highest - profile.hu[window.last] < options.least_contrast_hu) return std::nullopt;
  return window;
}

using Parameters = Eigen::Vector4d;
using Expectation = Expected<4>;

// theta: offset of the outer face, logarithm of the thickness (mm), HU outside, HU beneath.
struct LayerModel {
  ShaftEdge blur;
  double operator()(double s, const Parameters& theta, Parameters& slope) const {
    const double outer = (s - theta[0]) / blur.sigma_mm;
    const double thickness_mm = std::exp(theta[1]);
    const double inner = outer + thickness_mm / blur.sigma_mm;
    const double below_outer = normal_cdf(-outer);
    const double below_inner = normal_cdf(-inner);
    const double outer_step = (blur.solid_hu - theta[2]) * normal_density(outer) / blur.sigma_mm;
    const double inner_step = (theta[3] - blur.solid_hu) * normal_density(inner) / blur.sigma_mm;
    slope = {outer_step + inner_step, -inner_step * thickness_mm, 1.0 - below_outer, below_inner};
    return theta[2] + (blur.solid_hu - theta[2]) * below_outer + (theta[3] - blur.solid_hu) * below_inner;
  }
};

// theta: offset of the edge, HU outside, HU inside, blur.
struct EdgeModel {
  double operator()(double s, const Parameters& theta, Parameters& slope) const {
    const double z = (s - theta[0]) / theta[3];
    const double inside = normal_cdf(-z);
    const double step = (theta[2] - theta[1]) * normal_density(z) / theta[3];
    slope = {step, 1.0 - inside, inside, step * z};
    return theta[1] + (theta[2] - theta[1]) * inside;
  }
};

// Where the profile falls through a level on its way out from the peak.
double crossing_mm(const NormalProfile& profile, const Window& window, double level_hu) {
  for (std::size_t i = window.peak; i < window.last; ++i) {
    if (profile.hu[i + 1] > level_hu) continue;
    const double share =
        std::clamp((profile.hu[i] - level_hu) / (profile.hu[i] - profile.hu[i + 1]), 0.0, 1.0);
    return profile.offset_mm(i) + share * profile.step_mm;
  }
  return profile.offset_mm(window.last);
}

// Where it falls through a level on the way in; the profile's end when the layer goes on.
double inner_crossing_mm(const NormalProfile& profile, const Window& window, double level_hu) {
  for (std::size_t i = window.peak; i > window.first; --i) {
    if (profile.hu[i - 1] > level_hu) continue;
    const double share =
        std::clamp((profile.hu[i] - level_hu) / (profile.hu[i] - profile.hu[i - 1]), 0.0, 1.0);
    return profile.offset_mm(i) - share * profile.step_mm;
  }
  return profile.first_mm - 1.0;
}

// First guess of face and thickness. A thick layer ends where its edges are half as high; a thin one is a
// blurred line whose height tells how much of it there is.
Expectation expected_layer(const NormalProfile& profile,
                           const Window& window,
                           const ShaftEdge& blur,
                           const OuterFaceOptions& options) {
  constexpr double thick = 0.85;
  const double outside_hu = profile.hu[window.last];
  const double peak_hu = profile.hu[window.peak];
  const double beneath_hu =
      *std::min_element(profile.hu.begin() + static_cast<std::ptrdiff_t>(window.first),
                        profile.hu.begin() + static_cast<std::ptrdiff_t>(window.peak) + 1);
  const double shown = std::clamp((peak_hu - outside_hu) / (blur.solid_hu - outside_hu), 0.1, 1.0);
  double face_mm = crossing_mm(profile, window, outside_hu + 0.5 * (peak_hu - outside_hu));
  double thickness_mm = face_mm - inner_crossing_mm(profile, window, 0.5 * (peak_hu + beneath_hu));
  if (shown < thick) {
    thickness_mm = std::min(thickness_mm, 2.5 * blur.sigma_mm * shown / std::sqrt(1.02 - shown));
    face_mm = crossing_mm(profile, window, outside_hu + (peak_hu - outside_hu) * (0.8 - 0.35 * shown));
  }
  return {.mean = {face_mm,
                   std::log(std::clamp(thickness_mm, 0.3, 6.0)),
                   std::clamp(outside_hu, -120.0, 150.0),
                   beneath_hu},
          .spread = {0.4, 0.5, options.soft_tissue_spread_hu, 150.0}};
}

}  // namespace

std::optional<OuterFace> fit_outer_face(const NormalProfile& profile,
                                        const ShaftEdge& blur,
                                        const OuterFaceOptions& options) {
  const std::optional<Window> window = find_window(profile, options);
  if (!window) return std::nullopt;
  const Expectation expected = expected_layer(profile, *window, blur, options);
  const MapFit<4> solution =
      fit_map(profile, window->first, window->last, expected, options.noise_hu, LayerModel{blur});
  if (solution.misfit_hu > options.largest_misfit_hu || std::abs(solution.theta[0]) > options.farthest_mm) {
    return std::nullopt;
  }
  const Eigen::Matrix4d covariance = solution.information.inverse();
  return OuterFace{.offset_mm = solution.theta[0],
                   .thickness_mm = std::exp(solution.theta[1]),
                   .spread_mm = std::sqrt(std::max(0.0, covariance(0, 0)))};
}

std::optional<ShaftEdge> fit_thick_edge(const NormalProfile& profile,
                                        const ShaftEdge& start,
                                        const OuterFaceOptions& options) {
  std::optional<Window> window = find_window(profile, options);
  if (!window) return std::nullopt;
  const double outside_hu = profile.hu[window->last];
  const double peak_hu = profile.hu[window->peak];
  const double half_mm = crossing_mm(profile, *window, 0.5 * (outside_hu + peak_hu));
  // Thick: still bright well below the face; only the outer 2.2 mm are fitted.
  constexpr double thick_mm = 2.6;
  constexpr double fitted_mm = 1.9;
  const std::size_t deep = index_at(profile, half_mm - thick_mm);
  for (std::size_t i = deep; i < window->peak; ++i) {
    if (profile.hu[i] - outside_hu < 0.88 * (peak_hu - outside_hu)) return std::nullopt;
  }
  window->first = index_at(profile, half_mm - fitted_mm);
  const Expectation expected{.mean = {half_mm, outside_hu, peak_hu, start.sigma_mm},
                             .spread = {1.0, 100.0, 300.0, 0.4}};
  const MapFit<4> solution =
      fit_map(profile, window->first, window->last, expected, options.noise_hu, EdgeModel{});
  if (solution.misfit_hu > options.largest_misfit_hu || solution.theta[3] < 0.2) return std::nullopt;
  return ShaftEdge{.sigma_mm = solution.theta[3], .solid_hu = solution.theta[2]};
}

}  // namespace focalhip
