#pragma once

#include "tests/proof/proof_table.h"

namespace focalhip::proof {

// The further experiments of science cbm 8.4 that need one phantom each: (a) obliquity, (b) slice thickness,
// (c) neighbour bone, (d) curvature, (g) linearity of ECTD, (h) units.
void run_experiments(ProofTable& table, std::uint64_t first_seed, int threads);

}  // namespace focalhip::proof
