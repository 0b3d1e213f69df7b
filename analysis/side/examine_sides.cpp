#include "analysis/side/examine_sides.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/femur/metal.h"
#include "analysis/side/head_connectivity.h"
#include "analysis/support/parallel_for.h"
#include "analysis/volume/face_neighbours.h"

namespace focalhip {

namespace {

constexpr double degrees_per_rad = 180.0 / std::numbers::pi;

double volume_above_trochanter_mm3(const SegmentedFemur& femur) {
  const FemurFrame& frame = femur.frame;
  const LabelVolume& mask = femur.mask.mask;
  double voxels = 0.0;
  for_each_voxel(mask.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if (mask.label[i] == 0) return;
    const double height_mm = frame.shaft_axis_patient.dot(point_mm - frame.origin_patient_mm);
    if (height_mm > frame.lesser_trochanter_distal_mm) voxels += 1.0;
  });
  return voxels * mask.grid.voxel_volume_mm3();
}

SideEvidence evidence_of(const SegmentedFemur& femur) {
  const FemurFrame& frame = femur.frame;
  SideEvidence evidence;
  evidence.outlined = true;
  evidence.neck_shaft_angle_deg = frame.neck_shaft_angle_rad * degrees_per_rad;
  evidence.head_to_lesser_trochanter_mm =
      (frame.head_centre_patient_mm - frame.lesser_trochanter_patient_mm).norm();
  evidence.neck_length_mm = (frame.head_centre_patient_mm - frame.origin_patient_mm).norm();
  evidence.volume_above_trochanter_mm3 = volume_above_trochanter_mm3(femur);
  evidence.prior_residual_p95_mm = femur.quality.prior_residual_p95_mm;
  return evidence;
}

std::optional<HeadSphere> head_of(const FemurOutcome& outcome) {
  HeadSphere head;
  if (const auto* femur = std::get_if<SegmentedFemur>(&outcome)) {
    head.centre_mm = femur->frame.head_centre_patient_mm;
    head.radius_mm = femur->frame.head_radius_mm;
    return head;
  }
  const auto& unmeasured = std::get<UnmeasuredFemur>(outcome);
  if (!unmeasured.head_centre_patient_mm || !unmeasured.head_radius_mm) return std::nullopt;
  head.centre_mm = *unmeasured.head_centre_patient_mm;
  head.radius_mm = *unmeasured.head_radius_mm;
  return head;
}

SideEvidence evidence_of(const CtVolume& ct, const FemurOutcome& outcome) {
  SideEvidence evidence;
  if (const auto* femur = std::get_if<SegmentedFemur>(&outcome)) {
    evidence = evidence_of(*femur);
  } else {
    evidence.failure = std::get<UnmeasuredFemur>(outcome).reason.code;
  }
  if (const std::optional<HeadSphere> head = head_of(outcome)) {
    evidence.metal_mm3 = metal_volume_mm3(ct, head->centre_mm, metal_search_radius_mm);
    evidence.scan_below_head_mm = scan_cover(ct.grid, *head).below_head_centre_mm;
  }
  return evidence;
}

}  // namespace

HipEvidence examine_sides(const CtVolume& ct, const std::array<FemurOutcome, 2>& femora) {
  HipEvidence evidence;
  std::array<std::optional<HipBone>, 2> bone;
  for (const Side side : {Side::right, Side::left}) {
    const auto at = static_cast<std::size_t>(side);
    evidence.side[at] = evidence_of(ct, femora[at]);
    const std::optional<HeadSphere> head = head_of(femora[at]);
    const bool operated = evidence.side[at].failure == RefusalCode::metal;
    if (!head || operated) continue;  // metal shines like bone
    bone[at] = make_hip_bone(ct, side, *head);
    evidence.side[at].connectivity = head_connectivity(*bone[at]);
  }
  const auto& right = evidence.side[0].connectivity;
  const auto& left = evidence.side[1].connectivity;
  if (!right || !left) return evidence;
  // The firmer femur is laid onto the other one.
  const std::size_t model = *right >= *left ? 0 : 1;
  evidence.compared = static_cast<Side>(1 - model);
  if (const auto alignment = align_shafts(*bone[model], *bone[1 - model])) {
    evidence.head_shift_mm = alignment->head_shift_mm;
    evidence.head_distance_mm = bone[model]->shaft->distance_mm(bone[model]->head.centre_mm);
    evidence.surface_distance_mm = alignment->residual_mm;
    const FragmentComparison fragments = compare_fragments(*bone[model], *bone[1 - model], *alignment);
    evidence.head_turn_deg = fragments.turn_rad * degrees_per_rad;
    evidence.side[model].unexplained_mm2 = fragments.unexplained_of_model_mm2;
    evidence.side[1 - model].unexplained_mm2 = fragments.unexplained_of_other_mm2;
  }
  return evidence;
}

}  // namespace focalhip
