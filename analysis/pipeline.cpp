#include "analysis/pipeline.h"

#include <algorithm>

#include "analysis/femur/precision.h"
#include "analysis/scan_findings.h"
#include "analysis/use_side.h"
#include "analysis/volume/grade_acquisition.h"

// The road of the data:
//   CtVolume -> Calibration -> segmented femora (both sides, in HU) -> densitometry FN TR IT TH ->
//   cortical map CTh CM CBMD ECTD -> the side that is used -> HipReport
// A stage that cannot measure throws Refusal; it is caught here and nowhere else, and becomes a coded
// sentence.

namespace focalhip {

namespace {

using Femora = std::array<FemurOutcome, 2>;

void refuse(HipReport& report, const NotMeasured& reason) {
  report.grade = Grade::r;
  if (!report.refusal) {
    report.refusal = reason;
    return;
  }
  report.refusal->detail += "; also " + std::string(code_string(reason.code)) + ": " + reason.detail;
}

void append(std::vector<QualityNote>& notes, const std::vector<QualityNote>& more) {
  notes.insert(notes.end(), more.begin(), more.end());
}

HipReport describe(const CtVolume& ct, const Subject& subject, const AnalysisOptions& options) {
  HipReport report = refused_report(subject, {});
  report.refusal.reset();
  report.acquisition = ct.acquisition;
  report.grid = ct.grid;
  report.parameters = parameters_of(options);
  const AcquisitionGrade acquisition =
      grade_acquisition({.slice_spacing_mm = ct.grid.spacing_mm.z(),
                         .pixel_mm = std::max(ct.grid.spacing_mm.x(), ct.grid.spacing_mm.y()),
                         .slice_thickness_mm = ct.acquisition.slice_thickness_mm,
                         .kvp = ct.acquisition.kvp,
                         .contrast_agent = ct.acquisition.contrast_agent});
  report.grade = acquisition.grade;
  append(report.notes, acquisition.notes);
  if (acquisition.refusal) refuse(report, *acquisition.refusal);
  return report;
}

// From the lower lesser trochanter to the higher head's top: where the calibration will be used.
std::optional<HeightRange> heights_of(const std::optional<Femora>& femora) {
  if (!femora) return std::nullopt;
  std::optional<HeightRange> range;
  for (const FemurOutcome& outcome : *femora) {
    const auto* femur = std::get_if<SegmentedFemur>(&outcome);
    if (femur == nullptr) continue;
    const FemurFrame& frame = femur->frame;
    const double top_z_mm = frame.head_centre_patient_mm.z() + frame.head_radius_mm;
    const double bottom_z_mm =
        frame.origin_patient_mm.z() + frame.lesser_trochanter_distal_mm * frame.shaft_axis_patient.z();
    if (!range) range = HeightRange{bottom_z_mm, top_z_mm};
    range->lowest_z_mm = std::min(range->lowest_z_mm, bottom_z_mm);
    range->highest_z_mm = std::max(range->highest_z_mm, top_z_mm);
  }
  return range;
}

void add_calibration(HipReport& report,
                     const CtVolume& ct,
                     const std::optional<Femora>& femora,
                     const CalibrationOptions& options) {
  try {
    report.calibration = calibrate(ct, options, heights_of(femora));
    report.grade = worse(report.grade, report.calibration->grade);
    append(report.notes, report.calibration->notes);
  } catch (const Refusal& refusal) {
    refuse(report, refusal.not_measured());
  }
}

void add_findings(HipReport& report, const ScanFindings& findings) {
  report.grade = worse(report.grade, findings.grade);
  append(report.notes, findings.notes);
}

std::optional<Femora> find_femora(HipReport& report, const CtVolume& ct, const FemurOptions& options) {
  try {
    return segment_femora(ct, options);
  } catch (const Refusal& refusal) {
    refuse(report, refusal.not_measured());
    return std::nullopt;
  }
}

UnmeasuredFemur without_values(const SegmentedFemur& femur, const NotMeasured& reason) {
  return {.reason = reason,
          .head_centre_patient_mm = femur.frame.head_centre_patient_mm,
          .head_radius_mm = femur.frame.head_radius_mm,
          .notes = femur.notes};
}

FemurResult measure_femur(const CtVolume& ct,
                          Side side,
                          const FemurOutcome& outcome,
                          const HipReport& report,
                          const DensitometryOptions& options) {
  FemurResult result{.side = side, .used_for_atlas = false, .cortex = {}, .outcome = UnmeasuredFemur{}};
  if (const auto* unmeasured = std::get_if<UnmeasuredFemur>(&outcome)) {
    result.outcome = *unmeasured;
    return result;
  }
  const auto& femur = std::get<SegmentedFemur>(outcome);
  if (report.refusal) {  // outlined, but without a valid density scale there is nothing to report
    result.outcome = without_values(femur, *report.refusal);
    return result;
  }
  try {
    FemurMeasurement measured = measure_densitometry(ct, *report.calibration, femur, options);
    measured.precision_holds = table_holds(report.calibration->method, worse(report.grade, measured.grade));
    result.outcome = std::move(measured);
  } catch (const Refusal& refusal) {
    result.outcome = without_values(femur, refusal.not_measured());
  }
  return result;
}

// A femur whose cortex cannot be mapped keeps its densitometry.
void map_cortex_of(FemurResult& femur,
                   const CtVolume& ct,
                   const FemurOutcome& outcome,
                   const HipReport& report,
                   const CortexOptions& options) {
  auto* measured = std::get_if<FemurMeasurement>(&femur.outcome);
  if (measured == nullptr) return;
  try {
    const JointSpaceMap& joint = std::get<SegmentedFemur>(outcome).joint;
    femur.cortex = measure_cortex(ct, *report.calibration, *measured, joint, options);
    append(measured->notes, femur.cortex->notes);
    measured->grade = worse(measured->grade, femur.cortex->grade);
  } catch (const Refusal& refusal) {
    measured->notes.push_back({NoteCode::cortex_not_mapped, refusal.what()});
  }
}

std::string both_reasons(const std::vector<FemurResult>& femurs) {
  std::string text;
  for (const FemurResult& femur : femurs) {
    const UnmeasuredFemur& unmeasured = *femur.unmeasured();
    text += (text.empty() ? "" : "; ") + std::string(name(femur.side)) + ": " + unmeasured.reason.detail;
  }
  return text;
}

// No femur of the asked sides could be measured: the series as a whole is refused.
void refuse_if_nothing_measured(HipReport& report) {
  if (report.refusal || report.femurs.empty()) return;
  if (std::ranges::any_of(report.femurs, [](const FemurResult& f) { return f.measurement() != nullptr; }))
    return;
  const RefusalCode first = report.femurs.front().unmeasured()->reason.code;
  const bool same = std::ranges::all_of(
      report.femurs, [first](const FemurResult& f) { return f.unmeasured()->reason.code == first; });
  const bool both_lost =
      report.femurs.size() == 2 && (first == RefusalCode::metal || first == RefusalCode::fracture);
  const RefusalCode code = same && !both_lost ? first : RefusalCode::no_intact_side;
  refuse(report, {code, both_reasons(report.femurs)});
}

// What a femur's notes say concerns the whole report: repeated there, naming the side.
void lift_femur_notes(HipReport& report) {
  for (const FemurResult& femur : report.femurs) {
    const FemurMeasurement* measured = femur.measurement();
    const auto& notes = measured != nullptr ? measured->notes : femur.unmeasured()->notes;
    for (const QualityNote& note : notes) report.notes.push_back(of_femur(femur.side, note));
    if (measured != nullptr) {
      if (femur.used_for_atlas) report.grade = worse(report.grade, measured->grade);
    } else if (!report.refusal) {
      const NotMeasured& reason = femur.unmeasured()->reason;
      report.notes.push_back(
          of_femur(femur.side,
                   {NoteCode::side_refused, std::string(code_string(reason.code)) + ", " + reason.detail}));
    }
  }
}

void note_missing_context(HipReport& report) {
  if (!report.subject.sex) report.notes.push_back({NoteCode::sex_unknown, "no sex in the header"});
  if (!report.subject.age_years) report.notes.push_back({NoteCode::age_unknown, "no age in the header"});
  report.notes.push_back({NoteCode::atlas_none, "measured values only, no other person's beside them"});
}

AnalysisOptions with_threads_everywhere(AnalysisOptions options) {
  options.calibration.threads = options.threads;
  options.femur.threads = options.threads;
  options.densitometry.threads = options.threads;
  options.cortex.threads = options.threads;
  return options;
}

}  // namespace

HipReport analyse(const CtVolume& ct, const Subject& subject, const AnalysisOptions& given) {
  const AnalysisOptions options = with_threads_everywhere(given);
  HipReport report = describe(ct, subject, options);
  const std::optional<Femora> femora = find_femora(report, ct, options.femur);
  add_calibration(report, ct, femora, options.calibration);
  add_findings(report, scan_findings(ct, femora, report.calibration));
  if (femora) {
    for (const Side side : {Side::right, Side::left}) {
      const FemurOutcome& outcome = (*femora)[static_cast<std::size_t>(side)];
      report.femurs.push_back(measure_femur(ct, side, outcome, report, options.densitometry));
      if (options.map_cortex) map_cortex_of(report.femurs.back(), ct, outcome, report, options.cortex);
    }
    use_side(report, ct, *femora, options);
  }
  refuse_if_nothing_measured(report);
  lift_femur_notes(report);
  note_missing_context(report);
  report.pictures = cut_pictures(ct, femora);
  for (FemurResult& femur : report.femurs) {
    femur.pictures =
        std::visit([&ct](const auto& outcome) { return cut_femur_pictures(ct, outcome); }, femur.outcome);
  }
  return report;
}

HipReport refused_report(const Subject& subject, const NotMeasured& reason) {
  HipReport report;
  report.subject = subject;
  report.grade = Grade::r;
  report.refusal = reason;
  return report;
}

}  // namespace focalhip
