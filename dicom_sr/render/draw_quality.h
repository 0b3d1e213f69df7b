#pragma once

#include "analysis/hip_report.h"
#include "dicom_sr/render/canvas.h"
#include "dicom_sr/render/render_summary_page.h"
#include "dicom_sr/result_groups.h"

namespace focalhip {

// The grade as one big letter in a coloured frame, with its words.
void draw_grade(Canvas& canvas, const Rect& area, Grade grade);

// Every number of the calibration group, in short lines.
void draw_calibration(Canvas& canvas,
                      const Rect& area,
                      const HipReport& report,
                      const std::vector<ResultGroup>& groups);

// Notes in words with their details, the atlas, other series; returns the height used, at most `room`.
double draw_notes(
    Canvas& canvas, Point top_left, double width, double room, const HipReport& report, const PageText& text);

}  // namespace focalhip
