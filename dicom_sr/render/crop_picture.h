#pragma once

#include "analysis/hip_report.h"

namespace focalhip {

// True when the picture's pixels fill its size.
[[nodiscard]] bool is_drawable(const SlicePicture& picture);

// The part worth showing: without the air around body and phantom; a coronal picture of a long scan only from
// 90 mm above to 170 mm below the femoral heads, as far as they were found. Needs is_drawable().
[[nodiscard]] SlicePicture crop_picture(const SlicePicture& picture, const HipReport& report);

}  // namespace focalhip
