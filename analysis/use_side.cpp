#include "analysis/use_side.h"

#include <algorithm>
#include <cmath>

#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

// What was told about the sides, by whom; the most explicit one. [qct 5]
SideRequest side_request(const Subject& subject, const AnalysisOptions& options) {
  SideRequest request{.instruction = options.instruction,
                      .source = options.instruction_source,
                      .label = subject.fracture_label};
  if (request.instruction != SideInstruction::none) return request;
  if (options.side == SideChoice::right || options.side == SideChoice::left) {
    const bool right = options.side == SideChoice::right;
    request.instruction = right ? SideInstruction::measure_right : SideInstruction::measure_left;
    request.source = "the option side";
  } else if (subject.laterality && options.laterality != LateralityMeaning::ignored) {
    const bool right = *subject.laterality == Side::right;
    const bool broken = options.laterality == LateralityMeaning::fractured;
    request.instruction = broken  ? (right ? SideInstruction::fracture_right : SideInstruction::fracture_left)
                          : right ? SideInstruction::measure_right
                                  : SideInstruction::measure_left;
    request.source = "the laterality of the header";
  }
  return request;
}

void withhold(FemurResult& femur, const NotMeasured& reason) {
  femur.cortex.reset();
  const FemurMeasurement* measured = femur.measurement();
  if (measured == nullptr) {
    std::get<UnmeasuredFemur>(femur.outcome).reason = reason;
    return;
  }
  femur.outcome = UnmeasuredFemur{.reason = reason,
                                  .head_centre_patient_mm = measured->frame.head_centre_patient_mm,
                                  .head_radius_mm = measured->frame.head_radius_mm,
                                  .notes = measured->notes};
}

// Without calibration nothing is measured; the sides can be judged all the same.
std::array<bool, 2> measurable(const HipReport& report) {
  std::array<bool, 2> result{true, true};
  for (const FemurResult& femur : report.femurs) {
    result[static_cast<std::size_t>(femur.side)] = report.refusal || femur.measurement() != nullptr;
  }
  return result;
}

// The one that is used is marked, a broken one is not reported.
void apply_decision(HipReport& report, const SideDecision& decision) {
  for (FemurResult& femur : report.femurs) {
    femur.used_for_atlas = femur.side == decision.used && femur.measurement() != nullptr;
    const auto& reason = decision.withheld[static_cast<std::size_t>(femur.side)];
    if (reason && !report.refusal) withhold(femur, *reason);
  }
  report.grade = worse(report.grade, decision.grade);
  report.notes.insert(report.notes.end(), decision.notes.begin(), decision.notes.end());
}

void keep_asked_sides(HipReport& report, SideChoice side) {
  if (side == SideChoice::both) return;
  if (side != SideChoice::automatic) {
    const Side asked = side == SideChoice::right ? Side::right : Side::left;
    std::erase_if(report.femurs, [asked](const FemurResult& femur) { return femur.side != asked; });
    return;
  }
  if (std::ranges::any_of(report.femurs, &FemurResult::used_for_atlas)) {
    std::erase_if(report.femurs, [](const FemurResult& femur) { return !femur.used_for_atlas; });
    return;
  }
  for (FemurResult& femur : report.femurs) {  // numbers of a side that nobody can vouch for
    if (femur.measurement() != nullptr)
      withhold(femur, {RefusalCode::no_intact_side, "neither femur is certain to be intact"});
  }
}

// Intact femora of one person are alike. [qct 3.2, self-QC: volume ratio 0.90 to 1.10]
void note_differences(HipReport& report) {
  constexpr double largest_difference = 0.10;
  if (!report.side) return;
  const auto note =
      [&](const char* what, const std::optional<double>& right, const std::optional<double>& left) {
        if (!right || !left || *left <= 0.0 || std::abs(*right / *left - 1.0) <= largest_difference) return;
        report.notes.push_back(
            {NoteCode::sides_differ,
             std::string(what) + " right / left " + fixed(*right / *left, 2) + ", 0.90 to 1.10 expected"});
      };
  note("bone volume above the lesser trochanter",
       report.side->evidence.side[0].volume_above_trochanter_mm3,
       report.side->evidence.side[1].volume_above_trochanter_mm3);
  if (report.femurs.size() != 2) return;
  const FemurMeasurement* right = report.femurs[0].measurement();
  const FemurMeasurement* left = report.femurs[1].measurement();
  if (right == nullptr || left == nullptr) return;
  note("TH vBMD", (*right)[VoiName::th].vbmd_mg_cm3, (*left)[VoiName::th].vbmd_mg_cm3);
}

}  // namespace

void use_side(HipReport& report,
              const CtVolume& ct,
              const std::array<FemurOutcome, 2>& femora,
              const AnalysisOptions& options) {
  report.side =
      choose_side(ct, femora, measurable(report), side_request(report.subject, options), options.sides);
  apply_decision(report, report.side->decision);
  note_differences(report);
  keep_asked_sides(report, options.side);
}

}  // namespace focalhip
