#pragma once

#include "tests/proof/proof_table.h"

namespace focalhip::proof {

// The rows of science qct 8.2 for rods, sigma and beta, blur and internal calibration, and what 2.3 asks
// along z.
void prove_calibration(ProofTable& table, const ProofSize& size);
// Cut, bubbled, absent, ... phantoms: refused or downgraded.
void prove_bad_phantoms(ProofTable& table, const ProofSize& size);

}  // namespace focalhip::proof
