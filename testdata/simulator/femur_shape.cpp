#include "testdata/simulator/femur_shape.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/implicit_shapes.h"

namespace focalhip::simulator {

FemurShape::FemurShape(const FemurParameters& parameters)
    : parameters_(parameters), size_(parameters.head_radius_mm / 22.0) {
  const double angle = parameters_.neck_shaft_angle_rad;  // between the neck and the distal shaft
  neck_ = {-std::sin(angle), 0.0, -std::cos(angle)};
  superior_ = {-std::cos(angle), 0.0, std::sin(angle)};
  head_centre_ = parameters_.neck_length_mm * neck_ + parameters_.head_offset_mm;
  const double reach = 0.5 + 0.5 * parameters_.lesser_size;
  lesser_tip_ = {-13.0 * size_ * reach, -13.5 * size_ * reach, parameters_.lesser_level_mm};
}

Vec3 FemurShape::shaft_centre_mm(double z_mm) const {
  const double below = std::min(z_mm + 30.0, 0.0);
  return {0.0, 0.5 * below * below / parameters_.shaft_bow_radius_mm, z_mm};
}

double FemurShape::neck_distance(Vec3 p) const {
  const double along = dot(p, neck_);
  const double half = 0.5 * parameters_.neck_length_mm;
  // Narrowest a little medial of the middle, flaring to both ends.
  const double from_waist = (along - 1.06 * half) / half;
  const double flare = 1.0 + 0.10 * std::min(from_waist * from_waist, 1.5);
  const double semi_si = parameters_.neck_radius_si_mm * flare;
  const double semi_ap = parameters_.neck_radius_si_mm * parameters_.neck_ap_si_ratio * flare;
  const double radial = ellipse_distance(dot(p, superior_), p.y, semi_si, semi_ap);
  return smooth_max(radial, std::abs(along - half) - half, 6.0);
}

double FemurShape::shaft_distance(Vec3 p) const {
  const Vec3 centre = shaft_centre_mm(p.z);
  // The shaft widens into the metaphysis towards the origin.
  const double widening = 1.0 + 0.04 * smooth_step(-40.0 * size_, 0.0, p.z);
  const double semi = parameters_.shaft_radius_mm * widening;
  const double radial =
      ellipse_distance(p.x - centre.x, p.y - centre.y, semi, semi * parameters_.shaft_ap_ml_ratio);
  const double top = p.z - 10.0 * size_;
  return smooth_max(radial, top, 16.0 * size_);
}

double FemurShape::greater_trochanter_distance(Vec3 p) const {
  const double lateral = parameters_.trochanter_lateral_mm;
  const double behind = parameters_.trochanter_posterior_mm;
  const double tip_radius = 8.6 * size_;
  const double base_radius = 12.8 * size_;
  const Vec3 base{lateral - base_radius, -0.25 * behind, 10.5 * size_};
  const Vec3 tip{lateral - 1.50 * tip_radius, -behind, parameters_.trochanter_height_mm - tip_radius};
  const Vec3 flank{0.5 * size_, 0.0, -4.0 * size_};
  const double k = parameters_.blend_mm;
  const double upper = cone_distance(p, base, tip, base_radius, tip_radius);
  // The lateral flank slopes into the shaft.
  const double lower = cone_distance(p, base, flank, base_radius, 0.95 * parameters_.shaft_radius_mm);
  // Intertrochanteric crest: from the back of the greater to the lesser trochanter.
  const double crest = cone_distance(p,
                                     {0.35 * lateral, -behind - 3.5 * size_, 14.0 * size_},
                                     {-4.0 * size_, -10.5 * size_, 0.55 * parameters_.lesser_level_mm},
                                     6.0 * size_,
                                     5.5 * size_);
  return smooth_min(smooth_min(upper, lower, k), crest, 0.7 * k);
}

double FemurShape::lesser_trochanter_distance(Vec3 p) const {
  const double s = size_ * parameters_.lesser_size;
  const Vec3 base{-4.0 * size_, -5.0 * size_, lesser_tip_.z + 4.0};
  const Vec3 foot{-5.0 * size_, -5.5 * size_, lesser_tip_.z - 13.0 * size_};
  const double cone = cone_distance(p, base, lesser_tip_, 9.0 * s, 5.2 * s);
  // Its lower edge runs out on the shaft.
  return smooth_min(cone, cone_distance(p, lesser_tip_, foot, 5.2 * s, 6.5 * size_), 4.0);
}

double FemurShape::fovea_distance(Vec3 p) const {
  const Vec3 direction = normalised(neck_ + Vec3{-0.35, -0.15, -0.30});
  const double radius = 8.0 * size_;
  return sphere_distance(p, head_centre_ + (parameters_.head_radius_mm + radius - 2.2) * direction, radius);
}

double FemurShape::implicit_without_lesser(Vec3 p) const {
  const double k = parameters_.blend_mm;
  double d = smooth_min(shaft_distance(p), neck_distance(p), k);
  d = smooth_min(d, greater_trochanter_distance(p), 0.75 * k);
  d = smooth_min(d, sphere_distance(p, head_centre_, parameters_.head_radius_mm), 6.0);
  return smooth_max(d, -fovea_distance(p), 2.0);
}

double FemurShape::implicit(Vec3 p) const {
  return smooth_min(implicit_without_lesser(p), lesser_trochanter_distance(p), 0.8 * parameters_.blend_mm);
}

Vec3 FemurShape::gradient(Vec3 p) const {
  constexpr double h = 0.05;
  const double a = implicit(p + Vec3{h, -h, -h});
  const double b = implicit(p + Vec3{-h, -h, h});
  const double c = implicit(p + Vec3{-h, h, -h});
  const double d = implicit(p + Vec3{h, h, h});
  return (0.25 / h) * Vec3{a - b - c + d, -a - b + c + d, -a + b - c + d};
}

double FemurShape::distance_mm(Vec3 p) const {
  const double value = implicit(p);
  if (value > 6.0 || value < -14.0) return value;  // only its sign and size matter there
  // Walk to the surface along the gradient; the way made is the distance.
  Vec3 q = p;
  double remaining = value;
  for (int step = 0; step < 3; ++step) {
    const Vec3 g = gradient(q);
    const double g2 = std::max(dot(g, g), 0.05);
    q = q - (remaining / g2) * g;
    remaining = implicit(q);
    if (std::abs(remaining) < 0.02) break;
  }
  return std::copysign(length(p - q), value);
}

double FemurShape::defect_factor(Vec3 p, double share) const {
  double factor = 1.0;
  for (const FocalDefect& defect : parameters_.defects) {
    const double sigma = defect.fwhm_mm / 2.3548;
    factor *= 1.0 - share * defect.depth * gaussian(length(p - defect.centre_femur_mm), sigma);
  }
  return factor;
}

double FemurShape::cortex_mm(Vec3 p) const {
  const FemurParameters& f = parameters_;
  const double along = dot(p, neck_);
  const double across = dot(p, superior_);
  // Neck: thin above, thick below (calcar); the change follows the angle round the neck axis.
  const double angle_weight = smooth_step(-0.95, -0.15, across / std::max(std::hypot(across, p.y), 1.0));
  const double calcar =
      f.calcar_cortex_mm * mix(1.0, 0.50, smooth_step(0.05, 0.50, along / f.neck_length_mm));
  double thickness = mix(calcar, f.superior_neck_cortex_mm, angle_weight);
  // Towards the articular head.
  thickness = mix(thickness, f.head_cortex_mm, smooth_step(0.62, 0.92, along / f.neck_length_mm));
  // Greater trochanter: lateral and superior of the origin.
  const double lateral_weight =
      smooth_step(-4.0 * size_, 8.0 * size_, p.x) * smooth_step(-28.0 * size_, 4.0 * size_, p.z);
  thickness =
      mix(thickness, f.trochanter_cortex_mm, lateral_weight * smooth_step(-0.2, 0.3, 1.0 - along / 22.0));
  // Shaft: medial and lateral thicker than anterior; rising from the trochanters downwards.
  const double angle = std::atan2(p.y, p.x);
  const double shaft = f.shaft_cortex_mm * (1.0 + 0.10 * std::cos(2.0 * angle) - 0.05 * std::sin(angle));
  const double lateral = smooth_step(-6.0, 6.0, p.x);
  const double start = mix(-20.0, -16.0, lateral) * size_;
  thickness = mix(thickness, shaft, smooth_step(start, mix(-66.0, -72.0, lateral) * size_, p.z));
  // Lesser trochanter.
  const double at_lesser = gaussian(length(p - lesser_tip_), 8.0 * size_);
  thickness = mix(thickness, f.lesser_cortex_mm, std::min(1.0, 1.2 * at_lesser));
  return std::max(thickness * defect_factor(p, 1.0), 0.3);
}

double FemurShape::trabecular_mg_cm3(Vec3 p) const {
  const FemurParameters& f = parameters_;
  const double along = dot(p, neck_);
  const double across = dot(p, superior_);
  const double t = along / f.neck_length_mm;
  // What stands above pure marrow, by region.
  const double shaft_to_body = smooth_step(-46.0 * size_, -6.0 * size_, p.z);
  double bone = mix(6.0, 150.0, shaft_to_body);
  const double trochanter =
      smooth_step(-2.0 * size_, 20.0 * size_, p.x) * smooth_step(-18.0 * size_, 8.0 * size_, p.z);
  bone = mix(bone, 118.0, trochanter);
  const double neck = smooth_step(0.05, 0.45, t);
  bone = mix(bone, 215.0, neck);
  const double head = smooth_step(f.head_radius_mm + 4.0, f.head_radius_mm - 6.0, length(p - head_centre_));
  bone = mix(bone, 300.0, head);
  // Principal compressive group: from the calcar fanning to the top of the head.
  const Vec3 calcar{-12.0 * size_, 0.0, -10.0 * size_};
  const Vec3 crown = head_centre_ + f.head_radius_mm * Vec3{0.18, 0.0, 0.95};
  const Vec3 line = crown - calcar;
  const double s = std::clamp(dot(p - calcar, line) / dot(line, line), 0.0, 1.0);
  const Vec3 off = p - (calcar + s * line);
  const double width = mix(4.5, 11.0, s) * size_;
  bone += 95.0 * gaussian(std::hypot(off.x, off.z), width) * gaussian(p.y, 15.0 * size_) *
          smooth_step(0.0, 0.25, s);
  // Tensile arcade: below the lateral cortex over the top of the neck into the head.
  const Vec3 arc_centre{-26.0 * size_, 0.0, -16.0 * size_};
  const double radius = std::hypot(p.x - arc_centre.x, p.z - arc_centre.z);
  bone += 48.0 * gaussian(radius - 42.0 * size_, 5.5 * size_) * smooth_step(-14.0 * size_, 6.0 * size_, p.z);
  // Ward's triangle: nearly empty between the two.
  const Vec3 ward = 0.27 * f.neck_length_mm * neck_ + 2.0 * superior_;
  const Vec3 w = p - ward;
  const double ward_weight = gaussian(dot(w, neck_), 8.5 * size_) * gaussian(across - 2.0, 7.5 * size_) *
                             gaussian(p.y, 11.0 * size_);
  bone = mix(bone, 62.0, 0.92 * ward_weight);
  // Denser below the cortex of the metaphysis than in its middle.
  return f.marrow_fat_mg_cm3 + f.trabecular_scale * bone * defect_factor(p, 0.8);
}

}  // namespace focalhip::simulator
