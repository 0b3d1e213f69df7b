#include "testdata/simulator/implant_model.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/counter_random.h"
#include "testdata/simulator/implicit_shapes.h"

namespace focalhip::simulator {
namespace {

constexpr double nail_radius_mm = 5.5;
constexpr double screw_radius_mm = 4.5;
constexpr double streak_height_hu = 260.0;
constexpr double streak_length_mm = 70.0;
constexpr double bands = 7.0;
constexpr double streak_turn_per_mm = 0.15;
constexpr std::uint64_t stream_implant = 90;

}  // namespace

Implant draw_implant(std::uint64_t seed, bool right) {
  RandomStream random(seed, stream_implant);
  const auto kind = static_cast<ImplantKind>(static_cast<int>(5.0 * random.uniform()));
  return {kind, right, random.uniform(0.9, 1.1)};
}

ImplantModel::ImplantModel(Implants nails,
                           const std::vector<Implant>& implants,
                           const FemurModel& right,
                           const FemurModel& left,
                           const BodyModel& body) {
  if (nails == Implants::right || nails == Implants::both) add_nail(right, 1.0);
  if (nails == Implants::left || nails == Implants::both) add_nail(left, 1.0);
  for (const Implant& implant : implants) {
    if (implant.right) add(implant, right, left, body);
    if (!implant.right) add(implant, left, right, body);
  }
}

void ImplantModel::add(const Implant& implant,
                       const FemurModel& femur,
                       const FemurModel& other,
                       const BodyModel& body) {
  const Vec3 head = femur.shape().parameters().head_centre_patient_mm;
  const Vec3 middle = 0.5 * (head + other.shape().parameters().head_centre_patient_mm);
  const double lateral = femur.side() == Side::right ? -1.0 : 1.0;
  switch (implant.kind) {
    case ImplantKind::nail:
      return add_nail(femur, implant.size);
    case ImplantKind::total_hip:
      return add_stem(femur, implant.size, true);
    case ImplantKind::hemiarthroplasty:
      return add_stem(femur, implant.size, false);
    case ImplantKind::cannulated_screws:
      return add_screws(femur, implant.size);
    case ImplantKind::hip_screw:
      return add_plate(femur, implant.size);
    case ImplantKind::sacral_screw:
      // Through the sacroiliac joint into the sacrum.
      return add_cylinder(middle + Vec3{lateral * 62.0, 72.0, 50.0},
                          middle + Vec3{lateral * 4.0, 82.0, 54.0},
                          3.5 * implant.size);
    case ImplantKind::buttock_snap: {
      // On the skin of the back pocket.
      Vec3 snap = middle + Vec3{lateral * 60.0, 60.0, 10.0};
      while (body.skin_distance_mm(snap) < 0.5 && snap.y < body.high_mm().y) snap.y += 0.25;
      return add_cylinder(snap, snap + Vec3{0.0, 4.0, 0.0}, 6.5 * implant.size);
    }
  }
}

void ImplantModel::add_cylinder(Vec3 from, Vec3 to, double radius_mm, double bore_mm) {
  Solid solid;
  solid.from = from;
  solid.to = to;
  solid.radius_mm = solid.end_radius_mm = radius_mm;
  solid.bore_mm = bore_mm;
  solids_.push_back(solid);
}

void ImplantModel::add_nail(const FemurModel& femur, double size) {
  const FemurShape& shape = femur.shape();
  const auto patient = [&](Vec3 p) { return femur.pose().patient_from_femur(p); };
  const double top = shape.parameters().trochanter_height_mm - 8.0;
  add_cylinder(patient({0.0, 0.0, -120.0}), patient({4.0, 0.0, top}), size * nail_radius_mm);
  const Vec3 head_end = shape.head_centre_mm() + 6.0 * shape.neck_direction();
  add_cylinder(patient(-22.0 * shape.neck_direction()), patient(head_end), size * screw_radius_mm);
}

// A tapered stem, a neck of 6.5 mm and a ball; a total hip has a metal shell round a liner of polyethylene.
void ImplantModel::add_stem(const FemurModel& femur, double size, bool total) {
  const FemurShape& shape = femur.shape();
  const double head_radius = shape.parameters().head_radius_mm;
  const auto patient = [&](Vec3 p) { return femur.pose().patient_from_femur(p); };
  const Vec3 ball = patient(shape.head_centre_mm());
  const Vec3 neck = shape.neck_direction();
  const auto rounded = [](Vec3 from, Vec3 to, double r0, double r1) {
    Solid solid;
    solid.from = from;
    solid.to = to;
    solid.radius_mm = r0;
    solid.end_radius_mm = r1;
    solid.rounded = true;
    return solid;
  };
  const double shaft = shape.parameters().shaft_radius_mm - shape.parameters().shaft_cortex_mm;
  solids_.push_back(rounded(
      patient({0.0, 0.0, -130.0}), patient({0.0, 0.0, -30.0}), size * 0.55 * shaft, size * 0.80 * shaft));
  solids_.push_back(
      rounded(patient({0.0, 0.0, -30.0}), patient(12.0 * neck), size * 0.80 * shaft, size * 8.0));
  solids_.push_back(rounded(patient(12.0 * neck), ball, size * 8.0, size * 6.0));
  const double ball_radius = total ? size * 16.0 : head_radius;
  solids_.push_back(rounded(ball, ball, ball_radius, ball_radius));
  // Bone of head and neck down to 12 mm above the lesser trochanter's neck base is gone.
  const Vec3 cut = 16.0 * neck;
  Solid gone = rounded(ball, ball, head_radius + 2.0, head_radius + 2.0);
  resected_.push_back(gone);
  gone = rounded(patient(cut), ball, head_radius * 0.95, head_radius);
  gone.rounded = false;
  resected_.push_back(gone);
  if (!total) return;
  Solid shell = rounded(ball, ball, head_radius + 5.0, head_radius + 5.0);
  shell.bore_mm = head_radius + 1.5;
  const double lateral = femur.side() == Side::right ? -1.0 : 1.0;
  shell.open_towards = normalised({lateral * 0.68, -0.25, -0.70});
  solids_.push_back(shell);
}

void ImplantModel::add_screws(const FemurModel& femur, double size) {
  const FemurShape& shape = femur.shape();
  const Vec3 neck = shape.neck_direction();
  const Vec3 up = shape.neck_superior();
  const Vec3 forward{0.0, 1.0, 0.0};
  const Vec3 end = shape.head_centre_mm() + 0.55 * shape.parameters().head_radius_mm * neck;
  const double spread = 0.42 * shape.parameters().neck_radius_si_mm;
  for (const Vec3 aside :
       {-1.0 * spread * up, 0.6 * spread * up + spread * forward, 0.6 * spread * up + -spread * forward}) {
    const Vec3 from = -24.0 * neck + aside;
    add_cylinder(femur.pose().patient_from_femur(from),
                 femur.pose().patient_from_femur(end + aside),
                 size * 3.25,
                 1.2);
  }
}

void ImplantModel::add_plate(const FemurModel& femur, double size) {
  const FemurShape& shape = femur.shape();
  const FemurParameters& f = shape.parameters();
  const auto patient = [&](Vec3 p) { return femur.pose().patient_from_femur(p); };
  const Vec3 neck = shape.neck_direction();
  const double side = f.shaft_radius_mm + 3.0;
  add_cylinder(
      patient(-1.0 * (side / -neck.x) * neck), patient(shape.head_centre_mm() + 9.0 * neck), size * 5.0);
  const double top = -(side / -neck.x) * neck.z;
  // The plate as five rods side by side: 16 mm wide, 5 mm thick.
  for (int i = -2; i <= 2; ++i) {
    const double y = 3.0 * i;
    add_cylinder(patient({side, y, top + 10.0}), patient({side, y, top - 75.0}), size * 2.6);
    solids_.back().streaks = 0.25;
  }
  for (int i = 0; i < 3; ++i) {
    const double z = top - 25.0 - 18.0 * i;
    add_cylinder(patient({side, 0.0, z}), patient({-f.shaft_radius_mm - 2.0, 0.0, z}), size * 2.25);
  }
}

double ImplantModel::solid_distance(const Solid& s, Vec3 p) {
  const Vec3 axis = s.to - s.from;
  const double squared = dot(axis, axis);
  double d = 0.0;
  if (squared < 1e-9) {
    d = sphere_distance(p, s.from, s.radius_mm);
    if (s.bore_mm > 0.0) d = std::max({d, s.bore_mm - length(p - s.from), dot(p - s.from, s.open_towards)});
    return d;
  }
  if (s.rounded) return cone_distance(p, s.from, s.to, s.radius_mm, s.end_radius_mm);
  const double along = dot(p - s.from, axis) / squared;
  const double here = length(p - (s.from + along * axis));
  const double radial = here - mix(s.radius_mm, s.end_radius_mm, std::clamp(along, 0.0, 1.0));
  const double beyond = std::sqrt(squared) * std::max(-along, along - 1.0);
  return std::max({radial, beyond, s.bore_mm > 0.0 ? s.bore_mm - here : -1e3});
}

double ImplantModel::distance_mm(Vec3 p) const {
  double nearest = 1e3;
  for (const Solid& s : solids_) nearest = std::min(nearest, solid_distance(s, p));
  return nearest;
}

double ImplantModel::resected_mm(Vec3 p) const {
  double nearest = 1e3;
  for (const Solid& s : resected_) nearest = std::min(nearest, solid_distance(s, p));
  return nearest;
}

double ImplantModel::streak_hu(Vec3 p) const {
  double sum = 0.0;
  for (const Solid& s : solids_) {
    // Where the solid crosses the plane; a screw that lies in the plane counts at its middle.
    const Vec3 axis = s.to - s.from;
    const double along = std::clamp(std::abs(axis.z) > 1.0 ? (p.z - s.from.z) / axis.z : 0.5, 0.0, 1.0);
    const Vec3 crossing = s.from + along * axis;
    const bool ball = dot(axis, axis) < 1e-9;
    // A ball is in every plane through it.
    const double above = std::max(0.0, std::abs(p.z - crossing.z) - (ball ? s.radius_mm : 0.0));
    if (above > 4.0) continue;
    const double dx = p.x - crossing.x;
    const double dy = p.y - crossing.y;
    const double r = std::hypot(dx, dy);
    const double radius = mix(s.radius_mm, s.end_radius_mm, along);
    if (r < radius) continue;
    const double angle = std::atan2(dy, dx);
    sum += s.streaks * streak_height_hu * (1.0 - 0.25 * above) * std::exp(-(r - radius) / streak_length_mm) *
           std::cos(bands * angle + streak_turn_per_mm * crossing.z);
  }
  return sum;
}

}  // namespace focalhip::simulator
