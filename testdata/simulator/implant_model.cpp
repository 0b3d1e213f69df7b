#include "testdata/simulator/implant_model.h"

#include <algorithm>
#include <cmath>

namespace focalhip::simulator {
namespace {

constexpr double nail_radius_mm = 5.5;
constexpr double screw_radius_mm = 4.5;
constexpr double streak_height_hu = 260.0;
constexpr double streak_length_mm = 70.0;
constexpr double bands = 7.0;

}  // namespace

ImplantModel::ImplantModel(Implants implants, const FemurModel& right, const FemurModel& left) {
  if (implants == Implants::right || implants == Implants::both) add(right);
  if (implants == Implants::left || implants == Implants::both) add(left);
}

void ImplantModel::add(const FemurModel& femur) {
  const FemurShape& shape = femur.shape();
  const auto patient = [&](Vec3 p) { return femur.pose().patient_from_femur(p); };
  const double top = shape.parameters().trochanter_height_mm - 8.0;
  cylinders_.push_back({patient({0.0, 0.0, -120.0}), patient({4.0, 0.0, top}), nail_radius_mm});
  const Vec3 head_end = shape.head_centre_mm() + 6.0 * shape.neck_direction();
  cylinders_.push_back({patient(-22.0 * shape.neck_direction()), patient(head_end), screw_radius_mm});
}

double ImplantModel::distance_mm(Vec3 p) const {
  double nearest = 1e3;
  for (const Cylinder& c : cylinders_) {
    const Vec3 axis = c.to - c.from;
    const double along = dot(p - c.from, axis) / dot(axis, axis);
    const double radial = length(p - (c.from + along * axis)) - c.radius_mm;
    const double beyond = length(axis) * std::max(-along, along - 1.0);
    nearest = std::min(nearest, std::max(radial, beyond));
  }
  return nearest;
}

double ImplantModel::streak_hu(Vec3 p) const {
  double sum = 0.0;
  for (const Cylinder& c : cylinders_) {
    // Where the cylinder crosses the plane; a screw that lies in the plane counts at its middle.
    const Vec3 axis = c.to - c.from;
    const double along = std::clamp(std::abs(axis.z) > 1.0 ? (p.z - c.from.z) / axis.z : 0.5, 0.0, 1.0);
    const Vec3 crossing = c.from + along * axis;
    const double above = std::abs(p.z - crossing.z);
    if (above > 4.0) continue;
    const double dx = p.x - crossing.x;
    const double dy = p.y - crossing.y;
    const double r = std::hypot(dx, dy);
    if (r < c.radius_mm) continue;
    const double angle = std::atan2(dy, dx);
    sum += streak_height_hu * (1.0 - 0.25 * above) * std::exp(-(r - c.radius_mm) / streak_length_mm) *
           std::cos(bands * angle + 0.9 * crossing.z);
  }
  return sum;
}

}  // namespace focalhip::simulator
