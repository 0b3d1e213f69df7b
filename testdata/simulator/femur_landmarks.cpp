#include "testdata/simulator/femur_landmarks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <vector>

#include "testdata/simulator/place_femur_mesh.h"
#include "testdata/simulator/truth.h"

namespace focalhip::simulator {
namespace {

constexpr int rays = 72;
constexpr double least_section_mm2 = 50.0;

double ray_angle(int n) { return 2.0 * std::numbers::pi * n / rays; }

// From a point inside to the wall, to 0.01 mm.
double exit_mm(const FemurModel& femur, Vec3 from, Vec3 direction, double limit_mm) {
  double low = 0.0;
  double high = limit_mm;
  for (double r = 0.0; r < limit_mm; r += 0.5) {
    if (femur.distance_femur_mm(from + r * direction) > 0.0) {
      high = r;
      break;
    }
    low = r;
  }
  for (int i = 0; i < 7; ++i) {
    const double middle = 0.5 * (low + high);
    (femur.distance_femur_mm(from + middle * direction) > 0.0 ? high : low) = middle;
  }
  return 0.5 * (low + high);
}

struct Section {
  double area_mm2 = 0.0;
  Vec3 middle;
};

// The section across a direction, seen from a point inside.
Section section_at(const FemurModel& femur, Vec3 from, Vec3 u, Vec3 v) {
  Section section;
  Vec3 moment;
  for (int n = 0; n < rays; ++n) {
    const Vec3 direction = std::cos(ray_angle(n)) * u + std::sin(ray_angle(n)) * v;
    const double r = exit_mm(femur, from, direction, 60.0);
    const double wedge = std::numbers::pi / rays * r * r;
    section.area_mm2 += wedge;
    moment = moment + (2.0 / 3.0 * r * wedge) * direction;
  }
  if (section.area_mm2 < least_section_mm2) return {.area_mm2 = 1e9, .middle = from};  // outside the bone
  section.middle = from + (1.0 / section.area_mm2) * moment;
  return section;
}

FemurShape::Sphere head_of(const FemurModel& femur) {
  constexpr int head_rays = 1500;
  const FemurShape& shape = femur.shape();
  const Vec3 neck = shape.neck_direction();
  const Vec3 superior = shape.neck_superior();
  const Vec3 forward = cross(neck, superior);
  const Vec3 fovea = normalised(neck + Vec3{-0.35, -0.15, -0.30});
  std::vector<Vec3> points;
  for (int n = 0; n < head_rays; ++n) {
    const double cosine = 1.0 - (n + 0.5) / head_rays * (1.0 - std::cos(100.0 * degree));
    const double sine = std::sqrt(1.0 - cosine * cosine);
    const double turn = 2.399963229728653 * n;
    const Vec3 direction = cosine * neck + sine * std::cos(turn) * superior + sine * std::sin(turn) * forward;
    if (dot(direction, fovea) > std::cos(30.0 * degree)) continue;
    points.push_back(shape.head_centre_mm() +
                     exit_mm(femur, shape.head_centre_mm(), direction, 60.0) * direction);
  }
  const Ball ball = fitted_ball(points, {shape.head_centre_mm(), shape.parameters().head_radius_mm}, 2.0);
  return {ball.centre, ball.radius_mm};
}

// Direction of most spread of the points, least squares through their mean, by power iteration.
AxisLine line_through(const std::vector<Vec3>& points, Vec3 along) {
  Vec3 mean;
  for (const Vec3 p : points) mean = mean + (1.0 / static_cast<double>(points.size())) * p;
  for (int i = 0; i < 50; ++i) {
    Vec3 next;
    for (const Vec3 p : points) next = next + dot(p - mean, along) * (p - mean);
    along = normalised(next);
  }
  return {mean, along};
}

// Least squares line through the centroids of the neck's sections as long as they are hardly larger than the
// narrowest (1.15 of its area) and through the head's centre as one more point (analysis/METHODS.md, frame).
AxisLine neck_of(const FemurModel& femur, const FemurShape::Sphere& head) {
  constexpr double hardly_larger = 1.15;
  const double length_mm = femur.shape().parameters().neck_length_mm;
  AxisLine neck{head.centre, femur.shape().neck_direction()};
  for (int pass = 0; pass < 8; ++pass) {
    const Vec3 u = normalised(cross(neck.direction, {0.0, 1.0, 0.0}));
    const Vec3 v = cross(neck.direction, u);
    const Vec3 start = neck.point + dot(head.centre - neck.point, neck.direction) * neck.direction;
    std::vector<Section> sections;
    for (double from_head = 0.5 * head.radius_mm; from_head < 0.95 * length_mm; from_head += 0.5) {
      sections.push_back(section_at(femur, start - from_head * neck.direction, u, v));
    }
    const auto smaller = [](const Section& a, const Section& b) { return a.area_mm2 < b.area_mm2; };
    const auto narrowest = std::min_element(sections.begin(), sections.end(), smaller);
    const double limit_mm2 = hardly_larger * narrowest->area_mm2;
    std::vector<Vec3> points{head.centre, narrowest->middle};
    for (auto s = narrowest; s != sections.begin() && std::prev(s)->area_mm2 < limit_mm2; --s) {
      points.push_back(std::prev(s)->middle);
    }
    for (auto s = std::next(narrowest); s != sections.end() && s->area_mm2 < limit_mm2; ++s) {
      points.push_back(s->middle);
    }
    const AxisLine line = line_through(points, neck.direction);
    neck = {line.point, normalised(neck.direction + line.direction)};
  }
  return neck;
}

// Least squares in x and y against z.
AxisLine shaft_of(const FemurModel& femur, double level_z_mm) {
  double n = 0.0;
  double sz = 0.0;
  double szz = 0.0;
  Vec3 s;
  Vec3 sp;
  for (double below = 10.0; below <= 40.0; below += 1.0) {
    const double z = level_z_mm - below;
    const Vec3 centre = femur.shape().shaft_centre_mm(z);
    const Section first = section_at(femur, centre, {1.0, 0.0, 0.0}, {0.0, 1.0, 0.0});
    const Vec3 p =
        section_at(femur, {first.middle.x, first.middle.y, z}, {1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}).middle;
    n += 1.0;
    sz += z;
    szz += z * z;
    s = s + p;
    sp = sp + z * p;
  }
  const double det = n * szz - sz * sz;
  const Vec3 slope = (1.0 / det) * (n * sp - sz * s);
  const Vec3 mean = (1.0 / n) * s;
  return {{mean.x, mean.y, sz / n}, normalised({slope.x, slope.y, 1.0})};
}

// The wall round the shaft's axis at one height along it; angle 0 medial, 90 degrees posterior.
using Outline = std::array<double, rays>;
class ShaftOutlines {
 public:
  ShaftOutlines(const FemurModel& femur, const AxisLine& shaft, Vec3 neck_direction)
      : femur_(femur), shaft_(shaft) {
    const Vec3 anterior = normalised(cross(neck_direction, shaft.direction));
    medial_ = -1.0 * cross(anterior, shaft.direction);
    posterior_ = -1.0 * anterior;
  }
  [[nodiscard]] Vec3 direction(int n) const {
    return std::cos(ray_angle(n)) * medial_ + std::sin(ray_angle(n)) * posterior_;
  }
  [[nodiscard]] Vec3 on_axis(double z) const {
    return shaft_.point + ((z - shaft_.point.z) / shaft_.direction.z) * shaft_.direction;
  }
  [[nodiscard]] Outline at(double z) const {
    Outline outline{};
    for (int n = 0; n < rays; ++n) {
      outline[static_cast<std::size_t>(n)] = exit_mm(femur_, on_axis(z), direction(n), 60.0);
    }
    return outline;
  }

 private:
  const FemurModel& femur_;
  AxisLine shaft_;
  Vec3 medial_;
  Vec3 posterior_;
};

bool is_lesser(double angle) { return angle > 24.0 * degree && angle < 101.0 * degree; }
bool is_plain(double angle) { return angle > 129.0 * degree && angle < 346.0 * degree; }

// Shift and widening of the outline, by the directions away from the trochanter: c + x cos + y sin.
std::array<double, 3> shift_and_widening(const Outline& growth) {
  // Normal equations, solved by Cramer's rule.
  std::array<std::array<double, 3>, 3> m{};
  std::array<double, 3> right{};
  for (int n = 0; n < rays; ++n) {
    if (!is_plain(ray_angle(n))) continue;
    const std::array<double, 3> row{1.0, std::cos(ray_angle(n)), std::sin(ray_angle(n))};
    for (std::size_t i = 0; i < 3; ++i) {
      right[i] += row[i] * growth[static_cast<std::size_t>(n)];
      for (std::size_t j = 0; j < 3; ++j) m[i][j] += row[i] * row[j];
    }
  }
  const auto det = [](const std::array<std::array<double, 3>, 3>& a) {
    return dot({a[0][0], a[0][1], a[0][2]}, cross({a[1][0], a[1][1], a[1][2]}, {a[2][0], a[2][1], a[2][2]}));
  };
  std::array<double, 3> solved{};
  for (std::size_t k = 0; k < 3; ++k) {
    auto with = m;
    for (std::size_t i = 0; i < 3; ++i) with[i][k] = right[i];
    solved[k] = det(with) / det(m);
  }
  return solved;
}

struct Protrusion {
  double height_mm = -1e9;
  Vec3 point;
};
Protrusion protrusion_at(const ShaftOutlines& outlines, double z, const Outline& base) {
  const Outline here = outlines.at(z);
  Outline growth{};
  for (std::size_t i = 0; i < growth.size(); ++i) growth[i] = here[i] - base[i];
  const std::array<double, 3> shaft = shift_and_widening(growth);
  Protrusion most;
  for (int n = 0; n < rays; ++n) {
    if (!is_lesser(ray_angle(n))) continue;
    const auto i = static_cast<std::size_t>(n);
    const double height =
        growth[i] - shaft[0] - shaft[1] * std::cos(ray_angle(n)) - shaft[2] * std::sin(ray_angle(n));
    if (height > most.height_mm) most = {height, outlines.on_axis(z) + here[i] * outlines.direction(n)};
  }
  return most;
}

// The reference outline: the mean of the 8 mm that begin 12 mm below the border.
Outline outline_below(const ShaftOutlines& outlines, double border_z) {
  Outline base{};
  for (double below = 12.0; below <= 20.0; below += 1.0) {
    const Outline here = outlines.at(border_z - below);
    for (std::size_t i = 0; i < base.size(); ++i) base[i] += here[i] / 9.0;
  }
  return base;
}

// What stands out over the shaft between medial and posterior: its tip, and the level where less than 1 mm is
// left. The shaft's axis and its outline are taken below that level, so a few passes.
LesserTrochanter lesser_of(const FemurModel& femur, Vec3 neck_direction) {
  constexpr double step_mm = 0.5;
  constexpr double end_of_protrusion_mm = 1.0;
  constexpr int passes = 5;
  const double level = femur.shape().lesser_tip_centre_mm().z;
  LesserTrochanter lesser;
  lesser.distal_z_mm = level - 12.0;
  for (int pass = 0; pass < passes; ++pass) {
    const ShaftOutlines outlines(femur, shaft_of(femur, lesser.distal_z_mm), neck_direction);
    const Outline base = outline_below(outlines, lesser.distal_z_mm);
    double highest = -1e9;
    double tip_z = level;
    for (double z = level + 10.0; z > level - 12.0; z -= step_mm) {
      const Protrusion here = protrusion_at(outlines, z, base);
      if (here.height_mm <= highest) continue;
      highest = here.height_mm;
      lesser.tip = here.point;
      tip_z = z;
    }
    double z = tip_z;
    double above = highest;
    double here = highest;
    while (here >= end_of_protrusion_mm && z > level - 40.0) {
      above = here;
      z -= step_mm;
      here = protrusion_at(outlines, z, base).height_mm;
    }
    lesser.distal_z_mm = above > here ? z + step_mm * (end_of_protrusion_mm - here) / (above - here) : z;
  }
  return lesser;
}

double from_shaft_mm(const AxisLine& neck, const AxisLine& shaft, Vec3 head) {
  const double b = dot(neck.direction, shaft.direction);
  const Vec3 w = neck.point - shaft.point;
  const double along = (b * dot(shaft.direction, w) - dot(neck.direction, w)) / (1.0 - b * b);
  return length(head - (neck.point + along * neck.direction));
}

}  // namespace

FemurLandmarks measured_landmarks(const FemurModel& femur) {
  FemurLandmarks marks;
  marks.head = head_of(femur);
  marks.head_circle = marks.head;
  marks.neck = neck_of(femur, marks.head);
  marks.lesser = lesser_of(femur, marks.neck.direction);
  marks.shaft = shaft_of(femur, marks.lesser.distal_z_mm);
  marks.neck_length_mm = from_shaft_mm(marks.neck, marks.shaft, marks.head.centre);
  return marks;
}

FemurLandmarks find_landmarks(const FemurModel& femur) {
  return femur.shape().parameters().surface ? measured_landmarks(femur)
                                            : closed_form_landmarks(femur.shape());
}

FemurLandmarks closed_form_landmarks(const FemurShape& shape) {
  FemurLandmarks marks;
  marks.head = shape.best_head_sphere();
  marks.head_circle = {shape.head_centre_mm(), shape.parameters().head_radius_mm};
  marks.neck = {Vec3{}, shape.neck_direction()};
  marks.neck_length_mm = shape.parameters().neck_length_mm;
  marks.lesser = find_lesser_trochanter(shape);
  marks.shaft = shaft_axis_below(shape, marks.lesser.distal_z_mm);
  return marks;
}

}  // namespace focalhip::simulator
