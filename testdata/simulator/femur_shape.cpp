#include "testdata/simulator/femur_shape.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "testdata/simulator/implicit_shapes.h"

namespace focalhip::simulator {
namespace {

constexpr double hill_sigma_mm = 8.0;

// Least squares of the distances to the surface: for a centre the radius is the mean distance; the centre
// moves by three times the mean of the residual vectors (Gauss-Newton on a nearly whole sphere).
FemurShape::Sphere fitted_sphere(const std::vector<Vec3>& points, Vec3 start) {
  FemurShape::Sphere sphere{start, 0.0};
  const double count = static_cast<double>(points.size());
  for (int step = 0; step < 300; ++step) {
    double radius = 0.0;
    for (const Vec3 p : points) radius += length(p - sphere.centre) / count;
    Vec3 move;
    for (const Vec3 p : points) {
      const Vec3 d = p - sphere.centre;
      move = move + ((length(d) - radius) / count) * normalised(d);
    }
    sphere.radius_mm = radius;
    sphere.centre = sphere.centre + 2.0 * move;
    if (length(move) < 1e-9) break;
  }
  return sphere;
}

}  // namespace

FemurShape::FemurShape(const FemurParameters& parameters)
    : parameters_(parameters), size_(parameters.head_radius_mm / 22.0) {
  const double angle = parameters_.neck_shaft_angle_rad;  // between the neck and the distal shaft
  neck_ = {-std::sin(angle), 0.0, -std::cos(angle)};
  superior_ = {-std::cos(angle), 0.0, std::sin(angle)};
  head_centre_ = parameters_.neck_length_mm * neck_ + parameters_.head_offset_mm;
  const double reach = 0.5 + 0.5 * parameters_.lesser_size;
  arcade_ = normalised(head_centre_ + Vec3{12.0 * size_, 0.0, 28.0 * size_});
  const FemurRelief& r = parameters_.relief;
  const double out = 1.0 + r.lesser_out_mm / 18.74;
  const double c = std::cos(r.lesser_turn_rad);
  const double s = std::sin(r.lesser_turn_rad);
  const double medial = 13.0 * size_ * reach * out;
  const double back = 13.5 * size_ * reach * out;
  lesser_tip_ = {-(c * medial - s * back), -(c * back + s * medial), parameters_.lesser_level_mm};
  has_hills_ = std::any_of(r.hill_mm.begin(), r.hill_mm.end(), [](double h) { return h != 0.0; });
  hills_ = hill_places();
}

// Round the neck's base and waist (above, front, below, behind), round the greater trochanter, along the
// intertrochanteric line and crest, and round the metaphysis.
std::array<Vec3, 18> FemurShape::hill_places() const {
  const FemurParameters& f = parameters_;
  const Vec3 waist = 0.55 * f.neck_length_mm * neck_;
  const Vec3 base = 0.22 * f.neck_length_mm * neck_;
  const double neck = f.neck_radius_si_mm;
  const double shaft = f.shaft_radius_mm;
  const Vec3 front{0.0, 1.0, 0.0};
  const double side = f.trochanter_lateral_mm;
  const double top = f.trochanter_height_mm;
  const double z = size_;
  return {waist + neck * superior_,
          waist + 0.9 * neck * front,
          waist - neck * superior_,
          waist - 0.9 * neck * front,
          base + 1.2 * neck * superior_,
          base + neck * front,
          base - 1.2 * neck * superior_,
          base - neck * front,
          Vec3{side, 0.0, 4.0 * z},
          Vec3{0.6 * side, 12.0 * z, 14.0 * z},
          Vec3{0.7 * side, -16.0 * z, 14.0 * z},
          Vec3{0.5 * side, -4.0 * z, top},
          Vec3{side, -4.0 * z, 0.6 * top},
          Vec3{0.0, shaft, -10.0 * z},
          Vec3{shaft, 0.0, -20.0 * z},
          Vec3{-shaft, 2.0 * z, -24.0 * z},
          Vec3{4.0 * z, -shaft, -12.0 * z},
          Vec3{2.0 * z, -shaft, -34.0 * z}};
}

Vec3 FemurShape::shaft_centre_mm(double z_mm) const {
  const double below = std::min(z_mm + 30.0, 0.0);
  const double rise = smooth_step(-40.0 * size_, 0.0, z_mm);
  return {parameters_.relief.shaft_lateral_mm * size_ * rise,
          0.5 * below * below / parameters_.shaft_bow_radius_mm +
              parameters_.relief.shaft_forward_mm * size_ * rise,
          z_mm};
}

double FemurShape::neck_distance(Vec3 p) const {
  const FemurRelief& r = parameters_.relief;
  const double along = dot(p, neck_);
  const double half = 0.5 * parameters_.neck_length_mm;
  // Narrowest a little medial of the middle, flaring to both ends.
  const double from_waist = (along - 2.0 * r.neck_waist * half) / half;
  const double growth = from_waist < 0.0 ? r.neck_flare_base : r.neck_flare_head;
  const double flare = 1.0 + growth * std::min(from_waist * from_waist, 1.5);
  const double semi_si = parameters_.neck_radius_si_mm * flare;
  const double semi_ap = parameters_.neck_radius_si_mm * parameters_.neck_ap_si_ratio * flare;
  const double bend = gaussian((along - half) / half, 0.5) * size_;
  const double up = dot(p, superior_) - r.neck_up_mm * bend;
  const double forward = p.y - r.neck_forward_mm * bend;
  const double c = std::cos(r.neck_roll_rad);
  const double s = std::sin(r.neck_roll_rad);
  const double radial = ellipse_distance(c * up + s * forward, c * forward - s * up, semi_si, semi_ap);
  return smooth_max(radial, std::abs(along - half) - half, 6.0);
}

double FemurShape::shaft_distance(Vec3 p) const {
  const FemurRelief& r = parameters_.relief;
  const Vec3 centre = shaft_centre_mm(p.z);
  // The shaft widens into the metaphysis towards the origin.
  const double rise = smooth_step(-40.0 * size_, 0.0, p.z);
  const double semi = parameters_.shaft_radius_mm * (1.0 + r.shaft_flare * rise);
  const double semi_ap = parameters_.shaft_radius_mm * parameters_.shaft_ap_ml_ratio *
                         (1.0 + (r.shaft_flare + r.shaft_flare_ap) * rise);
  const double c = std::cos(r.shaft_roll_rad);
  const double s = std::sin(r.shaft_roll_rad);
  const double x = p.x - centre.x;
  const double y = p.y - centre.y;
  const double radial = ellipse_distance(c * x + s * y, c * y - s * x, semi, semi_ap);
  const double top = p.z - r.shaft_top_mm * size_;
  return smooth_max(radial, top, 16.0 * size_);
}

double FemurShape::greater_trochanter_distance(Vec3 p) const {
  const FemurRelief& r = parameters_.relief;
  const double lateral = parameters_.trochanter_lateral_mm;
  const double behind = parameters_.trochanter_posterior_mm;
  const double tip_radius = r.trochanter_tip_radius_mm * size_;
  const double base_radius = r.trochanter_base_radius_mm * size_;
  const Vec3 base{lateral - base_radius, r.trochanter_base_forward * behind, r.trochanter_base_up_mm * size_};
  const Vec3 tip{lateral - 1.50 * tip_radius - r.trochanter_overhang_mm * size_,
                 -behind,
                 parameters_.trochanter_height_mm - tip_radius};
  const Vec3 flank{0.5 * size_, 0.0, -4.0 * size_};
  const double k = parameters_.blend_mm;
  double upper = cone_distance(p, base, tip, base_radius, tip_radius);
  if (r.trochanter_front_mm > 0.0) {
    const Vec3 front = base + Vec3{0.0, r.trochanter_front_mm * size_, 6.0 * size_};
    upper = smooth_min(upper, cone_distance(p, base, front, base_radius, 0.75 * base_radius), k);
  }
  // The lateral flank slopes into the shaft.
  const double lower = cone_distance(p, base, flank, base_radius, 0.95 * parameters_.shaft_radius_mm);
  // Intertrochanteric crest: from the back of the greater to the lesser trochanter.
  const Vec3 shift{r.crest_lateral_mm * size_, -r.crest_back_mm * size_, 0.0};
  const double crest =
      cone_distance(p,
                    shift + Vec3{0.35 * lateral, -behind - 3.5 * size_, 14.0 * size_},
                    shift + Vec3{-4.0 * size_, -10.5 * size_, 0.55 * parameters_.lesser_level_mm},
                    6.0 * size_ + parameters_.crest_mm,
                    5.5 * size_ + 0.5 * parameters_.crest_mm);
  return smooth_min(smooth_min(upper, lower, k), crest, 0.7 * k);
}

double FemurShape::lesser_trochanter_distance(Vec3 p) const {
  const double s = size_ * parameters_.lesser_size;
  const Vec3 base{-4.0 * size_, -5.0 * size_, lesser_tip_.z + 4.0};
  const Vec3 foot{-5.0 * size_, -5.5 * size_, lesser_tip_.z - parameters_.relief.lesser_length_mm * size_};
  const double cone = cone_distance(p, base, lesser_tip_, 9.0 * s, 5.2 * s);
  // Its lower edge runs out on the shaft.
  return smooth_min(cone, cone_distance(p, lesser_tip_, foot, 5.2 * s, 6.5 * size_), 4.0);
}

// The hollow between the tip of the greater trochanter and the neck, open to the back.
double FemurShape::trochanteric_fossa_distance(Vec3 p) const {
  const double radius = 7.0 * size_;
  const Vec3 from{0.0, -parameters_.trochanter_posterior_mm, 21.0 * size_ + radius};
  const Vec3 place = from - parameters_.relief.trochanter_fossa_mm * size_ * Vec3{0.0, 0.0, 1.0};
  return cone_distance(p, place, place + Vec3{-4.0 * size_, -10.0 * size_, 2.0}, radius, radius);
}

// Height of the hills at a point.
double FemurShape::hills_mm(Vec3 p) const {
  double sum = 0.0;
  for (std::size_t i = 0; i < hills_.size(); ++i) {
    const double height = parameters_.relief.hill_mm[i];
    if (height == 0.0) continue;
    const Vec3 d = p - hills_[i];
    const double sigma = hill_sigma_mm * size_;
    const double square = dot(d, d) / (sigma * sigma);
    if (square < 16.0) sum += height * size_ * std::exp(-0.5 * square);
  }
  return sum;
}

double FemurShape::head_distance(Vec3 p) const {
  const double radius = parameters_.head_radius_mm;
  const double along = parameters_.head_along_neck;
  const double forward = parameters_.head_forward;
  const Vec3 d = p - head_centre_;
  return ellipsoid_distance(
      {dot(d, neck_), dot(d, superior_), d.y},
      {radius * (1.0 + along), radius * (1.0 - along - forward), radius * (1.0 + forward)});
}

// A low ridge behind the shaft, from below the lesser trochanter downwards.
double FemurShape::linea_aspera_distance(Vec3 p) const {
  const double top = parameters_.lesser_level_mm - 16.0 * size_;
  const double radius = 3.2;
  const double out =
      parameters_.shaft_radius_mm * parameters_.shaft_ap_ml_ratio + parameters_.linea_aspera_mm - radius;
  const double level = std::min(p.z, top);
  const Vec3 axis = shaft_centre_mm(level) + Vec3{1.5, -out, 0.0};
  return length(p - axis) - radius;
}

double FemurShape::fovea_distance(Vec3 p) const {
  const Vec3 direction = normalised(neck_ + Vec3{-0.35, -0.15, -0.30});
  const double radius = 8.0 * size_;
  return sphere_distance(p, head_centre_ + (parameters_.head_radius_mm + radius - 2.2) * direction, radius);
}

// An uneven collar where the articular surface ends.
double FemurShape::osteophyte_distance(Vec3 p) const {
  const double radius = parameters_.head_radius_mm;
  const Vec3 d = p - (head_centre_ - (0.60 * radius) * neck_);
  const double along = dot(d, neck_);
  const Vec3 across = d - along * neck_;
  const double angle = std::atan2(across.y, dot(across, superior_));
  const double uneven = 0.7 + 0.3 * std::cos(2.0 * angle + 0.8);
  return std::hypot(length(across) - 0.80 * radius, along) - parameters_.osteophyte_mm * uneven;
}

double FemurShape::implicit_without_lesser(Vec3 p) const {
  const double k = parameters_.blend_mm;
  double d = smooth_min(shaft_distance(p), neck_distance(p), k);
  d = smooth_min(d, greater_trochanter_distance(p), 0.75 * k);
  d = smooth_min(d, head_distance(p), 6.0);
  if (parameters_.linea_aspera_mm > 0.0) d = smooth_min(d, linea_aspera_distance(p), 4.0);
  if (parameters_.osteophyte_mm > 0.0) d = smooth_min(d, osteophyte_distance(p), 3.0);
  if (parameters_.relief.trochanter_fossa_mm > 0.0) d = smooth_max(d, -trochanteric_fossa_distance(p), 5.0);
  d = smooth_max(d, -fovea_distance(p), 2.0);
  return has_hills_ ? d - hills_mm(p) : d;
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
  // Waves some 8 mm long.
  const double wave = std::sin(0.75 * p.x + 0.3 * p.y) * std::sin(0.8 * p.z - 0.35 * p.x) +
                      0.5 * std::sin(0.9 * p.y + 0.4 * p.z);
  thickness *= 1.0 + 0.67 * f.endosteal_waviness * wave;
  return std::max(thickness * defect_factor(p, 1.0), 0.3);
}

double FemurShape::transition_mm(Vec3 p) const {
  const double low = parameters_.transition_low_mm;
  const double high = parameters_.transition_high_mm;
  if (high <= 0.0) return 0.0;
  return mix(low, high, 0.5 + 0.5 * std::sin(0.21 * p.x + 0.17 * p.y + 0.13 * p.z));
}

Vec3 FemurShape::texture_point(Vec3 p) const {
  const double shortened = 1.0 - 1.0 / parameters_.texture_anisotropy;
  return p - shortened * dot(p, arcade_) * arcade_;
}

FemurShape::Sphere FemurShape::best_head_sphere() const {
  // Surface points along rays from the ellipsoid's centre, evenly over the articular part: up to 100 deg from
  // the neck's direction, without the fovea.
  constexpr int rays = 1500;
  const Vec3 fovea = normalised(neck_ + Vec3{-0.35, -0.15, -0.30});
  const Vec3 forward{0.0, 1.0, 0.0};
  std::vector<Vec3> points;
  for (int n = 0; n < rays; ++n) {
    const double cosine = 1.0 - (n + 0.5) / rays * (1.0 - std::cos(100.0 * degree));
    const double sine = std::sqrt(1.0 - cosine * cosine);
    const double turn = 2.399963229728653 * n;  // golden angle
    const Vec3 direction =
        cosine * neck_ + sine * std::cos(turn) * superior_ + sine * std::sin(turn) * forward;
    if (dot(direction, fovea) > std::cos(30.0 * degree)) continue;
    double low = 0.7 * parameters_.head_radius_mm;
    double high = 1.3 * parameters_.head_radius_mm;
    for (int i = 0; i < 30; ++i) {
      const double middle = 0.5 * (low + high);
      (implicit(head_centre_ + middle * direction) > 0.0 ? high : low) = middle;
    }
    points.push_back(head_centre_ + low * direction);
  }
  return fitted_sphere(points, head_centre_);
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
  if (f.streak_contrast > 0.0) {
    // Plates of the tensile arcade and struts of the compressive one.
    const double plates =
        std::sin((radius - 42.0 * size_) * 1.9) * gaussian(radius - 42.0 * size_, 9.0 * size_);
    const double struts = std::sin(1.7 * off.x + 0.4 * p.y) * gaussian(std::hypot(off.x, off.z), 1.3 * width);
    bone *= 1.0 + f.streak_contrast * (plates + struts);
  }
  return f.marrow_fat_mg_cm3 + f.trabecular_scale * bone * defect_factor(p, 0.8);
}

}  // namespace focalhip::simulator
