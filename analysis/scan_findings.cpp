#include "analysis/scan_findings.h"

#include <algorithm>
#include <string>
#include <utility>

#include "analysis/femur/find_vessel.h"
#include "analysis/support/format_number.h"
#include "analysis/volume/field_of_view.h"
#include "analysis/volume/find_metal.h"
#include "analysis/volume/grade_kernel.h"

namespace focalhip {

namespace {

using Femora = std::optional<std::array<FemurOutcome, 2>>;

// A gap nearer to what is measured than this counts as inside it. [science: qct 1.2]
constexpr double margin_above_head_mm = 10.0;
constexpr double margin_below_trochanter_mm = 20.0;

void add(ScanFindings& findings, Grade grade, NoteCode code, std::string detail) {
  findings.grade = worse(findings.grade, grade);
  findings.notes.push_back({code, std::move(detail)});
}

struct Head {
  Eigen::Vector3d centre_mm;
  double radius_mm = 0.0;
};

std::optional<Head> head_of(const FemurOutcome& outcome) {
  if (const auto* femur = std::get_if<SegmentedFemur>(&outcome)) {
    return Head{femur->frame.head_centre_patient_mm, femur->frame.head_radius_mm};
  }
  const auto& unmeasured = std::get<UnmeasuredFemur>(outcome);
  if (!unmeasured.head_centre_patient_mm || !unmeasured.head_radius_mm) return std::nullopt;
  return Head{*unmeasured.head_centre_patient_mm, *unmeasured.head_radius_mm};
}

bool is_where_a_femur_is_measured(double z_mm, const Femora& femora) {
  if (!femora) return false;
  return std::ranges::any_of(*femora, [&](const FemurOutcome& outcome) {
    const auto* femur = std::get_if<SegmentedFemur>(&outcome);
    if (femur == nullptr) return false;
    const FemurFrame& frame = femur->frame;
    const double top_mm = frame.head_centre_patient_mm.z() + frame.head_radius_mm + margin_above_head_mm;
    return z_mm <= top_mm && z_mm >= frame.lesser_trochanter_patient_mm.z() - margin_below_trochanter_mm;
  });
}

void judge_mending(ScanFindings& findings, const CtVolume& ct, const Femora& femora) {
  for (const int slice : ct.interpolated_slices) {
    const Eigen::Vector3d middle =
        ct.grid.patient_from_voxel({0.5 * (ct.grid.size[0] - 1), 0.5 * (ct.grid.size[1] - 1), 1.0 * slice});
    const bool inside = is_where_a_femur_is_measured(middle.z(), femora);
    const std::string where = inside ? ", where a femur is measured (local interpolation)" : "";
    add(findings,
        inside ? Grade::c : Grade::b,
        NoteCode::slice_interpolated,
        "one slice missing at z " + fixed(middle.z(), 1) + " mm" + where);
  }
  if (ct.removed_tilt_deg > 0.0) {
    add(findings,
        Grade::b,
        NoteCode::tilt_removed,
        "slices tilted by " + fixed(ct.removed_tilt_deg, 1) + " degrees");
  }
}

void judge_image(ScanFindings& findings, const CtVolume& ct) {
  const double touched = tissue_on_border(ct);
  if (touched > largest_touched_share) {
    add(findings,
        Grade::b,
        NoteCode::truncated_field_of_view,
        "tissue on " + fixed(100.0 * touched, 0) + " % of the border, at most " +
            fixed(100.0 * largest_touched_share, 0) + " % for grade A");
  }
  if (const auto metal = find_metal(ct)) {
    add(findings,
        Grade::a,
        NoteCode::metal_present,
        fixed(0.001 * metal->volume_mm3, 2) + " cm3 above " + fixed(metal_hu, 0) + " HU at " +
            fixed(metal->centre_patient_mm.x(), 0) + ", " + fixed(metal->centre_patient_mm.y(), 0) + ", " +
            fixed(metal->centre_patient_mm.z(), 0) + " mm");
  }
  if (ct.clipped_voxels > 0) {
    add(findings,
        Grade::a,
        NoteCode::hu_clipped,
        std::to_string(ct.clipped_voxels) + " voxels at the largest CT number the images can hold");
  }
}

void judge_contrast(ScanFindings& findings, const CtVolume& ct, const Femora& femora) {
  if (ct.acquisition.contrast_agent || !femora) return;  // the header's word is graded with the header
  std::optional<double> brightest_hu;
  for (const FemurOutcome& outcome : *femora) {
    const std::optional<Head> head = head_of(outcome);
    if (!head) continue;
    const std::optional<double> hu = find_enhanced_vessel(ct, head->centre_mm, head->radius_mm);
    if (hu) brightest_hu = std::max(brightest_hu.value_or(*hu), *hu);
  }
  if (!brightest_hu) return;
  add(findings,
      Grade::c,
      NoteCode::contrast_agent,
      "femoral vessel of " + fixed(*brightest_hu, 0) + " HU, the header names no contrast agent");
}

// Full width at half maximum of a Gaussian.
constexpr double fwhm_per_sigma = 2.3548;

void judge_kernel(ScanFindings& findings, const CtVolume& ct, const std::optional<Calibration>& calibration) {
  std::optional<double> fwhm_mm;
  if (calibration && calibration->in_plane_psf_sigma_mm)
    fwhm_mm = fwhm_per_sigma * *calibration->in_plane_psf_sigma_mm;
  const KernelGrade kernel = grade_kernel(ct.acquisition.kernel, fwhm_mm);
  findings.grade = worse(findings.grade, kernel.grade);
  findings.notes.insert(findings.notes.end(), kernel.notes.begin(), kernel.notes.end());
}

// The phantom lies under the patient: behind a supine one, in front of a prone one. The geometry of the
// images decides in any case; a word against it is told.
void judge_patient_position(ScanFindings& findings,
                            const CtVolume& ct,
                            const Femora& femora,
                            const std::optional<Calibration>& calibration) {
  const std::string& position = ct.acquisition.patient_position;
  const bool says_supine = position == "HFS" || position == "FFS";
  const bool says_prone = position == "HFP" || position == "FFP";
  if ((!says_supine && !says_prone) || !femora || !calibration || calibration->rods.empty()) return;
  double rods_mm = 0.0;
  for (const RodMeasurement& rod : calibration->rods)
    rods_mm += rod.centre_patient_mm.y() / static_cast<double>(calibration->rods.size());
  for (const FemurOutcome& outcome : *femora) {
    const std::optional<Head> head = head_of(outcome);
    if (!head) continue;
    const bool is_behind = rods_mm > head->centre_mm.y();
    if (is_behind == says_supine) return;
    add(findings,
        Grade::a,
        NoteCode::patient_position,
        "Patient Position " + position + ", the phantom lies " + (is_behind ? "behind" : "in front of") +
            " the patient");
    return;
  }
}

}  // namespace

ScanFindings scan_findings(const CtVolume& ct,
                           const Femora& femora,
                           const std::optional<Calibration>& calibration) {
  ScanFindings findings;
  judge_mending(findings, ct, femora);
  judge_image(findings, ct);
  judge_contrast(findings, ct, femora);
  judge_kernel(findings, ct, calibration);
  judge_patient_position(findings, ct, femora, calibration);
  return findings;
}

}  // namespace focalhip
