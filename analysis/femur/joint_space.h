#pragma once

#include <optional>

#include "analysis/femur/hip_region.h"

namespace focalhip {

// Fifth percentile of the gap (mm) between the head and the bone of the socket, over the directions in which
// a gap up to 8 mm wide is seen. The ends of the gap are where the HU are half-way between its darkest
// value and the bone on either side, so a joint below about 1 mm reads too wide. Nothing when fewer than a
// fifth of the cap's directions show a gap. [qct 3.2 S7]
[[nodiscard]] std::optional<double> joint_space_p05_mm(const HipRegion& hip,
                                                       const Eigen::Vector3d& neck_direction);

}  // namespace focalhip
