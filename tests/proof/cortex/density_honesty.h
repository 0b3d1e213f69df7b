#pragma once

#include "tests/proof/proof_table.h"

namespace focalhip::proof {

// How much of a true change of cortical density CBMD shows, by thickness: +-12 % planted in one place of a
// bone, and in the whole bone (whose own density is then estimated anew); and what CBMD shows where the
// cortex only became thinner. Nothing is given: density and blur of the bone come from its own profiles.
void density_honesty(ProofTable& table, std::uint64_t first_seed, int threads);

}  // namespace focalhip::proof
