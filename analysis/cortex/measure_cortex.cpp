#include "analysis/cortex/measure_cortex.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "analysis/cortex/exclude_vertices.h"
#include "analysis/cortex/grade_cortex.h"
#include "analysis/volume/face_neighbours.h"
#include "analysis/volume/hu_region.h"

namespace focalhip {

namespace {

constexpr double prior_dominated = 0.5;  // information share below which a density tells the prior [cbm 4]
constexpr int least_told_vertices = 50;
// mg/cm3. However quiet a scan is, the texture of spongy bone stays, and fits are judged by it.
constexpr double least_noise = 15.0;

DensityVolume ha_density(const HuRegion& region, const Calibration& calibration) {
  DensityVolume density{.grid = region.grid, .basis = MineralBasis::hydroxyapatite, .mg_cm3 = {}};
  density.mg_cm3.resize(region.hu.size());
  for_each_voxel(region.grid, [&](std::size_t at, const Eigen::Vector3d& point_patient_mm) {
    const Hu hu{static_cast<double>(region.hu[at])};
    const HaMgPerCm3 value = calibration.hydroxyapatite(calibration.k2hpo4(hu, point_patient_mm.z()));
    density.mg_cm3[at] = static_cast<float>(value.value);
  });
  return density;
}

std::vector<SurfacePoint> points_of(const FemurSurface& surface) {
  std::vector<SurfacePoint> points;
  for (std::size_t v = 0; v < surface.outward.size(); ++v) {
    points.push_back({.position_mm = surface.mesh.vertices_mm[v],
                      .outward = surface.outward[v],
                      .mean_curvature_per_mm = surface.mean_curvature_per_mm[v]});
  }
  return points;
}

bool belongs(SurfaceRegion region, VoiName voi) {
  switch (voi) {
    case VoiName::fn:
      return region == SurfaceRegion::fn;
    case VoiName::tr:
      return region == SurfaceRegion::tr;
    case VoiName::it:
      return region == SurfaceRegion::it;
    case VoiName::th:
      return region == SurfaceRegion::fn || region == SurfaceRegion::tr || region == SurfaceRegion::it;
  }
  return false;
}

template <typename Belongs>
std::optional<CortexMeans> means_where(const FemurSurface& surface,
                                       const CorticalMap& map,
                                       const Belongs& belongs_here) {
  CortexMeans means;
  double told = 0.0;
  double told_area = 0.0;
  int told_vertices = 0;
  for (std::size_t v = 0; v < map.state.size(); ++v) {
    if (map.state[v] != VertexState::measured || !belongs_here(surface.region[v])) continue;
    const double area = surface.area_mm2[v];
    const auto cbmd = static_cast<double>(map.cbmd_mg_cm3[v]);
    ++means.vertices;
    means.area_mm2 += area;
    means.cth_mm += area * static_cast<double>(map.cth_mm[v]);
    means.cm_mg_cm2 += area * static_cast<double>(map.cm_mg_cm2[v]);
    means.cbmd_mg_cm3 += area * cbmd;
    means.ectd_mg_cm3 += area * static_cast<double>(map.ectd_mg_cm3[v]);
    if (static_cast<double>(map.information_share[v]) < prior_dominated) {
      means.density_from_prior_share += area;
    } else {
      ++told_vertices;
      told += area * cbmd;
      told_area += area;
    }
  }
  if (means.vertices == 0) return std::nullopt;
  for (double* sum : {&means.cth_mm,
                      &means.cm_mg_cm2,
                      &means.cbmd_mg_cm3,
                      &means.ectd_mg_cm3,
                      &means.density_from_prior_share}) {
    *sum /= means.area_mm2;
  }
  if (told_vertices >= least_told_vertices) means.told_cbmd_mg_cm3 = told / told_area;
  return means;
}

MapCortexOptions with_scan(const MapCortexOptions& given,
                           const CtVolume& ct,
                           const Calibration& calibration,
                           double default_noise_hu) {
  MapCortexOptions options = given;
  const double spacing_mm = ct.grid.spacing_mm.z();
  options.measure.slice.thickness_mm = ct.acquisition.slice_thickness_mm.value_or(spacing_mm);
  const double ha_per_hu = calibration.ha_per_k2hpo4 / calibration.sigma_ct_hu_per_mg_cm3;
  const double noise = calibration.muscle_noise_sd_hu.value_or(default_noise_hu) * ha_per_hu;
  options.measure.noise = std::max(noise, least_noise);
  return options;
}

// Which regions of the surface are asked for the cortex' own density; none = shaft below the VOIs.
std::optional<double> density_spread(const FemurSurface& surface, const CorticalMap& map) {
  std::vector<double> told;
  for (const SurfaceRegion region :
       {SurfaceRegion::none, SurfaceRegion::it, SurfaceRegion::tr, SurfaceRegion::fn}) {
    const auto means = means_where(surface, map, [region](SurfaceRegion at) { return at == region; });
    if (means && means->told_cbmd_mg_cm3) told.push_back(*means->told_cbmd_mg_cm3);
  }
  if (told.size() < 2) return std::nullopt;
  const auto [low, high] = std::ranges::minmax(told);
  return (high - low) / map.bone.prior.cortex;
}

}  // namespace

std::vector<std::string> problems_in(const CortexOptions& options) {
  std::vector<std::string> problems;
  const auto require = [&](bool holds, const char* rule) {
    if (!holds) problems.emplace_back(rule);
  };
  require(options.surface.vertices >= 1000 && options.surface.vertices <= 50000,
          "surface.vertices: 1000 to 50000");
  require(options.surface.cut_below_lesser_trochanter_mm >= 0.0,
          "surface.cut_below_lesser_trochanter_mm: not negative");
  require(options.default_noise_hu > 0.0, "default_noise_hu: above 0");
  require(options.least_joint_gap_mm >= 0.0, "least_joint_gap_mm: not negative");
  require(options.threads >= 1, "threads: at least 1");
  return problems;
}

CortexMeasurement measure_cortex(const CtVolume& ct,
                                 const Calibration& calibration,
                                 const FemurMeasurement& femur,
                                 const JointSpaceMap& joint,
                                 const CortexOptions& options) {
  const HuRegion region = hu_under(ct, femur.mask.mask.grid);
  const DensityVolume density = ha_density(region, calibration);
  CortexMeasurement cortex;
  cortex.surface = make_femur_surface(femur.mask, femur.frame, femur.voi, options.surface);
  const std::vector<SurfacePoint> points = points_of(cortex.surface);
  cortex.unmeasured = excluded_vertices(cortex.surface, region, femur, joint, options);
  std::vector<std::uint8_t> measurable;
  for (const Unmeasured why : cortex.unmeasured) measurable.push_back(why == Unmeasured::measured ? 1 : 0);
  cortex.map = map_cortex(density,
                          cortex.surface.mesh,
                          points,
                          measurable,
                          with_scan(options.map, ct, calibration, options.default_noise_hu),
                          options.threads);
  for (std::size_t v = 0; v < points.size(); ++v) {
    if (cortex.map.state[v] == VertexState::failed) cortex.unmeasured[v] = Unmeasured::no_fit;
  }
  for (const VoiName voi : all_vois) {
    cortex.regions[static_cast<std::size_t>(voi)] =
        means_where(cortex.surface, cortex.map, [voi](SurfaceRegion at) { return belongs(at, voi); });
  }
  cortex.density_spread = density_spread(cortex.surface, cortex.map);
  grade_cortex(cortex, ct, calibration, options);
  return cortex;
}

}  // namespace focalhip
