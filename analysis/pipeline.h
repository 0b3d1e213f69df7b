#pragma once

#include "analysis/calibration/calibrate.h"
#include "analysis/femur/measure_densitometry.h"
#include "analysis/femur/segment_femora.h"
#include "analysis/hip_report.h"

namespace focalhip {

enum class SideChoice { both, right, left, automatic };

// What the header's laterality (of image, frame, series or anatomic region) tells: nothing, the femur to
// measure, or the broken one. Sites differ: after an accident it is the injured side.
enum class LateralityMeaning { ignored, measured, fractured };

struct AnalysisOptions {
  CalibrationOptions calibration;
  FemurOptions femur;
  DensitometryOptions densitometry;
  CortexOptions cortex;
  bool map_cortex = true;  // false: densitometry alone, in two thirds of the time
  SideOptions sides;
  SideChoice side = SideChoice::both;  // right and left are instructions, too
  SideInstruction instruction = SideInstruction::none;
  std::string instruction_source;  // "command line", "configuration", "peer"
  LateralityMeaning laterality = LateralityMeaning::ignored;
  int threads = 2;  // changes speed only, never numbers; handed to every stage
};
[[nodiscard]] std::vector<std::string> problems_in(const AnalysisOptions& options);
// The options that change results, "name=value", as printed in every report.
[[nodiscard]] std::vector<std::string> parameters_of(const AnalysisOptions& options);

// The road of the data on one page. Never throws Refusal: a series that cannot be measured comes back as a
// report with `refusal` set and everything that was seen.
[[nodiscard]] HipReport analyse(const CtVolume& ct, const Subject& subject, const AnalysisOptions& options);

// The report of a series that did not even become a CtVolume.
[[nodiscard]] HipReport refused_report(const Subject& subject, const NotMeasured& reason);

}  // namespace focalhip
