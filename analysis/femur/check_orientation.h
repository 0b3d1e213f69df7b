#pragma once

#include "analysis/femur/find_femoral_heads.h"

namespace focalhip {

// Throws Refusal{orientation} when the bones prove that cranial or posterior of the tags are wrong: a stack
// in reversed order, or a flipped one, would silently swap right and left. Asks where the trochanters lie
// (lateral of the heads and below them) and where pubis and sacrum lie. Says nothing when the scan does not
// show enough of them. A volume mirrored in x alone cannot be told from its bones. [qct 1.4]
void refuse_contradicting_orientation(const HuRegion& coarse, const FemoralHeads& heads);

}  // namespace focalhip
