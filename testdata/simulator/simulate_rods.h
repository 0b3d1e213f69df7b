#pragma once

#include "testdata/simulator/simulate.h"

// Scans for calibration alone: RodsScene instead of a person. A 512 x 512 series of 60 slices takes about a
// second of one core. Not modelled: the slice profile (edges along z are sharp), femora, streaks.
namespace focalhip::simulator {

inline constexpr int default_rods_slices = 60;  // centred on the heads

[[nodiscard]] ScanGrid plan_rods_scan(const HipParameters& hip, const Protocol& protocol);

// Mask and density stay empty, truth.femora is false. Same arguments, same result, whatever the threads.
[[nodiscard]] SimulatedScan simulate_rods(const HipParameters& hip,
                                          const Protocol& protocol,
                                          std::uint64_t seed,
                                          int threads,
                                          const Progress& progress = {});

}  // namespace focalhip::simulator
