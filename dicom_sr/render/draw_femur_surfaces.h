#pragma once

#include "analysis/hip_report.h"
#include "dicom_sr/render/canvas.h"

namespace focalhip {

// The surface of one femur from four sides in `area`: above, its regions; below, its cortical thickness with
// the colour bar. Hatched grey: no measurement there. Without a surface: a line saying so.
void draw_femur_surfaces(Canvas& canvas, const Rect& area, const FemurResult& femur);

}  // namespace focalhip
