#include "testdata/simulator/femur_model.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/implicit_shapes.h"
#include "testdata/simulator/mesh_bone.h"

namespace focalhip::simulator {
namespace {

constexpr double margin_mm = 9.0;
constexpr double furthest_carry_mm = 5.0;
constexpr double carry_depth_mm = 12.0;
constexpr double cyst_mg_cm3 = 10.0;
constexpr double broken_reach_mm = 45.0;       // a distal fragment may move up by this
constexpr double crushed_most_mg_cm3 = 900.0;  // spongy bone driven into spongy bone

// Where a point of a real bone lies in the implicit femur that fits it: as deep below that one's surface. The
// shift fades with depth, for there the field's places, not the surface, say what is where.
Vec3 implicit_place(const FemurShape& shape, Vec3 p, double distance_mm) {
  const double shift = std::clamp(shape.distance_mm(p) - distance_mm, -furthest_carry_mm, furthest_carry_mm);
  const Vec3 gradient = shape.gradient(p);
  const double steepness = length(gradient);
  if (steepness < 1e-6) return p;
  const double fading = std::exp(std::min(distance_mm, 0.0) / carry_depth_mm);
  return p - (shift * fading / steepness) * gradient;
}

FieldGrid<3> sampled_fields(const FemurShape& shape, double lowest_z_mm, double step_mm, int threads) {
  const FemurParameters& f = shape.parameters();
  const Vec3 head = shape.head_centre_mm();
  const double radius = f.head_radius_mm;
  const double size = radius / 22.0;
  Vec3 low{head.x - radius - margin_mm, -40.0 * size, lowest_z_mm};
  Vec3 high{f.trochanter_lateral_mm + margin_mm,
            30.0 * size + margin_mm,
            std::max(head.z + radius, f.trochanter_height_mm) + margin_mm};
  if (f.surface) {
    const Vec3 bone_low = f.surface->low_mm();
    const Vec3 bone_high = f.surface->high_mm();
    low = {std::min(low.x, bone_low.x - margin_mm), std::min(low.y, bone_low.y - margin_mm), low.z};
    high = {std::max(high.x, bone_high.x + margin_mm),
            std::max(high.y, bone_high.y + margin_mm),
            std::max(high.z, bone_high.z + margin_mm)};
  }
  FieldGrid<3> fields(low, high, step_mm);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (int k = 0; k < fields.size(2); ++k) {
    for (int j = 0; j < fields.size(1); ++j) {
      for (int i = 0; i < fields.size(0); ++i) {
        const Vec3 p = fields.node_mm(i, j, k);
        const double distance = f.surface ? f.surface->distance_mm(p) : shape.distance_mm(p);
        auto& node = fields.at(i, j, k);
        node[0] = static_cast<float>(distance);
        if (distance > 3.0) continue;
        const Vec3 q = f.surface ? implicit_place(shape, p, distance) : p;
        node[1] = static_cast<float>(shape.cortex_mm(q));
        node[2] = static_cast<float>(shape.trabecular_mg_cm3(q));
      }
    }
  }
  return fields;
}

FractureLandmarks fracture_landmarks(const FemurShape& shape) {
  const FemurParameters& f = shape.parameters();
  return {shape.head_centre_mm(),
          shape.neck_direction(),
          f.head_radius_mm,
          f.neck_length_mm,
          shape.lesser_tip_centre_mm()};
}

}  // namespace

FemurPose::FemurPose(const FemurShape& shape, Side side)
    : head_femur_mm_(shape.head_centre_mm()), head_patient_mm_(shape.parameters().head_centre_patient_mm) {
  const FemurParameters& f = shape.parameters();
  const double cv = std::cos(f.anteversion_rad);
  const double sv = std::sin(f.anteversion_rad);
  const double ca = std::cos(f.adduction_rad);
  const double sa = std::sin(f.adduction_rad);
  const double cf = std::cos(f.flexion_rad);
  const double sf = std::sin(f.flexion_rad);
  const Mat3 version{{cv, sv, 0.0}, {-sv, cv, 0.0}, {0.0, 0.0, 1.0}};    // head goes forward
  const Mat3 adduction{{ca, 0.0, sa}, {0.0, 1.0, 0.0}, {-sa, 0.0, ca}};  // distal end goes medial
  const Mat3 flexion{{1.0, 0.0, 0.0}, {0.0, cf, -sf}, {0.0, sf, cf}};    // distal end goes forward
  // Lateral is -x on the right and +x on the left; anterior is -y.
  const double lateral = side == Side::right ? -1.0 : 1.0;
  const Mat3 axes{{lateral, 0.0, 0.0}, {0.0, -1.0, 0.0}, {0.0, 0.0, 1.0}};
  patient_axes_from_femur_ = axes * (flexion * (adduction * version));
}

Vec3 FemurPose::patient_from_femur(Vec3 p) const {
  return head_patient_mm_ + patient_axes_from_femur_ * (p - head_femur_mm_);
}
Vec3 FemurPose::femur_from_patient(Vec3 p) const {
  return head_femur_mm_ + transposed(patient_axes_from_femur_) * (p - head_patient_mm_);
}
Vec3 FemurPose::patient_direction_from_femur(Vec3 direction) const {
  return patient_axes_from_femur_ * direction;
}

FemurModel::FemurModel(
    const FemurParameters& parameters, Side side, double lowest_z_femur_mm, int threads, double field_step_mm)
    : shape_(parameters),
      pose_(shape_, side),
      side_(side),
      fields_(sampled_fields(
          shape_, lowest_z_femur_mm - (parameters.fracture ? broken_reach_mm : 0.0), field_step_mm, threads)),
      texture_(parameters.texture_seed, 2.0),
      texture_sd_log_(std::sqrt(std::log(1.0 + parameters.texture_cv * parameters.texture_cv))),
      box_low_{1e9, 1e9, 1e9},
      box_high_{-1e9, -1e9, -1e9} {
  if (!parameters.fracture) {
    widen_box(nullptr);
    return;
  }
  fracture_.emplace(*parameters.fracture, fracture_landmarks(shape_));
  for (int fragment = 0; fragment < fracture_->fragments(); ++fragment)
    widen_box(&fracture_->motion(fragment));
}

void FemurModel::widen_box(const RigidMotion* motion) {
  const Vec3 low = fields_.low_mm();
  const Vec3 high = fields_.high_mm();
  for (int corner = 0; corner < 8; ++corner) {
    const Vec3 q{(corner & 1) != 0 ? high.x : low.x,
                 (corner & 2) != 0 ? high.y : low.y,
                 (corner & 4) != 0 ? high.z : low.z};
    const Vec3 p = pose_.patient_from_femur(motion == nullptr ? q : motion->forward(q));
    box_low_ = {std::min(box_low_.x, p.x), std::min(box_low_.y, p.y), std::min(box_low_.z, p.z)};
    box_high_ = {std::max(box_high_.x, p.x), std::max(box_high_.y, p.y), std::max(box_high_.z, p.z)};
  }
}

bool FemurModel::near(Vec3 p) const {
  return p.x > box_low_.x && p.x < box_high_.x && p.y > box_low_.y && p.y < box_high_.y && p.z > box_low_.z &&
         p.z < box_high_.z;
}

double FemurModel::distance_mm(Vec3 p_patient_mm) const {
  const Vec3 p = pose_.femur_from_patient(p_patient_mm);
  if (fracture_) return broken_distance_mm(p);
  return fields_.contains(p) ? distance_femur_mm(p) : 1e3;
}

FemurPoint FemurModel::point(Vec3 p_patient_mm, double edge_width_mm) const {
  const Vec3 p = pose_.femur_from_patient(p_patient_mm);
  if (fracture_) return broken_point(p, edge_width_mm);
  return fields_.contains(p) ? point_femur(p, edge_width_mm) : FemurPoint{};
}

double FemurModel::broken_distance_mm(Vec3 p_placed_mm) const {
  double nearest = 1e3;
  for (int fragment = 0; fragment < fracture_->fragments(); ++fragment) {
    const Vec3 q = fracture_->motion(fragment).back(p_placed_mm);
    if (!fields_.contains(q)) continue;
    nearest = std::min(nearest, std::max(distance_femur_mm(q), fracture_->cut_distance_mm(fragment, q)));
  }
  return nearest;
}

FemurPoint FemurModel::broken_point(Vec3 p_placed_mm, double edge_width_mm) const {
  FemurPoint result;
  const double fat = shape_.parameters().marrow_fat_mg_cm3;
  for (int fragment = 0; fragment < fracture_->fragments(); ++fragment) {
    const Vec3 q = fracture_->motion(fragment).back(p_placed_mm);
    if (!fields_.contains(q)) continue;
    FemurPoint here = point_femur(q, edge_width_mm);
    here.distance_mm = std::max(here.distance_mm, fracture_->cut_distance_mm(fragment, q));
    if (here.distance_mm > 1.0) here.density_mg_cm3 = here.cortical_share = 0.0;
    const FemurPoint& other = here.distance_mm < result.distance_mm ? result : here;
    // Bone driven into bone: the mineral of both in the place of one, the marrow pressed out.
    const double crushed = std::clamp(0.5 - other.distance_mm / edge_width_mm, 0.0, 1.0) *
                           std::max(other.density_mg_cm3 - fat, 0.0);
    FemurPoint best = here.distance_mm < result.distance_mm ? here : result;
    if (crushed > 0.0) {
      const double most = std::max(best.density_mg_cm3, crushed_most_mg_cm3);
      best.density_mg_cm3 = std::min(best.density_mg_cm3 + crushed, most);
    }
    result = best;
  }
  return result;
}

double FemurModel::haematoma_share(Vec3 p_patient_mm) const {
  return fracture_ ? fracture_->haematoma_share(pose_.femur_from_patient(p_patient_mm)) : 0.0;
}

// Dense bone under the loaded cap of the head, fluid in the cysts.
double FemurModel::arthritic(Vec3 p, double distance_mm, double spongy) const {
  const FemurParameters& f = shape_.parameters();
  const Vec3 d = p - shape_.head_centre_mm();
  const double loaded = smooth_step(0.35, 0.75, d.z / std::max(length(d), 1.0));
  spongy += f.sclerosis_mg_cm3 * loaded * gaussian(distance_mm, 5.0);
  for (const Cyst& cyst : f.cysts) {
    const double inside = std::clamp(0.5 - 2.0 * (length(p - cyst.centre_mm) - cyst.radius_mm), 0.0, 1.0);
    spongy = mix(spongy, cyst_mg_cm3, inside);
  }
  return spongy;
}

double FemurModel::cortical_mg_cm3(Vec3 p_femur_mm) const {
  const FemurParameters& f = shape_.parameters();
  double density = f.cortical_density_mg_cm3;
  for (const CorticalPatch& patch : f.cortical_patches) {
    const double sigma = patch.fwhm_mm / 2.3548;
    density *= 1.0 + patch.change * gaussian(length(p_femur_mm - patch.centre_femur_mm), sigma);
  }
  return density;
}

FemurPoint FemurModel::point_femur(Vec3 p_femur_mm, double edge_width_mm) const {
  const auto [distance, cortex, trabecular] = fields_.sample(p_femur_mm);
  if (distance > 1.0F) return {distance, 0.0, 0.0};
  const double endosteal =
      static_cast<double>(distance) + static_cast<double>(cortex);  // > 0 inside the cortex
  // Never so wide that the periosteal side loses its full density.
  const double transition_mm = std::min(shape_.transition_mm(p_femur_mm), 1.6 * static_cast<double>(cortex));
  const double cortical_share =
      std::clamp(0.5 + endosteal / std::max(transition_mm, edge_width_mm), 0.0, 1.0);
  const FemurParameters& f = shape_.parameters();
  double density = cortical_mg_cm3(p_femur_mm);
  if (cortical_share < 1.0) {
    const double variation = std::exp(texture_sd_log_ * texture_.sample(shape_.texture_point(p_femur_mm)) -
                                      0.5 * texture_sd_log_ * texture_sd_log_);
    double spongy = f.marrow_fat_mg_cm3 + variation * (static_cast<double>(trabecular) - f.marrow_fat_mg_cm3);
    if (f.sclerosis_mg_cm3 > 0.0 || !f.cysts.empty()) spongy = arthritic(p_femur_mm, distance, spongy);
    density = mix(spongy, density, cortical_share);
  }
  return {distance, density, cortical_share};
}

}  // namespace focalhip::simulator
