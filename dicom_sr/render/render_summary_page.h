#pragma once

#include <string>
#include <vector>

#include "analysis/hip_report.h"
#include "dicom_sr/render/page.h"

namespace focalhip {

// What the page says beyond the report. Plain ASCII.
struct PageText {
  std::vector<std::string> other_series;  // series of the study that were not measured, one line each
};

// The summary page of a study, 1024 pixels wide and at least as high: pictures, projections, every number of
// the report, grade, notes, research label. A refused series gives "NOT ANALYSED" with its reason. No name,
// no identifier and no date is drawn. Same report, same pixels (same Cairo, Pango and font versions). Throws
// std::runtime_error when the font DejaVu Sans is missing.
[[nodiscard]] Page render_summary_page(const HipReport& report, const PageText& text);

}  // namespace focalhip
