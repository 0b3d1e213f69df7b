#pragma once

#include "analysis/hip_report.h"
#include "dicom_sr/render/canvas.h"
#include "dicom_sr/result_groups.h"

namespace focalhip {

// Values of FN, TR, IT and TH: right femur left, left femur right. Returns the height used.
double draw_table(Canvas& canvas,
                  Point top_left,
                  double width,
                  const HipReport& report,
                  const std::vector<ResultGroup>& groups);

}  // namespace focalhip
