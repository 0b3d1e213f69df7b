#include "analysis/femur/segment_femora.h"

#include <algorithm>
#include <string>
#include <utility>

#include "analysis/femur/check_orientation.h"
#include "analysis/femur/femur_frame.h"
#include "analysis/femur/find_femoral_heads.h"
#include "analysis/femur/grade_femur.h"
#include "analysis/femur/hip_region.h"
#include "analysis/femur/metal.h"
#include "analysis/femur/outline_femur.h"
#include "analysis/femur/spoilt_femur.h"
#include "analysis/support/expects.h"
#include "analysis/support/format_number.h"
#include "analysis/support/parallel_for.h"

// Heads (S2) -> rough femur apart from the pelvis (S1, S3) -> narrow-band cut (S4) -> surface moved to the
// outer face of the cortex -> landmarks and frame. S-numbers: science qct 3.2.

namespace focalhip {

namespace {

constexpr double coarse_mm = 2.0;
constexpr double mask_margin_mm = 8.0;  // around the femur in the returned crop: soft tissue for the boundary

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
          .surface_distance_mm = std::move(distance_mm),
          .prior_only = femur.prior_only.empty() ? std::vector<std::uint8_t>{}
                                                 : cropped_values(grid, femur.prior_only, box)};
}

SegmentedFemur segment_femur(const CtVolume& ct,
                             Side side,
                             const HeadSphere& head_patient,
                             const FemurOptions& options) {
  refuse_metal(ct, head_patient.centre_mm);
  refuse_short_scan(scan_cover(ct, head_patient), head_patient.radius_mm);
  const OutlinedFemur femur =
      outline_femur(cut_hip_region(ct, side, head_patient), slice_thickness_mm(ct), options);
  const Eigen::Vector3d& neck_direction = femur.neck_direction;

  SegmentedFemur result{.mask = trimmed(femur), .frame = {}, .quality = {}, .grade = Grade::a, .notes = {}};
  const BoneSolid solid = make_bone_solid(mirrored_to_right(result.mask.mask.grid, side),
                                          result.mask.mask.label,
                                          result.mask.surface_distance_mm);
  result.quality.mean_displacement_mm = femur.surface.mean_displacement_mm;
  result.quality.prior_to_result_p95_mm = femur.prior_to_result_p95_mm;
  result.quality.rejected_share = femur.rejected_share;
  const HeadSphere fitted = femur.cap_prior_only_share > 0.0
                                ? femur.hip.head
                                : fit_head_to_mask(solid, femur.hip.head, neck_direction);
  FemurFrame frame = find_femur_frame(solid, fitted, neck_direction);
  frame.joint_space_p05_mm = femur.joint.p05_mm;
  result.joint = femur.joint;
  for (Eigen::Vector3d& direction : result.joint.direction_patient)
    direction = mirrored_to_right(direction, side);
  result.quality.cap_prior_only_share = femur.cap_prior_only_share;
  result.frame = mirrored_to_right(frame, side);
  const HeadSphere head{.centre_mm = result.frame.head_centre_patient_mm, .radius_mm = fitted.radius_mm};
  result.frame.cover_above_head_mm = scan_cover(ct, head).above_head_mm;
  const double below_mm = options.shaft_needed_below_lesser_trochanter_mm;
  refuse_metal_in_femur(ct, result, below_mm);
  refuse_cut_femur(ct, result, below_mm);
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
