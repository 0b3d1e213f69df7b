#include <malloc.h>
#include <chrono>
#include <fstream>
#include <sstream>

#include "analysis/pipeline.h"
#include "tests/proof/femur/femur_experiments.h"
#include "tests/proof/femur/simulated_person.h"
#include "tests/support/simulated_volume.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

// MiB of a line of /proc/self/status.
double status_mib(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ':')) return std::stod(line.substr(name.size() + 1)) / 1024.0;
  }
  return 0.0;
}

// Gives back what the simulation held, and lets the peak count from here.
void reset_peak() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << 5 << std::flush;
}

template <typename Work>
double wall_seconds(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

CtVolume large_volume(const FemurCase& one, const FemurProofSize& size) {
  const sim::HipParameters hip = person_of(one, size);
  sim::Protocol protocol;
  protocol.noise_sd_hu = 30.0;
  protocol.slices = 300;
  protocol.lowest_above_heads_mm = -160.0;
  sim::SimulatedScan scan = sim::simulate(hip, protocol, noise_seed(one), 2);
  return test::ct_volume(scan.grid, std::move(scan.hu), protocol.tube_kvp);
}

}  // namespace

CaseResults run_speed(const FemurCase& one, const FemurProofSize& size) {
  const CtVolume ct = large_volume(one, size);
  Values values;
  Calibration calibration;
  std::array<FemurOutcome, 2> femora;
  reset_peak();
  values["series_mib"] = status_mib("VmRSS");
  values["calibration_s"] = wall_seconds([&] { calibration = calibrate(ct, {}); });
  values["segmentation_s"] = wall_seconds([&] { femora = segment_femora(ct, {}); });
  values["densitometry_s"] = wall_seconds([&] {
    for (const FemurOutcome& outcome : femora) {
      const auto* femur = std::get_if<SegmentedFemur>(&outcome);
      if (femur != nullptr) static_cast<void>(measure_densitometry(ct, calibration, *femur, {}));
    }
  });
  values["peak_mib"] = status_mib("VmHWM");
  reset_peak();
  AnalysisOptions options;
  values["analyse_s"] = wall_seconds([&] { static_cast<void>(analyse(ct, {}, options)); });
  values["analyse_peak_mib"] = status_mib("VmHWM");
  return {{.of = one, .side = '-', .value = values}};
}

}  // namespace focalhip::proof
