#include "tests/proof/femur/measure_series.h"

#include <algorithm>
#include <ctime>
#include <iostream>

#include "analysis/calibration/calibrate.h"
#include "tests/proof/femur/compare_femur.h"
#include "tests/support/simulated_volume.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

bool noted(const FemurMeasurement& femur, NoteCode code) {
  return std::ranges::any_of(femur.notes, [code](const QualityNote& note) { return note.code == code; });
}

}  // namespace

void measure_volume(const CtVolume& ct, MeasuredSeries& series) {
  series.calibration.reset();
  series.femur = {};
  series.refusal = {};
  try {
    CalibrationOptions calibration;
    calibration.threads = 1;
    series.calibration = calibrate(ct, calibration);
    const std::array<FemurOutcome, 2> outcomes = segment_femora(ct, {.threads = 1});
    for (std::size_t side = 0; side < 2; ++side) {
      if (const auto* unmeasured = std::get_if<UnmeasuredFemur>(&outcomes[side])) {
        series.refusal[side] = unmeasured->reason.detail;
        continue;
      }
      series.femur[side] = measure_densitometry(
          ct, *series.calibration, std::get<SegmentedFemur>(outcomes[side]), {.threads = 1});
    }
  } catch (const Refusal& refusal) {
    series.refusal = {refusal.what(), refusal.what()};
  }
}

MeasuredSeries measure_series(const sim::HipParameters& hip,
                              const sim::Protocol& protocol,
                              std::uint64_t noise_seed) {
  MeasuredSeries series;
  const double start = processor_seconds();
  series.scan = sim::simulate(hip, protocol, noise_seed, 1);
  series.ct = test::ct_volume(series.scan.grid, series.scan.hu, protocol.tube_kvp);
  series.simulation_s = processor_seconds() - start;
  measure_volume(series.ct, series);
  series.analysis_s = processor_seconds() - start - series.simulation_s;
  return series;
}

std::vector<CaseValues> compare_series(const FemurCase& one,
                                       const MeasuredSeries& series,
                                       const sim::HipParameters& hip,
                                       const sim::Protocol& protocol,
                                       Surfaces surfaces) {
  const double start = processor_seconds();
  std::optional<sim::FemurSurfaces> truth;
  if (surfaces == Surfaces::compared) truth = sim::simulate_surfaces(hip, protocol, 1);
  std::vector<CaseValues> results;
  for (const Side side : {Side::right, Side::left}) {
    CaseValues& result = results.emplace_back(CaseValues{.of = one, .side = letter(side), .value = {}});
    const auto& femur = series.femur[static_cast<std::size_t>(side)];
    if (!femur) {
      result.value["failed"] = 1;
      std::cerr << one.group << ' ' << one.column << ' ' << one.bone << ' ' << one.seed << ' ' << one.variant
                << ' ' << letter(side) << ": " << series.refusal[static_cast<std::size_t>(side)] << '\n';
      continue;
    }
    const sim::SurfaceMesh* mesh = !truth ? nullptr : side == Side::right ? &truth->right : &truth->left;
    result.value = compare_femur(*femur, series.scan, mesh);
    result.value["failed"] = 0;
    result.value["narrow"] = noted(*femur, NoteCode::joint_narrow) ? 1 : 0;
    result.value["implausible"] = noted(*femur, NoteCode::voi_implausible) ? 1 : 0;
    result.value["kappa"] = series.calibration->ha_per_k2hpo4;
    result.value["true_kappa"] = series.scan.truth.calibration.ha_per_k2hpo4;
    result.value["simulation_s"] = series.simulation_s;
    result.value["analysis_s"] = series.analysis_s;
    result.value["comparison_s"] = processor_seconds() - start;
  }
  return results;
}

}  // namespace focalhip::proof
