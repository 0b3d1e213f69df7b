#include "tests/proof/cortex/cortex_cases.h"

#include <algorithm>

namespace focalhip::proof {

SurfacePoint as_segmented(const PhantomPoint& truth, double radius_mm, std::mt19937_64& random) {
  std::normal_distribution<double> deviate;
  Eigen::Vector3d tilt(deviate(random), deviate(random), deviate(random));
  tilt -= tilt.dot(truth.outward) * truth.outward;
  constexpr double four_degrees = 0.0698;
  return {.position_mm = truth.position_mm + 0.5 * deviate(random) * truth.outward,
          .outward = (truth.outward + four_degrees / std::sqrt(2.0) * tilt).normalized(),
          .mean_curvature_per_mm = 0.5 / radius_mm};
}

std::vector<CortexCase> cases_of(const CylinderPhantom& phantom, const PhantomScan& scan, int lines) {
  const DensityVolume density = scan_phantom(phantom, scan);
  const BsplineVolume spline(density.grid, density.mg_cm3);
  std::mt19937_64 random(phantom.seed * 7919);
  std::vector<CortexCase> cases;
  for (const PhantomPoint& point : phantom_points(phantom, density.grid, lines, random())) {
    const SurfacePoint seen = as_segmented(point, phantom.radius_mm, random);
    CortexCase one{.thickness_mm = phantom.thickness_mm,
                   .cortex = point.cortex,
                   .inside = phantom.inside,
                   .slice_sine = std::abs(point.outward.z()),
                   .line = read_profile(spline, seen, {.disc_lines = 0}),
                   .disc = read_profile(spline, seen, {}),
                   .voxels = {}};
    weigh_profile(one.line, 0.0, 1150.0);
    weigh_profile(one.disc, 0.0, 1150.0);
    one.voxels = read_voxels(density, seen, one.line, {});
    cases.push_back(std::move(one));
  }
  return cases;
}

Moments moments(const std::vector<double>& values) {
  Moments m{.count = static_cast<int>(values.size())};
  for (const double v : values) m.mean += v / m.count;
  for (const double v : values) m.sd += (v - m.mean) * (v - m.mean) / std::max(1, m.count - 1);
  m.sd = std::sqrt(m.sd);
  return m;
}

}  // namespace focalhip::proof
