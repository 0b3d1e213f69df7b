#pragma once

#include <array>
#include <variant>

#include "analysis/femur/femur.h"

namespace focalhip {

struct FemurOptions {
  double bone_threshold_hu = 200.0;  // coarse bone after 1 mm smoothing
  double smallest_head_radius_mm = 17.0;
  double largest_head_radius_mm = 30.0;
  double shaft_needed_below_lesser_trochanter_mm =
      10.0;         // less: refused (TH not definable); below 25: grade B, below 15: C
  int threads = 2;  // changes speed only, never numbers
};

// A femur found and outlined in HU, before any calibration. grade/notes tell coverage and quality.
struct SegmentedFemur {
  FemurMask mask;
  FemurFrame frame;
  OutlineQuality quality;
  JointSpaceMap joint{};
  Grade grade = Grade::a;
  std::vector<QualityNote> notes;
};

// What was seen of a femur that could not be measured: enough for a page and for the coverage note.
struct UnmeasuredFemur {
  NotMeasured reason;
  std::optional<Eigen::Vector3d> head_centre_patient_mm;
  std::optional<double> head_radius_mm;
  std::vector<QualityNote> notes;
};

using FemurOutcome = std::variant<UnmeasuredFemur, SegmentedFemur>;

// Both femora of a pelvis, index = Side. Works on HU alone. Per-femur problems are outcomes;
// throws Refusal{not_a_hip} or Refusal{orientation} when the volume as a whole is no hip CT.
[[nodiscard]] std::array<FemurOutcome, 2> segment_femora(const CtVolume& ct, const FemurOptions& options);

}  // namespace focalhip
