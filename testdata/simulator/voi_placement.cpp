#include "testdata/simulator/voi_placement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace focalhip::simulator {
namespace {

constexpr double neck_band_mm = 15.0;
constexpr double least_neck_band_mm = 10.0;
constexpr double below_lesser_mm = 10.0;

VoiGeometry frame_of(const FemurLandmarks& marks) {
  const AxisLine& shaft = marks.shaft;
  VoiGeometry g;
  const Vec3 neck = marks.neck.direction;
  g.axis_cranial = shaft.direction;
  g.axis_anterior = normalised(cross(neck, shaft.direction));
  g.axis_lateral = cross(g.axis_anterior, g.axis_cranial);
  // Nearest point of the neck axis to the shaft axis.
  const double b = dot(neck, shaft.direction);
  const Vec3 w = marks.neck.point - shaft.point;
  const double along_neck = (b * dot(shaft.direction, w) - dot(neck, w)) / (1.0 - b * b);
  g.origin = marks.neck.point + along_neck * neck;
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
    double low = r - projection_step_mm;
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
    while (std::hypot(q.u - last.u, q.v - last.v) >= projection_step_mm) {
      const double share = projection_step_mm / std::hypot(q.u - last.u, q.v - last.v);
      last = {last.u + share * (q.u - last.u), last.v + share * (q.v - last.v)};
      contour.push_back(last);
    }
  }
  return contour;
}

std::vector<Point2> smoothed(const std::vector<Point2>& line, double sigma_mm) {
  const int reach = static_cast<int>(3.0 * sigma_mm / projection_step_mm);
  std::vector<Point2> result(line.size());
  for (int i = 0; i < static_cast<int>(line.size()); ++i) {
    double total = 0.0;
    Point2 sum;
    for (int j = -reach; j <= reach; ++j) {
      const auto from = static_cast<std::size_t>(std::clamp(i + j, 0, static_cast<int>(line.size()) - 1));
      const double weight = std::exp(-0.5 * std::pow(j * projection_step_mm / sigma_mm, 2));
      sum.u += weight * line[from].u;
      sum.v += weight * line[from].v;
      total += weight;
    }
    result[static_cast<std::size_t>(i)] = {sum.u / total, sum.v / total};
  }
  return result;
}

// The concavity of the superior contour nearest to the greater trochanter that is at least 0.6 as deep as the
// deepest on the trochanter's half of the neck: real necks may have a second one below the head.
Point2 find_notch(const Silhouette& seen, double neck_length_mm) {
  const std::vector<Point2> line = smoothed(superior_contour(seen), 2.0);
  const std::size_t span = 4;  // 2 mm on either side
  std::vector<double> turns(line.size(), 0.0);
  for (std::size_t i = span; i + span < line.size(); ++i) {
    const double along = line[i].u * seen.g.neck_u + line[i].v * seen.g.neck_v;
    if (along > 0.55 * neck_length_mm) continue;
    const Point2 before{line[i].u - line[i - span].u, line[i].v - line[i - span].v};
    const Point2 after{line[i + span].u - line[i].u, line[i + span].v - line[i].v};
    // Seen clockwise, a turn to the left is a hollow.
    turns[i] = std::atan2(before.u * after.v - before.v * after.u, before.u * after.u + before.v * after.v);
  }
  const double deep = 0.6 * *std::max_element(turns.begin(), turns.end());
  Point2 notch;
  // Deepest point of the last stretch that is deep enough.
  double most = 0.0;
  for (std::size_t i = turns.size(); i-- > 0;) {
    if (turns[i] >= deep && turns[i] > most) {
      most = turns[i];
      notch = line[i];
    } else if (most > 0.0 && turns[i] < deep) {
      break;
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
    for (double r = exit; r < 60.0; r += projection_step_mm) {
      if (seen.depth({from.u + r * direction.u, from.v + r * direction.v}) < 0.0)
        area += projection_step_mm * projection_step_mm;
    }
  }
  return area;
}

void place_neck_band(const Silhouette& seen, const FemurLandmarks& marks, VoiGeometry& g) {
  const Point2 notch = find_notch(seen, marks.neck_length_mm);
  g.notch_u = notch.u;
  g.notch_v = notch.v;
  const double at_notch = notch.u * g.neck_u + notch.v * g.neck_v;
  const Vec3 head = marks.head_circle.centre - g.origin;
  const double head_along = dot(head, g.axis_lateral) * g.neck_u + dot(head, g.axis_cranial) * g.neck_v;
  const double limit = head_along - (marks.head_circle.radius_mm + 2.0);
  // Towards the head until less than 1 mm2 of trochanter is left in the band, but only as far as 10 mm of
  // band still fit beside the head.
  double clear = at_notch;
  double inside = 0.0;
  for (double along = at_notch + neck_band_mm; along > at_notch - 1e-9; along -= projection_step_mm) {
    inside += trochanter_area_mm2(seen, along);
    if (inside > 1.0) {
      clear = along + projection_step_mm;
      break;
    }
  }
  g.neck_lateral_mm = std::max(at_notch, std::min(clear, limit - least_neck_band_mm));
  g.neck_medial_mm =
      std::max(std::min(g.neck_lateral_mm + neck_band_mm, limit), g.neck_lateral_mm + least_neck_band_mm);
  // The neck's own upper contour; bone beyond it is the overhanging trochanter.
  const Point2 across = across_neck(g);
  for (double along = g.neck_lateral_mm; along <= g.neck_medial_mm + projection_step_mm;
       along += projection_step_mm) {
    g.neck_top_mm.push_back(seen.first_exit_mm({along * g.neck_u, along * g.neck_v}, across, 60.0));
  }
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
  while (v < 60.0 && half_width(v) <= 1.10 * shaft) v += projection_step_mm;
  g.line_lateral_u = half_width(v);
  g.line_lateral_v = v;
}

}  // namespace

Vec3 Silhouette::femur_point(Point2 q, double w_mm) const {
  return g.origin + q.u * g.axis_lateral + q.v * g.axis_cranial + w_mm * g.axis_anterior;
}

double Silhouette::depth(Point2 q) const {
  double least = std::numeric_limits<double>::max();
  for (double w = ray_low_mm; w <= ray_high_mm; w += 1.0) {
    least = std::min(least, femur.distance_femur_mm(femur_point(q, w)));
  }
  return least;
}

double Silhouette::first_exit_mm(Point2 from, Point2 direction, double limit_mm) const {
  for (double r = 0.0; r < limit_mm; r += projection_step_mm) {
    if (depth({from.u + r * direction.u, from.v + r * direction.v}) > 0.0) return r;
  }
  return limit_mm;
}

VoiGeometry place_regions(const FemurModel& femur, const FemurLandmarks& marks) {
  VoiGeometry g = frame_of(marks);
  const AxisLine& shaft_axis = marks.shaft;
  const Silhouette seen{femur, g};
  const Vec3 lesser_distal =
      shaft_axis.point +
      ((marks.lesser.distal_z_mm - shaft_axis.point.z) / shaft_axis.direction.z) * shaft_axis.direction;
  g.distal_v = dot(lesser_distal - g.origin, g.axis_cranial) - below_lesser_mm;
  place_neck_band(seen, marks, g);
  place_trochanter_line(seen, g.distal_v, g);
  return g;
}

}  // namespace focalhip::simulator
