#pragma once

#include "analysis/hip_report.h"
#include "dicom_sr/render/canvas.h"
#include "dicom_sr/result_groups.h"

namespace focalhip {

// Projection of one femur with the outlines of its regions, and its geometry below; an unmeasured femur gives
// its reason instead. The right femur is turned so that lateral is on image left.
void draw_projection(Canvas& canvas,
                     const Rect& area,
                     const FemurResult& femur,
                     const std::vector<ResultGroup>& groups);

// What the colours and the greys of the projections mean.
void draw_projection_key(Canvas& canvas, const Rect& area);

}  // namespace focalhip
