#pragma once

#include "testdata/simulator/simulate.h"
#include "tests/proof/femur/femur_case.h"

namespace focalhip::proof {

// The person of a case: drawn from its seed, women and men in turn; mesh-based ones wear the real bone on
// both sides.
[[nodiscard]] simulator::HipParameters person_of(const FemurCase& one, const FemurProofSize& size);

// The paper's protocol at grade A with the targets' blur and noise; 25 mm above the heads instead of 42.
[[nodiscard]] simulator::Protocol grade_a_protocol(const simulator::HipParameters& hip);

// For questions that need many series: the simulator's coarse protocol with noise 30 HU, 25 mm above the
// heads.
[[nodiscard]] simulator::Protocol coarse_protocol(const simulator::HipParameters& hip);

}  // namespace focalhip::proof
