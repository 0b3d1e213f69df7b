#pragma once

#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analysis/calibration/calibration.h"
#include "analysis/cortex/measure_cortex.h"
#include "analysis/femur/cut_femur_pictures.h"
#include "analysis/femur/cut_pictures.h"
#include "analysis/femur/femur.h"
#include "analysis/femur/segment_femora.h"
#include "analysis/side/choose_side.h"

namespace focalhip {

enum class Sex { female, male };
enum class DiabetesStatus { unknown, yes, no };

// What is known of the person, from the header or the command line; absent = not known, never guessed.
struct Subject {
  std::optional<Sex> sex;
  std::optional<double> age_years;
  std::optional<double> height_cm;
  std::optional<double> weight_kg;
  DiabetesStatus t2dm = DiabetesStatus::unknown;
  FractureLabel fracture_label = FractureLabel::none;  // a fracture named by the free texts of the header
  // Image, Frame or Series Laterality, or the Anatomic Region Modifier, where they agree
  std::optional<Side> laterality;
};

// One femur: measured, or why not.
struct FemurResult {
  Side side = Side::right;
  bool used_for_atlas = false;
  std::optional<CortexMeasurement> cortex;  // of a measured femur; absent when its cortex could not be mapped
  std::variant<UnmeasuredFemur, FemurMeasurement> outcome;
  std::vector<FemurPicture> pictures{};  // slices for a reader to judge; empty when no head was found

  [[nodiscard]] const FemurMeasurement* measurement() const {
    return std::get_if<FemurMeasurement>(&outcome);
  }
  [[nodiscard]] const UnmeasuredFemur* unmeasured() const { return std::get_if<UnmeasuredFemur>(&outcome); }
};

struct SoftwareIdentity {
  std::string name = "FocalHip";
  std::string version;
  std::string build;
};

// A femur's note as the report's own list repeats it.
[[nodiscard]] inline QualityNote of_femur(Side side, const QualityNote& note) {
  return {note.code, std::string(name(side)) + ": " + note.detail};
}

// Everything the analysis says about one series; the single source of report.json, SR and pages.
struct HipReport {
  SoftwareIdentity software;
  Subject subject;
  Acquisition acquisition;
  VoxelGrid grid;
  Grade grade = Grade::a;
  std::vector<QualityNote> notes;      // of the scan, and those of each femur again, as of_femur says them
  std::optional<NotMeasured> refusal;  // set: nothing was measured; the other parts tell what was seen
  std::optional<Calibration> calibration;
  std::vector<FemurResult> femurs;       // right, left; empty when the volume is no hip CT
  std::optional<SideChoiceReport> side;  // which femur is used, and why; absent when it is no hip CT
  std::vector<SlicePicture> pictures;    // axial and coronal through the femoral heads (or the middle)
  std::vector<std::string> parameters;   // result-affecting options, "name=value"
};

// Whether any femur's values have a least significant change.
[[nodiscard]] inline bool precision_holds(const HipReport& report) {
  for (const FemurResult& femur : report.femurs) {
    if (femur.measurement() != nullptr && femur.measurement()->precision_holds) return true;
  }
  return false;
}

}  // namespace focalhip
