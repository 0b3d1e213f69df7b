#pragma once

#include "analysis/volume/ct_volume.h"

namespace focalhip {

// More of the border than this touched by tissue: the patient is cut by the field of view, and HU near the
// border are biased. [science: qct 1.3]
inline constexpr double largest_touched_share = 0.10;

// Share of the border of what was measured that lies in tissue (above -250 HU), the mean over 20 mm of slices
// where it is largest; 0 to 1. The border is that of the valid voxels; where all are valid but the corners of
// the images hold air, the circle of the reconstruction diameter, if the header names it; else the edge of
// the images.
[[nodiscard]] double tissue_on_border(const CtVolume& ct);

}  // namespace focalhip
