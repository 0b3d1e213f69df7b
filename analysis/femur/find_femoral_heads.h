#pragma once

#include <array>
#include <optional>

#include "analysis/femur/head_sphere.h"
#include "analysis/femur/segment_femora.h"
#include "analysis/volume/hu_region.h"

namespace focalhip {

// What was found of a pair of femoral heads, patient frame; index = Side. At least one is set.
struct FemoralHeads {
  std::array<std::optional<HeadSphere>, 2> head;
};

// Looks for two round bones of like size at like height, 110 to 260 mm apart across the body: radial voting
// on a coarse copy, then a sphere fit at full resolution for the best candidates (qct 3.2 S2). One head alone
// is accepted only when it is convincing and the place of the other holds metal.
// Throws Refusal{not_a_hip} with what was found.
[[nodiscard]] FemoralHeads find_femoral_heads(const CtVolume& ct,
                                              const HuRegion& coarse,
                                              const FemurOptions& options);

}  // namespace focalhip
