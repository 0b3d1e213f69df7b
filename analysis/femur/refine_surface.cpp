#include "analysis/femur/refine_surface.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "analysis/volume/distance_map.h"
#include "analysis/volume/face_neighbours.h"
#include "analysis/volume/interpolate.h"
#include "analysis/volume/smooth_gaussian.h"

namespace focalhip {

namespace {

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

// Values of a blurred layer of thickness t (in units of the blur's sigma) and solid value 1 over a half-space
// of value `beneath`: at the layer's middle and at its outer face.
double middle_value(double t, double beneath) {
  return 2.0 * normal_cdf(0.5 * t) - 1.0 + beneath * normal_cdf(-0.5 * t);
}
double face_value(double t, double beneath) { return normal_cdf(t) - 0.5 + beneath * normal_cdf(-t); }

// Outward unit normal in voxel steps per mm: gradient of the smoothed signed distance.
Eigen::Vector3d outward_voxels_per_mm(const VoxelGrid& grid,
                                      const std::vector<float>& distance_mm,
                                      std::size_t at) {
  Eigen::Vector3d slope = Eigen::Vector3d::Zero();  // per voxel
  for_each_face_neighbour(grid, at, [&](std::size_t k, std::size_t other) {
    const double difference = static_cast<double>(distance_mm[other]) - static_cast<double>(distance_mm[at]);
    slope[static_cast<Eigen::Index>(k / 2)] += k % 2 == 1 ? 0.5 * difference : -0.5 * difference;
  });
  const Eigen::Vector3d normal = slope.cwiseQuotient(grid.spacing_mm).normalized();  // along the grid's axes
  return normal.cwiseQuotient(grid.spacing_mm);
}

struct Cortex {
  double peak_hu = -2000.0;
  double peak_offset_mm = 0.0;  // along the outward normal, from the voxel
  double beneath_hu = 0.0;      // lowest below the peak, as far as the profile reaches
};

Cortex cortex_along(const HipRegion& hip,
                    const Eigen::Vector3d& voxel,
                    const Eigen::Vector3d& outward,
                    double surface_mm,
                    const RefineOptions& options) {
  Cortex cortex;
  double lowest_hu = 4000.0;
  for (double s = surface_mm - options.peak_inside_mm; s <= surface_mm + options.peak_outside_mm;
       s += options.profile_step_mm) {
    const std::optional<float> value = interpolate_voxel(hip.grid, hip.hu, voxel + s * outward);
    if (!value) continue;
    lowest_hu = std::min(lowest_hu, static_cast<double>(*value));
    if (*value <= cortex.peak_hu) continue;
    cortex = {.peak_hu = *value, .peak_offset_mm = s, .beneath_hu = lowest_hu};
  }
  return cortex;
}

}  // namespace

double solid_cortex_hu(const HipRegion& hip, const std::vector<std::uint8_t>& femur) {
  std::vector<float> bright;
  for (std::size_t i = 0; i < femur.size(); ++i) {
    if (femur[i] != 0 && hip.hu[i] > 700.0F) bright.push_back(hip.hu[i]);
  }
  if (bright.size() < 100) return 1400.0;
  const auto at = bright.begin() + static_cast<std::ptrdiff_t>(0.9 * static_cast<double>(bright.size()));
  std::nth_element(bright.begin(), at, bright.end());
  return std::clamp(static_cast<double>(*at), 900.0, 2000.0);
}

double face_level(double peak, double beneath) {
  if (peak >= 0.999) return 0.5;
  double low = 0.0;
  double high = 8.0;
  for (int i = 0; i < 30; ++i) {
    const double middle = 0.5 * (low + high);
    (middle_value(middle, beneath) < peak ? low : high) = middle;
  }
  return face_value(low, beneath);
}

std::vector<std::uint8_t> refine_surface(const HipRegion& hip,
                                         const std::vector<std::uint8_t>& femur,
                                         const RefineOptions& options) {
  const std::vector<float> distance_mm = signed_distance_mm(hip.grid, femur);
  std::vector<float> smooth_mm = distance_mm;
  smooth_gaussian(hip.grid, smooth_mm, 1.5);  // steady normals
  const double solid_hu = solid_cortex_hu(hip, femur) - options.soft_tissue_hu;
  const auto columns = static_cast<std::size_t>(hip.grid.size[0]);
  const auto rows = static_cast<std::size_t>(hip.grid.size[1]);
  std::vector<std::uint8_t> refined = femur;
  for (std::size_t i = 0; i < femur.size(); ++i) {
    if (std::abs(distance_mm[i]) > options.reach_mm) continue;
    const Eigen::Vector3d voxel{static_cast<double>(i % columns),
                                static_cast<double>(i / columns % rows),
                                static_cast<double>(i / (columns * rows))};
    const Eigen::Vector3d outward = outward_voxels_per_mm(hip.grid, smooth_mm, i);
    const Cortex cortex = cortex_along(hip, voxel, outward, -distance_mm[i], options);
    const double contrast_hu = cortex.peak_hu - options.soft_tissue_hu;
    if (contrast_hu < options.least_contrast_hu) continue;
    const double beneath_hu = std::clamp(cortex.beneath_hu - options.soft_tissue_hu, 0.0, contrast_hu);
    const double level_hu =
        options.soft_tissue_hu + solid_hu * face_level(contrast_hu / solid_hu, beneath_hu / solid_hu);
    const bool below_peak = cortex.peak_offset_mm > 0.5 * options.profile_step_mm;
    refined[i] = below_peak || hip.hu[i] > level_hu ? 1 : 0;
  }
  return refined;
}

}  // namespace focalhip
