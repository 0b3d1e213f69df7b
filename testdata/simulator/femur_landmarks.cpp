#include "testdata/simulator/femur_landmarks.h"

#include <algorithm>
#include <array>
#include <cmath>
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

AxisLine neck_of(const FemurModel& femur, const FemurShape::Sphere& head) {
  const double length_mm = femur.shape().parameters().neck_length_mm;
  AxisLine neck{head.centre, femur.shape().neck_direction()};
  for (int pass = 0; pass < 6; ++pass) {
    const Vec3 u = normalised(cross(neck.direction, {0.0, 1.0, 0.0}));
    const Vec3 v = cross(neck.direction, u);
    Section narrowest{.area_mm2 = 1e9, .middle = {}};
    for (double from_head = 0.9 * head.radius_mm; from_head < 0.95 * length_mm; from_head += 0.5) {
      const Section here = section_at(femur, head.centre - from_head * neck.direction, u, v);
      if (here.area_mm2 < narrowest.area_mm2) narrowest = here;
    }
    neck.point = narrowest.middle;
    neck.direction = normalised(head.centre - narrowest.middle);
  }
  return neck;
}

// The shaft's wall round a vertical line, by level.
struct Outline {
  std::array<double, rays> radius_mm{};
};
Outline outline_at(const FemurModel& femur, Vec3 centre, double z) {
  Outline outline;
  for (int n = 0; n < rays; ++n) {
    const Vec3 direction{std::cos(ray_angle(n)), std::sin(ray_angle(n)), 0.0};
    outline.radius_mm[static_cast<std::size_t>(n)] = exit_mm(femur, {centre.x, centre.y, z}, direction, 60.0);
  }
  return outline;
}

bool is_lesser(double angle) {
  return angle > 195.0 * degree && angle < 265.0 * degree;
}  // medial 180, posterior 270
bool is_plain(double angle) { return angle < 120.0 * degree || angle > 330.0 * degree; }

struct Protrusion {
  double height_mm = -1e9;
  Vec3 point;
};
Protrusion protrusion_at(const FemurModel& femur, Vec3 centre, double z, const Outline& base) {
  const Outline here = outline_at(femur, centre, z);
  std::vector<double> common;
  for (int n = 0; n < rays; ++n) {
    const auto i = static_cast<std::size_t>(n);
    if (is_plain(ray_angle(n))) common.push_back(here.radius_mm[i] - base.radius_mm[i]);
  }
  const auto middle = common.begin() + static_cast<std::ptrdiff_t>(common.size() / 2);
  std::nth_element(common.begin(), middle, common.end());
  Protrusion most;
  for (int n = 0; n < rays; ++n) {
    const auto i = static_cast<std::size_t>(n);
    const double height = here.radius_mm[i] - base.radius_mm[i] - *middle;
    if (!is_lesser(ray_angle(n)) || height <= most.height_mm) continue;
    const Vec3 direction{std::cos(ray_angle(n)), std::sin(ray_angle(n)), 0.0};
    most = {height, Vec3{centre.x, centre.y, z} + here.radius_mm[i] * direction};
  }
  return most;
}

LesserTrochanter lesser_of(const FemurModel& femur) {
  constexpr double step_mm = 0.5;
  constexpr double end_of_protrusion_mm = 1.0;
  const double level = femur.shape().lesser_tip_centre_mm().z;
  const Vec3 axis = femur.shape().shaft_centre_mm(level - 30.0);
  const Section below = section_at(femur, {axis.x, axis.y, level - 30.0}, {1.0, 0.0, 0.0}, {0.0, 1.0, 0.0});
  const Outline base = outline_at(femur, below.middle, level - 30.0);
  LesserTrochanter lesser;
  double highest = -1e9;
  double tip_z = level;
  for (double z = level + 10.0; z > level - 12.0; z -= step_mm) {
    const Protrusion here = protrusion_at(femur, below.middle, z, base);
    if (here.height_mm <= highest) continue;
    highest = here.height_mm;
    lesser.tip = here.point;
    tip_z = z;
  }
  double z = tip_z;
  double above = highest;
  double here = highest;
  while (here >= end_of_protrusion_mm && z > level - 30.0) {
    above = here;
    z -= step_mm;
    here = protrusion_at(femur, below.middle, z, base).height_mm;
  }
  lesser.distal_z_mm = above > here ? z + step_mm * (end_of_protrusion_mm - here) / (above - here) : z;
  return lesser;
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
  marks.lesser = lesser_of(femur);
  marks.shaft = shaft_of(femur, marks.lesser.distal_z_mm);
  marks.neck_length_mm = from_shaft_mm(marks.neck, marks.shaft, marks.head.centre);
  return marks;
}

FemurLandmarks find_landmarks(const FemurModel& femur) {
  if (femur.shape().parameters().surface) return measured_landmarks(femur);
  const FemurShape& shape = femur.shape();
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
