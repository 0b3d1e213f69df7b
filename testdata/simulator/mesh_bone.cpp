#include "testdata/simulator/mesh_bone.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "testdata/simulator/femur_shape.h"
#include "testdata/simulator/fit_femur_shape.h"
#include "testdata/simulator/implicit_shapes.h"
#include "testdata/simulator/mesh_distance.h"
#include "testdata/simulator/place_femur_mesh.h"

namespace focalhip::simulator {
namespace {

constexpr double step_mm = 1.0;
constexpr double margin_mm = 12.0;
constexpr double above_rim_mm =
    3.0;                         // the last level that is taken from the surface lies this far above its rim
constexpr double bend_mm = 6.0;  // half the height over which the wall turns vertical
constexpr double relax_mm = 20.0;  // below, within this, the outline becomes its smooth part
constexpr int outline_rays = 180;

}  // namespace

MeshBone::MeshBone(TriangleSet set, const std::string& name, int threads) {
  PlacedMesh placed = place_femur_mesh(std::move(set), name);
  std::vector<Vec3> points;
  for (const Vec3 p : placed.surface.vertices_mm) {
    if (p.z > placed.cut_z_mm) points.push_back(p);
  }
  const SidedFit found = fit_either_side(points, placed.head_radius_mm);
  side_ = found.side;
  fit_rms_mm_ = found.fit.rms_mm;
  fitted_ = found.fit.parameters;
  double rim_z = -1e9;
  low_ = {1e9, 1e9, 1e9};
  high_ = {-1e9, -1e9, -1e9};
  for (Vec3& p : placed.surface.vertices_mm) {
    const bool at_rim = p.z <= placed.cut_z_mm;
    Vec3 q = p;
    if (side_ == Side::left) q.y = -q.y;
    p = femur_from_placed(found.fit, q);
    if (at_rim) rim_z = std::max(rim_z, p.z);
    low_ = {std::min(low_.x, p.x), std::min(low_.y, p.y), std::min(low_.z, p.z)};
    high_ = {std::max(high_.x, p.x), std::max(high_.y, p.y), std::max(high_.z, p.z)};
  }
  low_.z = rim_z;
  joint_z_mm_ = rim_z + above_rim_mm;
  const Vec3 grid_low{low_.x - margin_mm, low_.y - margin_mm, rim_z + 0.5};
  const Vec3 grid_high{high_.x + margin_mm, high_.y + margin_mm, high_.z + margin_mm};
  distance_ = signed_distance_grid(placed.surface, grid_low, grid_high, step_mm, threads);
  measure_outline();
}

// The section at the joint level: its middle and how far its wall is from there in every direction.
void MeshBone::measure_outline() {
  const auto at = [&](double x, double y) {
    return static_cast<double>(distance_.sample({x, y, joint_z_mm_})[0]);
  };
  double area = 0.0;
  Vec3 sum;
  for (double y = low_.y; y <= high_.y; y += 0.5) {
    for (double x = low_.x; x <= high_.x; x += 0.5) {
      if (at(x, y) >= 0.0) continue;
      area += 1.0;
      sum = sum + Vec3{x, y, 0.0};
    }
  }
  outline_centre_ = (1.0 / std::max(area, 1.0)) * sum;
  for (int n = 0; n < outline_rays; ++n) {
    const double angle = 2.0 * std::numbers::pi * n / outline_rays;
    double r = 0.0;
    while (r < 40.0 &&
           at(outline_centre_.x + r * std::cos(angle), outline_centre_.y + r * std::sin(angle)) < 0.0) {
      r += 0.05;
    }
    const std::array<double, 5> basis{
        0.5, std::cos(angle), std::sin(angle), std::cos(2.0 * angle), std::sin(2.0 * angle)};
    for (std::size_t k = 0; k < basis.size(); ++k) outline_[k] += 2.0 * r * basis[k] / outline_rays;
  }
}

double MeshBone::outline_mm(double angle) const {
  return outline_[0] + outline_[1] * std::cos(angle) + outline_[2] * std::sin(angle) +
         outline_[3] * std::cos(2.0 * angle) + outline_[4] * std::sin(2.0 * angle);
}

double MeshBone::distance_mm(Vec3 p) const {
  const Vec3 d = p - stretch_centre_;
  const Vec3 q = stretch_centre_ + Vec3{d.x / stretch_.x, d.y / stretch_.y, d.z / stretch_.z};
  return unstretched_distance_mm(q) * (stretch_.x + stretch_.y + stretch_.z) / 3.0;
}

MeshBone MeshBone::stretched(Vec3 factors) const {
  MeshBone bone = *this;
  bone.stretch_centre_ = FemurShape(fitted_).head_centre_mm();
  bone.stretch_ = {stretch_.x * factors.x, stretch_.y * factors.y, stretch_.z * factors.z};
  const Vec3 c = bone.stretch_centre_;
  const auto moved = [&](Vec3 p) {
    const Vec3 d = p - c;
    return c + Vec3{d.x * factors.x, d.y * factors.y, d.z * factors.z};
  };
  bone.low_ = moved(low_);
  bone.high_ = moved(high_);
  bone.fitted_.head_radius_mm *= (factors.x + factors.y + factors.z) / 3.0;
  return bone;
}

double MeshBone::unstretched_distance_mm(Vec3 p) const {
  const double above = p.z - joint_z_mm_;
  if (above >= bend_mm) return static_cast<double>(distance_.sample(p)[0]);
  // The level that is read falls smoothly to the joint's: no kink where the wall turns vertical.
  const double read = above <= -bend_mm ? 0.0 : (above + bend_mm) * (above + bend_mm) / (4.0 * bend_mm);
  const double section = static_cast<double>(distance_.sample({p.x, p.y, joint_z_mm_ + read})[0]);
  const double relaxed = smooth_step(0.0, relax_mm, -above);
  if (relaxed <= 0.0) return section;
  const double x = p.x - outline_centre_.x;
  const double y = p.y - outline_centre_.y;
  const double smooth = std::hypot(x, y) - outline_mm(std::atan2(y, x));
  return mix(section, smooth, relaxed);
}

FemurParameters wearing(const FemurParameters& drawn, std::shared_ptr<const MeshBone> bone) {
  FemurParameters worn = bone->fitted();
  worn.head_centre_patient_mm = drawn.head_centre_patient_mm;
  worn.anteversion_rad = drawn.anteversion_rad;
  worn.adduction_rad = drawn.adduction_rad;
  worn.flexion_rad = drawn.flexion_rad;
  worn.cortical_density_mg_cm3 = drawn.cortical_density_mg_cm3;
  worn.head_cortex_mm = drawn.head_cortex_mm;
  worn.superior_neck_cortex_mm = drawn.superior_neck_cortex_mm;
  worn.calcar_cortex_mm = drawn.calcar_cortex_mm;
  worn.trochanter_cortex_mm = drawn.trochanter_cortex_mm;
  worn.lesser_cortex_mm = drawn.lesser_cortex_mm;
  worn.shaft_cortex_mm = drawn.shaft_cortex_mm;
  worn.endosteal_waviness = drawn.endosteal_waviness;
  worn.transition_low_mm = drawn.transition_low_mm;
  worn.transition_high_mm = drawn.transition_high_mm;
  worn.trabecular_scale = drawn.trabecular_scale;
  worn.marrow_fat_mg_cm3 = drawn.marrow_fat_mg_cm3;
  worn.texture_cv = drawn.texture_cv;
  worn.texture_anisotropy = drawn.texture_anisotropy;
  worn.streak_contrast = drawn.streak_contrast;
  worn.defects = drawn.defects;
  worn.cortical_patches = drawn.cortical_patches;
  worn.texture_seed = drawn.texture_seed;
  worn.fracture = drawn.fracture;
  worn.sclerosis_mg_cm3 = drawn.sclerosis_mg_cm3;
  worn.surface = std::move(bone);
  return worn;
}

}  // namespace focalhip::simulator
