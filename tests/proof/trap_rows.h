#pragma once

#include "tests/proof/proof_table.h"

namespace focalhip::proof {

// The row of science qct 8.2 for the trap set, a row for every trap: one person for every 100 series.
void prove_traps(ProofTable& table, const ProofSize& size);

}  // namespace focalhip::proof
