#include "analysis/femur/grade_femur.h"

#include <string>

#include "analysis/femur/metal.h"
#include "analysis/support/format_number.h"
#include "analysis/volume/face_neighbours.h"

namespace focalhip {

namespace {

// Rows "cranial cover" and "caudal cover" of qct 1.2.
constexpr double cranial_a_mm = 5.0;
constexpr double cranial_b_mm = 2.0;
constexpr double caudal_a_mm = 25.0;
constexpr double caudal_b_mm = 15.0;

// Nearest the distal border of the lesser trochanter comes to the head's centre in an adult whose head has
// a radius of 23 mm.
constexpr double nearest_lesser_trochanter_mm = 55.0;

constexpr double narrow_joint_mm = 2.0;  // qct 5: suspected osteoarthritis

void grade_cranial_cover(SegmentedFemur& femur) {
  const double cover_mm = femur.frame.cover_above_head_mm;
  if (cover_mm >= cranial_a_mm) return;
  femur.grade = worse(femur.grade, cover_mm >= cranial_b_mm ? Grade::b : Grade::c);
  femur.notes.push_back(
      {NoteCode::short_proximal_coverage,
       fixed(cover_mm, 0) + " mm above the femoral head, " + fixed(cranial_a_mm, 0) + " mm needed"});
}

void grade_caudal_cover(const FemurOptions& options, SegmentedFemur& femur) {
  const double cover_mm = femur.frame.shaft_below_lesser_trochanter_mm;
  const double needed_mm = options.shaft_needed_below_lesser_trochanter_mm;
  if (cover_mm < needed_mm) {
    throw Refusal(RefusalCode::coverage,
                  "scan ends " + fixed(cover_mm, 0) + " mm below the lesser trochanter, " +
                      fixed(needed_mm, 0) + " mm needed");
  }
  if (cover_mm >= caudal_a_mm) return;
  femur.grade = worse(femur.grade, cover_mm >= caudal_b_mm ? Grade::b : Grade::c);
  femur.notes.push_back({NoteCode::short_distal_coverage,
                         fixed(cover_mm, 0) + " mm below the lesser trochanter, " + fixed(caudal_a_mm, 0) +
                             " mm needed for full quality"});
}

void grade_joint(SegmentedFemur& femur) {
  if (femur.quality.cap_prior_only_share.value_or(0.0) > 0.0) {
    femur.grade = worse(femur.grade, Grade::c);
    std::string seen;
    if (femur.frame.joint_space_p05_mm) seen = fixed(*femur.frame.joint_space_p05_mm, 1) + " mm";
    if (femur.joint.fused_share >= 0.005)
      seen += (seen.empty() ? "" : ", ") + ("no gap along " + fixed(100.0 * femur.joint.fused_share, 0)) +
              " % of the socket";
    femur.notes.push_back({NoteCode::joint_narrow,
                           "joint too narrow to see the head's face (" + seen +
                               "): osteoarthritis suspected, the outline there is a sphere"});
    return;
  }
  if (!femur.frame.joint_space_p05_mm || *femur.frame.joint_space_p05_mm >= narrow_joint_mm) return;
  femur.notes.push_back({NoteCode::joint_narrow,
                         "narrowest joint space " + fixed(*femur.frame.joint_space_p05_mm, 1) + " mm, " +
                             fixed(narrow_joint_mm, 1) + " mm or more expected: osteoarthritis suspected"});
}

// Self-checks of qct 5. What fails them is no outline of a femur.
constexpr double least_volume_cm3 = 60.0;
constexpr double most_volume_cm3 = 260.0;
constexpr double below_lesser_trochanter_mm = 10.0;
constexpr double most_from_prior_mm = 5.0;
constexpr double most_rejected = 0.05;
constexpr double most_displacement_mm =
    1.2;  // qct 5: 0.8; soft kernels and thick slices reach 0.76 in good outlines

// From the top of the head to 10 mm below the lesser trochanter, along the shaft.
double proximal_volume_cm3(const SegmentedFemur& femur) {
  const FemurFrame& frame = femur.frame;
  const double lowest_mm = frame.lesser_trochanter_distal_mm - below_lesser_trochanter_mm;
  const VoxelGrid& grid = femur.mask.mask.grid;
  double voxels = 0.0;
  for_each_voxel(grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if (femur.mask.mask.label[i] == 0) return;
    if ((point_mm - frame.origin_patient_mm).dot(frame.shaft_axis_patient) >= lowest_mm) voxels += 1.0;
  });
  return 1e-3 * voxels * grid.voxel_volume_mm3();
}

void refuse_doubtful_outline(const SegmentedFemur& femur) {
  const double from_prior_mm = femur.quality.prior_to_result_p95_mm.value_or(0.0);
  if (from_prior_mm > most_from_prior_mm) {
    throw Refusal(RefusalCode::segmentation,
                  "5 % of the outline lie more than " + fixed(from_prior_mm, 1) +
                      " mm from where the bone was expected, at most " + fixed(most_from_prior_mm, 1) +
                      " mm allowed");
  }
  const double volume_cm3 = proximal_volume_cm3(femur);
  if (volume_cm3 < least_volume_cm3 || volume_cm3 > most_volume_cm3) {
    throw Refusal(RefusalCode::segmentation,
                  "outline of the proximal femur holds " + fixed(volume_cm3, 0) + " cm3, " +
                      fixed(least_volume_cm3, 0) + " to " + fixed(most_volume_cm3, 0) + " cm3 needed");
  }
  const double rejected = femur.quality.rejected_share.value_or(0.0);
  const double moved_mm = femur.quality.mean_displacement_mm.value_or(0.0);
  if (rejected <= most_rejected && moved_mm <= most_displacement_mm) return;
  throw Refusal(RefusalCode::segmentation,
                "outline without a usable bone edge on " + fixed(100.0 * rejected, 0) +
                    " % of its surface (at most " + fixed(100.0 * most_rejected, 0) +
                    " % allowed) and moved by " + fixed(moved_mm, 1) + " mm on average (at most " +
                    fixed(most_displacement_mm, 1) + " mm)");
}

}  // namespace

void refuse_metal(const CtVolume& ct, const Eigen::Vector3d& head_centre_patient_mm) {
  const double metal_mm3 = metal_volume_mm3(ct, head_centre_patient_mm, metal_search_radius_mm);
  if (metal_mm3 <= smallest_metal_mm3) return;
  throw Refusal(RefusalCode::metal,
                fixed(0.001 * metal_mm3, 1) + " cm3 above " + fixed(metal_hu, 0) + " HU within " +
                    fixed(metal_search_radius_mm, 0) +
                    " mm of the femoral head; a femur without implant needed");
}

void refuse_short_scan(const ScanCover& cover, double head_radius_mm) {
  if (cover.above_head_mm < 0.0) {
    throw Refusal(RefusalCode::coverage,
                  "scan begins " + fixed(-cover.above_head_mm, 0) +
                      " mm below the top of the femoral head; the whole head needed");
  }
  const double least_mm = nearest_lesser_trochanter_mm * head_radius_mm / 23.0;
  if (cover.below_head_centre_mm < least_mm) {
    throw Refusal(
        RefusalCode::coverage,
        "scan ends " + fixed(cover.below_head_centre_mm, 0) +
            " mm below the centre of the femoral head, above the end of the lesser trochanter; 10 mm of "
            "shaft below it needed");
  }
}

void grade_femur(const FemurOptions& options, SegmentedFemur& femur) {
  grade_cranial_cover(femur);
  grade_caudal_cover(options, femur);
  grade_joint(femur);
  refuse_doubtful_outline(femur);
}

}  // namespace focalhip
