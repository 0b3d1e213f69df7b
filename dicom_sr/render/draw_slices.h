#pragma once

#include "analysis/hip_report.h"
#include "dicom_sr/render/canvas.h"

namespace focalhip {

[[nodiscard]] Colour colour_of(Side side);

// The coronal and the axial picture side by side in `area`, patient right on image left, with side letters,
// the outlines of the masks, the heads of femora that were found but not measured, and the key below.
// Without pictures: one line saying so. Returns the height used, at most that of the area.
double draw_slices(Canvas& canvas, const Rect& area, const HipReport& report);

}  // namespace focalhip
