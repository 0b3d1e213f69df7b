#include "testdata/simulator/truth_voi.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace focalhip::simulator {
namespace {

constexpr double step_mm = 0.5;
constexpr double neck_band_mm = 15.0;
constexpr double least_neck_band_mm = 10.0;
constexpr double below_lesser_mm = 10.0;

struct Point2 {
  double u = 0.0;
  double v = 0.0;
};

// The femur seen along the anterior axis: how deep the deepest point of each ray lies inside (negative =
// hit).
struct Silhouette {
  const FemurModel& femur;
  const VoiGeometry& g;

  [[nodiscard]] Vec3 femur_point(Point2 q, double w) const {
    return g.origin + q.u * g.axis_lateral + q.v * g.axis_cranial + w * g.axis_anterior;
  }
  [[nodiscard]] double depth(Point2 q) const {
    double least = std::numeric_limits<double>::max();
    for (double w = -38.0; w <= 34.0; w += 1.0)
      least = std::min(least, femur.distance_femur_mm(femur_point(q, w)));
    return least;
  }
  // Distance from a point inside to the first exit along a direction.
  [[nodiscard]] double first_exit_mm(Point2 from, Point2 direction, double limit_mm) const {
    for (double r = 0.0; r < limit_mm; r += step_mm) {
      if (depth({from.u + r * direction.u, from.v + r * direction.v}) > 0.0) return r;
    }
    return limit_mm;
  }
};

VoiGeometry frame_of(const FemurShape& shape, const AxisLine& shaft) {
  VoiGeometry g;
  const Vec3 neck = shape.neck_direction();
  g.axis_cranial = shaft.direction;
  g.axis_anterior = normalised(cross(neck, shaft.direction));
  g.axis_lateral = cross(g.axis_anterior, g.axis_cranial);
  // Nearest point of the neck axis (through the femur frame's origin) to the shaft axis.
  const double b = dot(neck, shaft.direction);
  const Vec3 w = Vec3{} - shaft.point;
  const double along_neck = (b * dot(shaft.direction, w) - dot(neck, w)) / (1.0 - b * b);
  g.origin = along_neck * neck;
  const double u = dot(neck, g.axis_lateral);
  const double v = dot(neck, g.axis_cranial);
  g.neck_u = u / std::hypot(u, v);
  g.neck_v = v / std::hypot(u, v);
  return g;
}

// The contour over the top of the neck, from the head to the greater trochanter, as seen from the origin.
std::vector<Point2> superior_contour(const Silhouette& seen) {
  std::vector<Point2> contour;
  const double start = std::atan2(seen.g.neck_v, seen.g.neck_u);
  Point2 last{1e9, 1e9};
  for (double turn = 2.0; turn < 100.0; turn += 0.25) {
    const double angle = start - turn * degree;
    const Point2 direction{std::cos(angle), std::sin(angle)};
    double r = seen.first_exit_mm({}, direction, 110.0);
    double low = r - step_mm;
    for (int i = 0; i < 8; ++i) {
      const double middle = 0.5 * (low + r);
      (seen.depth({middle * direction.u, middle * direction.v}) > 0.0 ? r : low) = middle;
    }
    const Point2 q{r * direction.u, r * direction.v};
    // Equal steps of half a millimetre along the contour.
    if (contour.empty()) {
      contour.push_back(q);
      last = q;
      continue;
    }
    while (std::hypot(q.u - last.u, q.v - last.v) >= step_mm) {
      const double share = step_mm / std::hypot(q.u - last.u, q.v - last.v);
      last = {last.u + share * (q.u - last.u), last.v + share * (q.v - last.v)};
      contour.push_back(last);
    }
  }
  return contour;
}

std::vector<Point2> smoothed(const std::vector<Point2>& line, double sigma_mm) {
  const int reach = static_cast<int>(3.0 * sigma_mm / step_mm);
  std::vector<Point2> result(line.size());
  for (int i = 0; i < static_cast<int>(line.size()); ++i) {
    double total = 0.0;
    Point2 sum;
    for (int j = -reach; j <= reach; ++j) {
      const auto from = static_cast<std::size_t>(std::clamp(i + j, 0, static_cast<int>(line.size()) - 1));
      const double weight = std::exp(-0.5 * std::pow(j * step_mm / sigma_mm, 2));
      sum.u += weight * line[from].u;
      sum.v += weight * line[from].v;
      total += weight;
    }
    result[static_cast<std::size_t>(i)] = {sum.u / total, sum.v / total};
  }
  return result;
}

// The most concave point of the superior contour on the trochanter's half of the neck.
Point2 find_notch(const Silhouette& seen, double neck_length_mm) {
  const std::vector<Point2> line = smoothed(superior_contour(seen), 2.0);
  const std::size_t span = 4;  // 2 mm on either side
  double most = 0.0;
  Point2 notch;
  for (std::size_t i = span; i + span < line.size(); ++i) {
    const double along = line[i].u * seen.g.neck_u + line[i].v * seen.g.neck_v;
    if (along > 0.55 * neck_length_mm) continue;
    const Point2 before{line[i].u - line[i - span].u, line[i].v - line[i - span].v};
    const Point2 after{line[i + span].u - line[i].u, line[i + span].v - line[i].v};
    // Seen clockwise, a turn to the left is a hollow.
    const double turn =
        std::atan2(before.u * after.v - before.v * after.u, before.u * after.u + before.v * after.v);
    if (turn > most) {
      most = turn;
      notch = line[i];
    }
  }
  return notch;
}

Point2 across_neck(const VoiGeometry& g) { return {g.neck_v, -g.neck_u}; }  // superior-lateral

// Area (mm2) of trochanter inside a slice of the band: what lies beyond the first exit on either side.
double trochanter_area_mm2(const Silhouette& seen, double along) {
  const Point2 across = across_neck(seen.g);
  double area = 0.0;
  for (const double sign : {1.0, -1.0}) {
    const Point2 direction{sign * across.u, sign * across.v};
    const Point2 from{along * seen.g.neck_u, along * seen.g.neck_v};
    const double exit = seen.first_exit_mm(from, direction, 60.0);
    for (double r = exit; r < 60.0; r += step_mm) {
      if (seen.depth({from.u + r * direction.u, from.v + r * direction.v}) < 0.0) area += step_mm * step_mm;
    }
  }
  return area;
}

void place_neck_band(const Silhouette& seen, const SideTruth& truth, VoiGeometry& g) {
  const FemurShape& shape = seen.femur.shape();
  const Point2 notch = find_notch(seen, shape.parameters().neck_length_mm);
  g.notch_u = notch.u;
  g.notch_v = notch.v;
  double lateral = notch.u * g.neck_u + notch.v * g.neck_v;
  // Move towards the head until less than 1 mm2 of trochanter is left in the band.
  double inside = 0.0;
  for (double along = lateral + neck_band_mm; along > lateral - 1e-9; along -= step_mm) {
    inside += trochanter_area_mm2(seen, along);
    if (inside > 1.0) {
      lateral = along + step_mm;
      break;
    }
  }
  const Vec3 head = shape.head_centre_mm() - g.origin;
  const double head_along = dot(head, g.axis_lateral) * g.neck_u + dot(head, g.axis_cranial) * g.neck_v;
  const double limit = head_along - (truth.head_radius_mm + 2.0);
  g.neck_lateral_mm = lateral;
  g.neck_medial_mm = std::max(std::min(lateral + neck_band_mm, limit), lateral + least_neck_band_mm);
}

void place_trochanter_line(const Silhouette& seen, double distal_v, VoiGeometry& g) {
  // Medial end: where the lateral edge of the neck band leaves the neck below.
  const Point2 across = across_neck(g);
  const Point2 from{g.neck_lateral_mm * g.neck_u, g.neck_lateral_mm * g.neck_v};
  const double down = seen.first_exit_mm(from, {-across.u, -across.v}, 60.0);
  g.line_medial_u = from.u - down * across.u;
  g.line_medial_v = from.v - down * across.v;
  // Lateral end: where the lateral half-width first exceeds that of the shaft by 10 %.
  const auto half_width = [&](double v) { return seen.first_exit_mm({0.0, v}, {1.0, 0.0}, 60.0); };
  double shaft = 0.0;
  int count = 0;
  for (double below = 0.0; below <= 30.0; below += 1.0, ++count) shaft += half_width(distal_v - below);
  shaft /= count;
  double v = distal_v;
  while (v < 60.0 && half_width(v) <= 1.10 * shaft) v += step_mm;
  g.line_lateral_u = half_width(v);
  g.line_lateral_v = v;
}

enum class Region { none, neck, trochanter, inter };

Region region_of(const VoiGeometry& g, Point2 q) {
  const double along = q.u * g.neck_u + q.v * g.neck_v;
  const double across = q.u * g.neck_v - q.v * g.neck_u;
  if (q.v < g.distal_v || along > g.neck_medial_mm) return Region::none;
  if (along >= g.neck_lateral_mm) return std::abs(across) < 40.0 ? Region::neck : Region::none;
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
  constexpr double cell = step_mm * step_mm * step_mm;
  Sums sums;
  for (double w = -38.0; w <= 34.0; w += step_mm) {
    const Vec3 p = seen.femur_point(q, w);
    const FemurPoint point = seen.femur.point_femur(p, step_mm);
    const double weight = cell * std::clamp(0.5 - point.distance_mm / step_mm, 0.0, 1.0);
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
  if (sums.volume_mm3 > 0.5 * cell) sums.area_mm2 = step_mm * step_mm;
  return sums;
}

}  // namespace

void measure_true_regions(const FemurModel& femur,
                          const CalibrationTruth& calibration,
                          const AxisLine& shaft_axis,
                          double lesser_distal_z_mm,
                          int threads,
                          SideTruth& truth) {
  VoiGeometry g = frame_of(femur.shape(), shaft_axis);
  const Silhouette seen{femur, g};
  const Vec3 lesser_distal =
      shaft_axis.point +
      ((lesser_distal_z_mm - shaft_axis.point.z) / shaft_axis.direction.z) * shaft_axis.direction;
  g.distal_v = dot(lesser_distal - g.origin, g.axis_cranial) - below_lesser_mm;
  place_neck_band(seen, truth, g);
  place_trochanter_line(seen, g.distal_v, g);

  const double medial = -(femur.shape().parameters().neck_length_mm + 35.0);
  const int columns = static_cast<int>((40.0 - medial) / step_mm);
  const int rows = static_cast<int>((90.0 - g.distal_v) / step_mm);
  std::vector<std::array<Sums, 4>> by_row(static_cast<std::size_t>(rows));
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const Point2 q{medial + (column + 0.5) * step_mm, g.distal_v + (row + 0.5) * step_mm};
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
