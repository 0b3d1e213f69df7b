#pragma once

#include <cstdint>
#include <vector>

#include "analysis/volume/plane_image.h"

namespace focalhip {

// Where a calibration phantom can lie: 1 for measured pixels that have air (below -250 HU; foam counts as
// air) within deepest_mm. Resolved to about 4 mm; one value per pixel of the picture.
[[nodiscard]] std::vector<std::uint8_t> near_air(const PlaneImage& image, double deepest_mm);

}  // namespace focalhip
