#pragma once

#include <optional>

#include "analysis/side/hip_bone.h"

namespace focalhip {

// How firmly the femoral head hangs on its shaft: the smallest mineral cross-section (maximum flow through
// bone from the middle of the head to the shaft) divided by the shaft's own. Whole simulated femora
// have 0.15 to 0.52, a displaced fracture a fraction of the other side's. Bone of the pelvis carries nothing.
// Absent: no shaft in the scan. [qct 5, "c"]
[[nodiscard]] std::optional<double> head_connectivity(const HipBone& hip);

}  // namespace focalhip
