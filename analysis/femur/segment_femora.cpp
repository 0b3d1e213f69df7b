#include "analysis/femur/segment_femora.h"

#include <algorithm>
#include <string>
#include <utility>

#include "analysis/femur/check_orientation.h"
#include "analysis/femur/cut_femur.h"
#include "analysis/femur/femur_frame.h"
#include "analysis/femur/find_femoral_heads.h"
#include "analysis/femur/grade_femur.h"
#include "analysis/femur/hip_region.h"
#include "analysis/femur/joint_space.h"
#include "analysis/femur/metal.h"
#include "analysis/femur/refine_surface.h"
#include "analysis/femur/separate_femur.h"
#include "analysis/support/expects.h"
#include "analysis/support/format_number.h"
#include "analysis/support/parallel_for.h"
#include "analysis/volume/components.h"
#include "analysis/volume/distance_map.h"
#include "analysis/volume/smooth_gaussian.h"

// Heads (S2) -> rough femur apart from the pelvis (S1, S3) -> narrow-band cut (S4) -> surface moved to the
// outer face of the cortex -> landmarks and frame. S-numbers: science qct 3.2.

namespace focalhip {

namespace {

constexpr double coarse_mm = 2.0;
constexpr double bone_smoothing_mm = 1.0;
constexpr double working_margin_mm = 14.0;  // around the femur's bone: the joint and the band of the cut
constexpr double mask_margin_mm = 8.0;  // around the femur in the returned crop: soft tissue for the boundary

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

struct OutlinedFemur {
  HipRegion hip;  // cropped to the femur
  std::vector<std::uint8_t> mask;
  RefinedSurface surface;
  SocketBarrier barrier;
};

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

OutlinedFemur outline_femur(const HipRegion& wide, double slice_thickness_mm, const FemurOptions& options) {
  std::vector<std::uint8_t> bone = coarse_bone(wide, options.bone_threshold_hu);
  const SocketBarrier barrier{.neck_direction = estimate_neck_direction(wide, bone)};
  bone = part_from_pelvis(wide, bone, barrier);
  const IndexBox box = box_around(wide.grid, bone, working_margin_mm);
  OutlinedFemur femur{.hip = cropped(wide, box), .mask = {}, .surface = {}, .barrier = barrier};
  const std::vector<std::uint8_t> solid = solid_femur(femur.hip, cropped_values(wide.grid, bone, box));
  const PriorSurface prior = prior_surface(femur.hip, solid, barrier);
  femur.mask = cut_femur(femur.hip, prior, {});
  clean(femur.hip, femur.mask);
  femur.surface = refine_surface(femur.hip, femur.mask, {.slice_thickness_mm = slice_thickness_mm});
  agree(femur);
  return femur;
}

// The mask on a crop of the CT grid: the femur and a margin, axes and spacing of the CT.
double slice_thickness_mm(const CtVolume& ct) {
  return std::max(ct.acquisition.slice_thickness_mm.value_or(0.0), ct.grid.spacing_mm.z());
}

FemurMask trimmed(const OutlinedFemur& femur) {
  const VoxelGrid& grid = femur.hip.grid;
  const IndexBox box = box_around(grid, femur.mask, mask_margin_mm);
  std::vector<std::uint8_t> label = cropped_values(grid, femur.mask, box);
  std::vector<float> distance_mm = cropped_values(grid, femur.surface.distance_mm, box);
  return {.side = femur.hip.side,
          .mask = {.grid = mirrored_to_right(cropped(grid, box), femur.hip.side), .label = std::move(label)},
          .surface_distance_mm = std::move(distance_mm)};
}

SegmentedFemur segment_femur(const CtVolume& ct,
                             Side side,
                             const HeadSphere& head_patient,
                             const FemurOptions& options) {
  refuse_metal(ct, head_patient.centre_mm);
  refuse_short_scan(scan_cover(ct.grid, head_patient), head_patient.radius_mm);
  const OutlinedFemur femur =
      outline_femur(cut_hip_region(ct, side, head_patient), slice_thickness_mm(ct), options);
  const Eigen::Vector3d& neck_direction = femur.barrier.neck_direction;

  SegmentedFemur result{.mask = trimmed(femur), .frame = {}, .quality = {}, .grade = Grade::a, .notes = {}};
  const BoneSolid solid = make_bone_solid(mirrored_to_right(result.mask.mask.grid, side),
                                          result.mask.mask.label,
                                          result.mask.surface_distance_mm);
  result.quality.mean_displacement_mm = femur.surface.mean_displacement_mm;
  result.quality.rejected_share = femur.surface.rejected_share;
  HipRegion hip = femur.hip;
  hip.head = fit_head_to_mask(solid, hip.head, neck_direction);
  FemurFrame frame = find_femur_frame(solid, hip.head, neck_direction);
  frame.joint_space_p05_mm = joint_space_p05_mm(hip, neck_direction);
  result.frame = mirrored_to_right(frame, side);
  const HeadSphere head{.centre_mm = result.frame.head_centre_patient_mm, .radius_mm = hip.head.radius_mm};
  result.frame.cover_above_head_mm = scan_cover(ct.grid, head).above_head_mm;
  grade_femur(options, result);
  return result;
}

FemurOutcome measure_side(const CtVolume& ct,
                          Side side,
                          const std::optional<HeadSphere>& head,
                          const FemurOptions& options) {
  if (!head) {
    return UnmeasuredFemur{.reason = {RefusalCode::metal,
                                      "metal where the " + std::string(name(side)) +
                                          " femoral head belongs; an intact femur needed"},
                           .head_centre_patient_mm = {},
                           .head_radius_mm = {},
                           .notes = {}};
  }
  try {
    return segment_femur(ct, side, *head, options);
  } catch (const Refusal& refusal) {
    return UnmeasuredFemur{.reason = refusal.not_measured(),
                           .head_centre_patient_mm = head->centre_mm,
                           .head_radius_mm = head->radius_mm,
                           .notes = {}};
  }
}

}  // namespace

std::array<FemurOutcome, 2> segment_femora(const CtVolume& ct, const FemurOptions& options) {
  expects(ct.hu.size() == ct.grid.voxel_count(), "a CT volume has one value per voxel of its grid");
  const FemoralHeads heads = [&] {
    const HuRegion coarse = block_means(ct, coarse_mm);
    const FemoralHeads found = find_femoral_heads(ct, coarse, options);
    refuse_contradicting_orientation(coarse, found);
    return found;
  }();
  std::array<FemurOutcome, 2> outcomes;
  parallel_for(2, options.threads, [&](int i) {
    const auto side = static_cast<Side>(i);
    const auto at = static_cast<std::size_t>(i);
    outcomes[at] = measure_side(ct, side, heads.head[at], options);
  });
  return outcomes;
}

}  // namespace focalhip
