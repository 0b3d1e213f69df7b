#pragma once

#include <string>

#include "analysis/hip_report.h"
#include "dicom_sr/render/canvas.h"

// What all pages have in common: size, header with the research label, footer.
namespace focalhip {

inline constexpr int page_columns = 1024;
inline constexpr int smallest_page_rows = 1024;
inline constexpr int largest_page_rows = 2048;
inline constexpr double page_margin = 20.0;
inline constexpr double page_content_width = page_columns - 2.0 * page_margin;
inline constexpr double page_header_height = 82.0;
inline constexpr double page_footer_height = 44.0;

// Title, "Female, 72 years | CT 120 kVp, ..." and the research label. No identity.
void draw_page_header(Canvas& canvas, const std::string& title, Colour title_colour, const HipReport& report);

// One line about the content, one about who made it; `top` = rows of the page less page_footer_height.
void draw_page_footer(Canvas& canvas, const std::string& basis, const HipReport& report, double top);

}  // namespace focalhip
