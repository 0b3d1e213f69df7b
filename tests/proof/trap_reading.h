#pragma once

#include <string>

#include "tests/proof/traps.h"

namespace focalhip::proof {

struct TrapOutcome {
  bool is_correct = false;  // read right, or refused with the expected code
  bool sides_seen = false;  // left and right were looked at
  bool is_wrong_side = false;
  std::string said;  // what was found, for a person
};

// Scans a person for a kind of traps: 1.25 mm slices of 384 x 384, noise 30 HU.
[[nodiscard]] TrapScan scan_for_traps(ScanKind kind, std::uint64_t seed, int threads);

// Writes the trap, reads it on the road of `focalhip analyze` and compares. `scan` of the trap's kind;
// `supine`: the same person, what resampled volumes are held against.
[[nodiscard]] TrapOutcome run_trap(const Trap& trap,
                                   const TrapScan& scan,
                                   const simulator::SimulatedScan& supine,
                                   int threads);

}  // namespace focalhip::proof
