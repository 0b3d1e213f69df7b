#pragma once

#include <array>
#include <optional>
#include <vector>

#include "analysis/calibration/calibration.h"
#include "analysis/femur/measure_densitometry.h"
#include "testdata/simulator/simulate.h"
#include "tests/proof/femur/femur_case.h"

namespace focalhip::proof {

// A simulated series and what the analysis makes of it, one thread.
struct MeasuredSeries {
  simulator::SimulatedScan scan;
  CtVolume ct;
  std::optional<Calibration> calibration;
  std::array<std::optional<FemurMeasurement>, 2> femur;  // index = Side
  std::array<std::string, 2> refusal;                    // of a side without measurement
  double simulation_s = 0.0;                             // processor time
  double analysis_s = 0.0;
};
[[nodiscard]] MeasuredSeries measure_series(const simulator::HipParameters& hip,
                                            const simulator::Protocol& protocol,
                                            std::uint64_t noise_seed);

// Calibration and femora of a volume as the pipeline calls them. Refusals go to `refusal`.
void measure_volume(const CtVolume& ct, MeasuredSeries& series);

enum class Surfaces { compared, left_out };
// Both sides against the truth (compare_femur); a side that was refused has failed = 1.
[[nodiscard]] std::vector<CaseValues> compare_series(const FemurCase& one,
                                                     const MeasuredSeries& series,
                                                     const simulator::HipParameters& hip,
                                                     const simulator::Protocol& protocol,
                                                     Surfaces surfaces);

}  // namespace focalhip::proof
