#include "testdata/simulator/truth_voi.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "testdata/simulator/voi_placement.h"

namespace focalhip::simulator {
namespace {

enum class Region { none, neck, trochanter, inter };

Region region_of(const VoiGeometry& g, Point2 q) {
  const double along = q.u * g.neck_u + q.v * g.neck_v;
  const double across = q.u * g.neck_v - q.v * g.neck_u;
  if (q.v < g.distal_v || along > g.neck_medial_mm) return Region::none;
  if (along >= g.neck_lateral_mm) {
    const auto step = static_cast<std::size_t>((along - g.neck_lateral_mm) / projection_step_mm);
    const bool overhang = step < g.neck_top_mm.size() && across > g.neck_top_mm[step] + projection_step_mm;
    if (overhang) return Region::trochanter;
    return across > -40.0 ? Region::neck : Region::none;
  }
  const double du = g.line_lateral_u - g.line_medial_u;
  const double dv = g.line_lateral_v - g.line_medial_v;
  const double side = du * (q.v - g.line_medial_v) - dv * (q.u - g.line_medial_u);
  return side > 0.0 ? Region::trochanter : Region::inter;
}

struct Sums {
  double mass_mg = 0.0;
  double volume_mm3 = 0.0;
  double area_mm2 = 0.0;
  double trabecular_mass = 0.0;
  double trabecular_volume = 0.0;
  double cortical_mass = 0.0;
  double cortical_volume = 0.0;

  void add(const Sums& other) {
    mass_mg += other.mass_mg;
    volume_mm3 += other.volume_mm3;
    area_mm2 += other.area_mm2;
    trabecular_mass += other.trabecular_mass;
    trabecular_volume += other.trabecular_volume;
    cortical_mass += other.cortical_mass;
    cortical_volume += other.cortical_volume;
  }
  [[nodiscard]] VoiTruth voi() const {
    const auto ratio = [](double a, double b) { return b > 0.0 ? a / b : 0.0; };
    VoiTruth v;
    v.vbmd_mg_cm3 = ratio(mass_mg, volume_mm3);
    v.area_cm2 = 0.01 * area_mm2;
    v.volume_cm3 = 0.001 * volume_mm3;
    v.bmc_g = 1e-6 * mass_mg;
    v.abmd_g_cm2 = ratio(v.bmc_g, v.area_cm2);
    v.trabecular_vbmd_mg_cm3 = ratio(trabecular_mass, trabecular_volume);
    v.cortical_vbmd_mg_cm3 = ratio(cortical_mass, cortical_volume);
    return v;
  }
};

// Integral along one ray of the projection.
Sums integrate_ray(const Silhouette& seen, Point2 q, double kappa) {
  constexpr double cell = projection_step_mm * projection_step_mm * projection_step_mm;
  Sums sums;
  for (double w = ray_low_mm; w <= ray_high_mm; w += projection_step_mm) {
    const Vec3 p = seen.femur_point(q, w);
    const FemurPoint point = seen.femur.point_femur(p, projection_step_mm);
    const double weight = cell * std::clamp(0.5 - point.distance_mm / projection_step_mm, 0.0, 1.0);
    if (weight <= 0.0) continue;
    const double mass = weight * point.density_mg_cm3 / kappa;
    const double cortex = seen.femur.cortex_femur_mm(p);
    sums.mass_mg += mass;
    sums.volume_mm3 += weight;
    if (-point.distance_mm > std::max(3.0, cortex + 1.0)) {
      sums.trabecular_mass += mass;
      sums.trabecular_volume += weight;
    } else if (-point.distance_mm < cortex) {
      sums.cortical_mass += mass;
      sums.cortical_volume += weight;
    }
  }
  if (sums.volume_mm3 > 0.5 * cell) sums.area_mm2 = projection_step_mm * projection_step_mm;
  return sums;
}

}  // namespace

void measure_true_regions(const FemurModel& femur,
                          const CalibrationTruth& calibration,
                          const FemurLandmarks& marks,
                          int threads,
                          SideTruth& truth) {
  const VoiGeometry g = place_regions(femur, marks);
  const Silhouette seen{femur, g};
  const double medial = -(marks.neck_length_mm + 35.0);
  const int columns = static_cast<int>((40.0 - medial) / projection_step_mm);
  const int rows = static_cast<int>((90.0 - g.distal_v) / projection_step_mm);
  std::vector<std::array<Sums, 4>> by_row(static_cast<std::size_t>(rows));
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const Point2 q{medial + (column + 0.5) * projection_step_mm,
                     g.distal_v + (row + 0.5) * projection_step_mm};
      const Sums ray = integrate_ray(seen, q, calibration.ha_per_k2hpo4);
      by_row[static_cast<std::size_t>(row)][static_cast<std::size_t>(region_of(g, q))].add(ray);
    }
  }
  std::array<Sums, 4> totals;
  for (const auto& row : by_row) {
    for (std::size_t i = 0; i < totals.size(); ++i) totals[i].add(row[i]);
  }
  truth.fn = totals[1].voi();
  truth.tr = totals[2].voi();
  truth.it = totals[3].voi();
  truth.femur_volume_cm3 =
      0.001 * (totals[0].volume_mm3 + totals[1].volume_mm3 + totals[2].volume_mm3 + totals[3].volume_mm3);
  Sums hip = totals[1];
  hip.add(totals[2]);
  hip.add(totals[3]);
  truth.th = hip.voi();
  truth.voi_geometry = g;
}

}  // namespace focalhip::simulator
