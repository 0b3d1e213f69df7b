#include "testdata/simulator/phantom_model.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/implicit_shapes.h"

namespace focalhip::simulator {
namespace {

double share(double d, double width) { return std::clamp(0.5 - d / width, 0.0, 1.0); }

double holder_margin_mm(PhantomPlace place) {
  const bool upright = place == PhantomPlace::beside_right || place == PhantomPlace::beside_left;
  return upright ? 6.0 : 38.0;
}

PhantomSite turned(PhantomSite site, double angle_rad) {
  const double c = std::cos(angle_rad);
  const double s = std::sin(angle_rad);
  return {site.centre, c * site.row + s * site.away, c * site.away - s * site.row};
}

}  // namespace

PhantomModel::PhantomModel(const PhantomParameters& parameters,
                           const PhantomSite& site,
                           const Beam& beam,
                           int number)
    : parameters_(parameters), site_(turned(site, parameters.tilt_in_plane_rad)) {
  direction_ = normalised(Vec3{0.0, 0.0, 1.0} + std::tan(parameters_.tilt_along_rad) * site_.row +
                          std::tan(parameters_.tilt_out_rad) * site_.away);
  const std::vector<Rod>& certified = certified_rods(parameters_.type);
  const double middle = 0.5 * (static_cast<double>(certified.size()) - 1.0);
  const PhantomPlace place = number == 1 ? parameters_.place : *parameters_.second_place;
  half_width_mm_ = middle * parameters_.rod_pitch_mm + parameters_.rod_radius_mm + holder_margin_mm(place);
  for (std::size_t i = 0; i < certified.size(); ++i) {
    RodAxis axis;
    axis.rod = certified[i];
    axis.phantom = number;
    axis.hu = rod_hu(axis.rod, beam, parameters_.density_error);
    // The scanner's slope acts on the mineral and leaves the water beside it.
    const CalibrationTruth calibration = calibration_of(beam);
    axis.mineral_hu = (1.0 + parameters_.density_error) * calibration.sigma_hu_per_mg_cm3 *
                      (axis.rod.k2hpo4_mg_cm3 + axis.rod.ha_mg_cm3 / calibration.ha_per_k2hpo4);
    axis.radius_mm = parameters_.rod_radius_mm;
    const double place_mm =
        (parameters_.reversed ? -1.0 : 1.0) * (static_cast<double>(i) - middle) * parameters_.rod_pitch_mm;
    const double bow = parameters_.arc_mm * (1.0 - std::pow(place_mm / half_width_mm_, 2.0));
    axis.point_patient_mm = site_.centre + place_mm * site_.row + bow * site_.away;
    axis.direction = direction_;
    if (parameters_.low_end_mm) axis.low_z_mm = site_.centre.z + *parameters_.low_end_mm;
    if (parameters_.high_end_mm) axis.high_z_mm = site_.centre.z + *parameters_.high_end_mm;
    axis.absent = parameters_.absent_rods.count(axis.rod.name) > 0;
    axis.bubble = number == 1 && parameters_.bubble && parameters_.bubble->rod == axis.rod.name;
    rods_.push_back(axis);
  }
}

bool PhantomModel::near(Vec3 p) const {
  const Vec3 d = p - site_.centre;
  const Vec3 q = d - (d.z / direction_.z) * direction_;
  return std::abs(dot(q, site_.away)) < holder_half_height_mm + parameters_.arc_mm + 4.0 &&
         std::abs(dot(q, site_.row)) < half_width_mm_ + 4.0;
}

std::array<Vec3, 4> PhantomModel::outline_mm(double z) const {
  const Vec3 centre = site_.centre + ((z - site_.centre.z) / direction_.z) * direction_;
  const Vec3 u = half_width_mm_ * site_.row;
  const Vec3 v = (holder_half_height_mm + parameters_.arc_mm) * site_.away;
  return {centre - u - v, centre + u - v, centre - u + v, centre + u + v};
}

// Lies against the upper wall of the rod.
double PhantomModel::bubble_distance(Vec3 p, const RodAxis& axis) const {
  const Bubble& bubble = *parameters_.bubble;
  const Vec3 centre = axis.centre_mm(site_.centre.z + bubble.level_mm);
  const Vec3 up{0.0, -1.0, 0.0};
  const Vec3 d = p - (centre + (axis.radius_mm - bubble.radius_mm) * up);
  return ellipsoid_distance(d, {bubble.radius_mm, bubble.radius_mm, 0.5 * bubble.length_mm});
}

double PhantomModel::hu(Vec3 p, double value, double width, double slope_gain, double& edge_mm) const {
  const Vec3 d = p - site_.centre;
  const Vec3 q = d - (d.z / direction_.z) * direction_;
  const double u = dot(q, site_.row);
  const double bow = parameters_.arc_mm * (1.0 - std::pow(u / half_width_mm_, 2.0));
  const Vec3 local{u, dot(q, site_.away) - bow, 0.0};
  double holder = rounded_box_distance(local, {half_width_mm_, holder_half_height_mm, 1e4}, 8.0);
  const RodAxis& first = rods_.front();
  const double beyond_end = std::max(first.low_z_mm - p.z, p.z - first.high_z_mm);
  holder = std::max(holder, beyond_end);
  edge_mm = std::min(edge_mm, std::abs(holder));
  value = mix(value, parameters_.holder_hu, share(holder, width));
  if (holder > 2.0) return value;
  for (const RodAxis& axis : rods_) {
    if (axis.absent) continue;
    const Vec3 from_axis = p - axis.point_patient_mm;
    const double radial =
        length(from_axis - dot(from_axis, axis.direction) * axis.direction) - axis.radius_mm;
    if (radial > 3.0) continue;
    const double rod = std::max(radial, beyond_end);
    value = mix(value, axis.hu + slope_gain * axis.mineral_hu, share(rod, width));
    edge_mm = std::min(edge_mm, std::abs(rod));
    if (!axis.bubble) continue;
    const double air = bubble_distance(p, axis);
    value = mix(value, -1000.0, share(air, width));
    edge_mm = std::min(edge_mm, std::abs(air));
  }
  return value;
}

}  // namespace focalhip::simulator
