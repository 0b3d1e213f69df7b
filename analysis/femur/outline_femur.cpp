#include "analysis/femur/outline_femur.h"

#include <algorithm>
#include <cmath>

#include "analysis/femur/cut_femur.h"
#include "analysis/femur/joint_space.h"
#include "analysis/femur/separate_femur.h"
#include "analysis/volume/components.h"
#include "analysis/volume/face_neighbours.h"
#include "analysis/volume/smooth_gaussian.h"

namespace focalhip {

namespace {

constexpr double bone_smoothing_mm = 1.0;
constexpr double working_margin_mm = 14.0;  // around the femur's bone: the joint and the band of the cut

std::vector<std::uint8_t> coarse_bone(const HipRegion& hip, double threshold_hu) {
  std::vector<float> smoothed = hip.hu;
  smooth_gaussian(hip.grid, smoothed, bone_smoothing_mm);
  std::vector<std::uint8_t> bone(smoothed.size());
  std::ranges::transform(smoothed, bone.begin(), [&](float hu) {
    return hu > threshold_hu ? std::uint8_t{1} : std::uint8_t{0};
  });
  return bone;
}

void clean(const HipRegion& hip, std::vector<std::uint8_t>& femur) {
  open_ball(hip.grid, 1.0, femur);
  keep_largest_component(hip.grid, femur);
  fill_holes(hip.grid, femur);
}

// The mask is the inside of the surface, in one piece and without holes; the surface's sign follows.
void agree(OutlinedFemur& femur) {
  std::vector<float>& distance_mm = femur.surface.distance_mm;
  std::ranges::transform(
      distance_mm, femur.mask.begin(), [](float d) { return d < 0.0F ? std::uint8_t{1} : std::uint8_t{0}; });
  keep_largest_component(femur.hip.grid, femur.mask);
  fill_holes(femur.hip.grid, femur.mask);
  for (std::size_t i = 0; i < distance_mm.size(); ++i) {
    const float away_mm = std::max(std::abs(distance_mm[i]), 1e-3F);
    if ((femur.mask[i] != 0) != (distance_mm[i] < 0.0F))
      distance_mm[i] = femur.mask[i] != 0 ? -away_mm : away_mm;
  }
}

// qct 3.4: below this width, or without a visible gap on more than this share of the wall, the image says
// nothing reliable about the head's face.
constexpr double untrusted_joint_mm = 1.5;
constexpr double untrusted_fused_share = 0.15;

bool joint_untrusted(const JointSpaceMap& joint) {
  return (joint.p05_mm && *joint.p05_mm < untrusted_joint_mm) || joint.fused_share > untrusted_fused_share;
}

// The socket's side of the head is the sphere; towards the neck it passes into what was found in the image.
void take_cap_from_sphere(OutlinedFemur& femur, const SocketBarrier& barrier) {
  const HipRegion& hip = femur.hip;
  constexpr double seam = 0.12;  // of the cosine off the neck
  const double edge = std::cos(barrier.free_angle_rad);
  femur.prior_only.assign(femur.mask.size(), 0);
  for_each_voxel(hip.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    const Eigen::Vector3d from_head = point_mm - hip.head.centre_mm;
    const double r = from_head.norm();
    if (std::abs(r - hip.head.radius_mm) > barrier.thickness_mm || r < 1.0) return;
    const double cosine = from_head.dot(femur.neck_direction) / r;
    const double share = std::clamp((edge - cosine) / seam, 0.0, 1.0);
    if (share <= 0.0) return;
    const auto sphere_mm = static_cast<float>(r - hip.head.radius_mm);
    float& distance_mm = femur.surface.distance_mm[i];
    distance_mm += static_cast<float>(share) * (sphere_mm - distance_mm);
    femur.prior_only[i] = 1;
  });
  femur.cap_prior_only_share = 1.0;
}

// Share of the surface without a usable face, what the sphere alone gives left out; 1 where nothing was
// asked.
double rejected_share(const OutlinedFemur& femur) {
  const auto from_image = [&](const std::vector<std::size_t>& voxels) {
    return static_cast<double>(std::ranges::count_if(
        voxels, [&](std::size_t voxel) { return femur.prior_only.empty() || femur.prior_only[voxel] == 0; }));
  };
  const double asked = from_image(femur.surface.asked);
  return asked > 0.0 ? from_image(femur.surface.rejected) / asked : 1.0;
}

// 95th percentile of the distance from the final surface to the expected one, what the sphere alone gives
// left out.
double prior_to_result_p95_mm(const OutlinedFemur& femur, const PriorSurface& prior) {
  constexpr float beside_mm = 0.6F;
  std::vector<float> away_mm;
  for (std::size_t i = 0; i < femur.mask.size(); ++i) {
    if (std::abs(femur.surface.distance_mm[i]) > beside_mm) continue;
    if (!femur.prior_only.empty() && femur.prior_only[i] != 0) continue;
    away_mm.push_back(std::abs(prior.distance_mm[i] - femur.surface.distance_mm[i]));
  }
  if (away_mm.empty()) return 0.0;
  const auto p95 = away_mm.begin() + static_cast<std::ptrdiff_t>(away_mm.size() * 95 / 100);
  std::nth_element(away_mm.begin(), p95, away_mm.end());
  return *p95;
}

}  // namespace

OutlinedFemur outline_femur(const HipRegion& wide, double slice_thickness_mm, const FemurOptions& options) {
  std::vector<std::uint8_t> bone = coarse_bone(wide, options.bone_threshold_hu);
  const SocketBarrier barrier{.neck_direction = estimate_neck_direction(wide, bone)};
  bone = part_from_pelvis(wide, bone, barrier);
  const IndexBox box = box_around(wide.grid, bone, working_margin_mm);
  OutlinedFemur femur;
  femur.hip = cropped(wide, box);
  femur.neck_direction = barrier.neck_direction;
  const std::vector<std::uint8_t> solid = solid_femur(femur.hip, cropped_values(wide.grid, bone, box));
  const PriorSurface prior = prior_surface(femur.hip, solid, barrier);
  femur.mask = cut_femur(femur.hip, prior, {});
  clean(femur.hip, femur.mask);
  femur.surface = refine_surface(femur.hip, femur.mask, {.slice_thickness_mm = slice_thickness_mm});
  femur.joint = map_joint_space(femur.hip, femur.neck_direction, femur.surface.blur, {});
  if (joint_untrusted(femur.joint)) {
    // The sphere was fitted to single edges, some of them the socket's: once more, to faces told from its
    // wall.
    for (int pass = 0; pass < 2; ++pass) {
      femur.hip.head = head_through_faces(femur.joint, femur.hip.head);
      femur.joint = map_joint_space(femur.hip, femur.neck_direction, femur.surface.blur, {});
    }
    if (joint_untrusted(femur.joint)) take_cap_from_sphere(femur, barrier);
  }
  agree(femur);
  femur.rejected_share = rejected_share(femur);
  femur.prior_to_result_p95_mm = prior_to_result_p95_mm(femur, prior);
  return femur;
}

}  // namespace focalhip
