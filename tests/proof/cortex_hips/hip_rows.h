#pragma once

#include <string>

#include "tests/proof/cortex_hips/hip_cases.h"
#include "tests/proof/proof_table.h"

namespace focalhip::proof {

// The rows of one column (implicit or mesh) from the cases that are there.
void hip_rows(ProofTable& table,
              const HipProofSize& size,
              const std::string& column,
              const FemurResults& results);

}  // namespace focalhip::proof
