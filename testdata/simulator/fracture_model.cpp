#include "testdata/simulator/fracture_model.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/implicit_shapes.h"

namespace focalhip::simulator {
namespace {

constexpr Vec3 lateral{1.0, 0.0, 0.0};
constexpr Vec3 anterior{0.0, 1.0, 0.0};
constexpr Vec3 cranial{0.0, 0.0, 1.0};

// Rotation about a unit axis, right-handed (Rodrigues).
Mat3 rotation_about(Vec3 axis, double angle) {
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  const auto turned = [&](Vec3 v) { return c * v + s * cross(axis, v) + ((1.0 - c) * dot(axis, v)) * axis; };
  return transposed({turned(lateral), turned(anterior), turned(cranial)});
}

// What the head fragment does about its centre, and the distal fragment about the shaft.
Mat3 head_rotation(const Fracture& f) {
  return rotation_about(cranial, f.retroversion_deg * degree) *
         rotation_about(anterior, -f.varus_deg * degree);
}
Mat3 distal_rotation(const Fracture& f) { return rotation_about(cranial, -f.external_rotation_deg * degree); }

// The usual plane: across the neck, somewhat steeper towards the head; between the trochanters, along their
// line.
Vec3 usual_normal(FractureSite site, Vec3 neck) {
  if (site == FractureSite::intertrochanteric) return normalised(neck + -0.30 * cranial);
  if (site == FractureSite::basicervical) return neck;
  return normalised(neck + -0.15 * cranial);
}

Vec3 usual_middle(FractureSite site, const FractureLandmarks& l) {
  const double size = l.head_radius_mm / 22.0;
  switch (site) {
    case FractureSite::subcapital:
      return l.head_centre - (0.78 * l.head_radius_mm) * l.neck_direction;
    case FractureSite::transcervical:
      return l.head_centre - (0.50 * l.neck_length_mm) * l.neck_direction;
    case FractureSite::basicervical:
      return l.head_centre - (0.68 * l.neck_length_mm) * l.neck_direction;
    case FractureSite::intertrochanteric:
      break;
  }
  return l.head_centre - (l.neck_length_mm - 4.0 * size) * l.neck_direction;
}

}  // namespace

double fracture_displacement_mm(const Fracture& f) {
  return std::sqrt(f.shortening_mm * f.shortening_mm + f.backwards_mm * f.backwards_mm +
                   f.apart_mm * f.apart_mm);
}

double fracture_rotation_deg(const Fracture& f) {
  const Mat3 r = transposed(head_rotation(f)) * distal_rotation(f);
  return std::acos(std::clamp(0.5 * (r.row_x.x + r.row_y.y + r.row_z.z - 1.0), -1.0, 1.0)) / degree;
}

FractureModel::FractureModel(const Fracture& fracture, const FractureLandmarks& landmarks)
    : fracture_(fracture),
      middle_(usual_middle(fracture.site, landmarks)),
      lesser_tip_(landmarks.lesser_tip),
      lesser_radius_mm_(13.0 * landmarks.head_radius_mm / 22.0),
      relief_(fracture.relief_seed, 3.0) {
  const Vec3 usual = usual_normal(fracture.site, landmarks.neck_direction);
  normal_ = rotation_about(landmarks.neck_direction, fracture.turned_deg * degree) *
            (rotation_about(anterior, -fracture.steeper_deg * degree) * usual);
  const Vec3 up_the_plane = normalised(cranial - dot(cranial, normal_) * normal_);
  const Vec3 back_on_plane = normalised(dot(anterior, normal_) * normal_ - anterior);
  const Mat3 head_turn = head_rotation(fracture);
  const Vec3 c = landmarks.head_centre;
  motions_[head] = {head_turn, c - head_turn * c};
  // The middle of the distal cut lies where the head fragment took its own, displaced.
  const Vec3 moved = fracture.shortening_mm * up_the_plane + fracture.backwards_mm * back_on_plane -
                     fracture.apart_mm * normal_;
  const Mat3 turn = distal_rotation(fracture);
  motions_[distal] = {turn, motions_[head].forward(middle_ + moved) - turn * middle_};
  motions_[lesser] = motions_[distal];
  motions_[lesser].shift =
      motions_[lesser].shift + fracture.lesser_displaced_mm * normalised({-0.75, 0.1, 0.65});
  bleeding_radius_mm_ = (fracture.site == FractureSite::intertrochanteric ? 30.0 : 21.0) +
                        0.5 * fracture_displacement_mm(fracture);
}

double FractureModel::height_mm(Vec3 p) const {
  const Vec3 d = p - middle_;
  const double along = dot(d, normal_);
  const double across2 = dot(d, d) - along * along;
  // A shallow dome that flattens out, so that it stays a surface far from the middle.
  const double dome =
      fracture_.curvature_mm > 0.0 ? std::min(across2, 900.0) / (2.0 * fracture_.curvature_mm) : 0.0;
  const double relief = fracture_.roughness_mm > 0.0 ? fracture_.roughness_mm * relief_.sample(d) : 0.0;
  return along + 0.5 * dome - relief;
}

double FractureModel::cut_distance_mm(int fragment, Vec3 p) const {
  const double half_gap = 0.5 * fracture_.gap_mm;
  const double height = height_mm(p);
  if (fragment == head) return half_gap - height;
  const double below = height + half_gap;
  if (fracture_.lesser_displaced_mm <= 0.0) return below;
  const double off = sphere_distance(p, lesser_tip_, lesser_radius_mm_);
  return fragment == lesser ? std::max(below, off + half_gap) : std::max(below, half_gap - off);
}

double FractureModel::haematoma_share(Vec3 p) const {
  const Vec3 heart = 0.5 * (motions_[head].forward(middle_) + motions_[distal].forward(middle_));
  return std::clamp(0.5 - (length(p - heart) - bleeding_radius_mm_) / 4.0, 0.0, 1.0);
}

}  // namespace focalhip::simulator
