#include "analysis/cortex/grade_cortex.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "analysis/support/format_number.h"
#include "analysis/support/reason_codes.h"
#include "analysis/volume/grade_kernel.h"

namespace focalhip {

namespace {

constexpr double fwhm_per_sigma = 2.3548;  // of a Gaussian

std::string percent(double share, int decimals) { return fixed(100.0 * share, decimals) + " %"; }

void judge_fits(CortexMeasurement& cortex, const CortexOptions& options) {
  const double invalid = cortex.map.invalid_share;
  const std::string found = percent(invalid, 1) + " of the surface without a cortex that could be read";
  if (invalid > options.most_invalid_measured) {
    throw Refusal(RefusalCode::segmentation,
                  found + ", " + percent(options.most_invalid_measured, 0) + " allowed");
  }
  if (invalid > options.most_invalid_noted) {
    cortex.grade = worse(cortex.grade, Grade::b);
    cortex.notes.push_back({NoteCode::cortex_incomplete, found});
  }
}

void judge_density(CortexMeasurement& cortex, const CortexOptions& options) {
  if (!cortex.map.bone.from_thick_cortex) {
    cortex.grade = worse(cortex.grade, Grade::b);
    cortex.notes.push_back({NoteCode::cortex_density_assumed,
                            "too little cortex thick enough to show its density; " +
                                fixed(cortex.map.bone.prior.cortex, 0) + " mg/cm3 " +
                                (cortex.map.bone.from_fallback ? "taken" : "taken from thin cortex")});
  }
  if (cortex.density_spread && *cortex.density_spread > options.most_density_spread) {
    cortex.notes.push_back({NoteCode::cortex_density_uneven,
                            "cortical density differs by " + percent(*cortex.density_spread, 1) +
                                " between regions, " + percent(options.most_density_spread, 0) +
                                " expected at most; beam hardening is possible"});
  }
}

// Head means are not reported; the map has no values there.
void judge_joint(CortexMeasurement& cortex, const CortexOptions& options) {
  double head = 0.0;
  double hidden = 0.0;
  double closed = 0.0;
  for (std::size_t v = 0; v < cortex.unmeasured.size(); ++v) {
    const double area = cortex.surface.area_mm2[v];
    if (cortex.surface.region[v] == SurfaceRegion::head) head += area;
    if (cortex.unmeasured[v] == Unmeasured::hidden_joint) hidden += area;
    if (cortex.unmeasured[v] == Unmeasured::closed_joint) closed += area;
  }
  if (!(head > 0.0) || hidden + closed <= options.most_joint_noted * head) return;
  const std::string of_head = " of the head's surface has ";
  const std::string below = " below " + fixed(options.least_joint_gap_mm, 1) + " mm";
  std::string found = percent(hidden / head, 0) + of_head + "no visible joint";
  if (!(hidden > 0.0)) found = percent(closed / head, 0) + of_head + "a joint" + below;
  if (hidden > 0.0 && closed > 0.0) found += ", " + percent(closed / head, 0) + " one" + below;
  cortex.notes.push_back({NoteCode::cortex_joint_closed, found + ": no cortex measured there"});
}

// The blur is modelled across the slices of the grid; those of a tilted gantry lay otherwise.
void judge_tilt(CortexMeasurement& cortex, const CtVolume& ct, const CortexOptions& options) {
  if (std::abs(ct.removed_tilt_deg) <= options.most_tilt_deg) return;
  cortex.grade = worse(cortex.grade, Grade::c);
  cortex.notes.push_back({NoteCode::cortex_tilt_removed,
                          "slices tilted by " + fixed(std::abs(ct.removed_tilt_deg), 0) +
                              " degrees: cortical thickness may be off in front and behind, the more the "
                              "thicker the slices"});
}

void judge_kernel(CortexMeasurement& cortex, const CtVolume& ct, const Calibration& calibration) {
  std::optional<double> fwhm_mm;
  if (calibration.in_plane_psf_sigma_mm) fwhm_mm = fwhm_per_sigma * *calibration.in_plane_psf_sigma_mm;
  const KernelGrade kernel = grade_kernel(ct.acquisition.kernel, fwhm_mm);
  if (std::ranges::none_of(kernel.notes,
                           [](const QualityNote& note) { return note.code == NoteCode::kernel_sharp; }))
    return;
  cortex.grade = worse(cortex.grade, Grade::c);
  cortex.notes.push_back(
      {NoteCode::cortex_kernel_sharp,
       "a kernel that enhances edges raises cortical density by 5 to 9 % and lowers the spongy "
       "bone's below it by 12 to 25 mg/cm3; cortex below 1 mm reads 0.1 mm too thick"});
}

}  // namespace

void grade_cortex(CortexMeasurement& cortex,
                  const CtVolume& ct,
                  const Calibration& calibration,
                  const CortexOptions& options) {
  judge_fits(cortex, options);
  judge_density(cortex, options);
  judge_joint(cortex, options);
  judge_tilt(cortex, ct, options);
  judge_kernel(cortex, ct, calibration);
}

}  // namespace focalhip
