#pragma once

#include <string>

#include "tests/proof/cortex_hips/hip_cases.h"
#include "tests/proof/proof_table.h"

namespace focalhip::proof {

// Rows of persons scanned once more with something changed: defects, cortical density, kernels, troubles.
void change_rows(ProofTable& table,
                 const HipProofSize& size,
                 const std::string& column,
                 const FemurResults& results);

}  // namespace focalhip::proof
