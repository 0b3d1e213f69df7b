#include "dicom_sr/render/render_summary_page.h"

#include <algorithm>
#include <cmath>

#include "dicom_sr/plain_text.h"
#include "dicom_sr/quality_words.h"
#include "dicom_sr/render/canvas.h"
#include "dicom_sr/render/draw_projections.h"
#include "dicom_sr/render/draw_quality.h"
#include "dicom_sr/render/draw_slices.h"
#include "dicom_sr/render/draw_table.h"
#include "dicom_sr/render/page_frame.h"
#include "dicom_sr/result_groups.h"

namespace focalhip {

namespace {

constexpr double margin = page_margin;
constexpr double content_width = page_content_width;

std::string footer_words(const HipReport& report) {
  return report.refusal
             ? "Nothing was measured. The codes are explained in the conformance statement of the node."
             : "Densities and bone mineral content are K\u2082HPO\u2084 equivalents from a CTXA-type "
               "projection "
               "of the CT; they are not DXA values. n/a: could not be computed.";
}

// Projection right, grade and calibration in the middle, projection left.
void draw_middle(Canvas& canvas,
                 const Rect& area,
                 const HipReport& report,
                 const std::vector<ResultGroup>& groups) {
  constexpr double projection_width = 220.0;
  for (const FemurResult& femur : report.femurs) {
    const double left = femur.side == Side::right ? area.left : area.right() - projection_width;
    draw_projection(canvas, {left, area.top, projection_width, area.height}, femur, groups);
  }
  const Rect centre{area.left + projection_width + 24.0,
                    area.top,
                    area.width - 2.0 * (projection_width + 24.0),
                    area.height};
  draw_grade(canvas, {centre.left, centre.top + 4.0, 150.0, 124.0}, shown_grade(report));
  draw_projection_key(canvas, {centre.left + 174.0, centre.top + 4.0, centre.width - 174.0, 124.0});
  draw_calibration(canvas, {centre.left, centre.top + 142.0, centre.width, 130.0}, report, groups);
}

// Draws everything between header and footer; returns where the footer may begin.
double draw_results(Canvas& canvas, const HipReport& report, const PageText& text) {
  const std::vector<ResultGroup> groups = result_groups(report);
  double top = 88.0;
  top += draw_slices(canvas, {margin, top, content_width, 286.0}, report) + 8.0;
  draw_middle(canvas, {margin, top, content_width, 268.0}, report, groups);
  top += 268.0 + 6.0;
  top += draw_table(canvas, {margin, top}, content_width, report, groups) + 10.0;
  const double room = largest_page_rows - page_footer_height - top;
  return top + draw_notes(canvas, {margin, top}, content_width, room, report, text);
}

// "NOT ANALYSED", the reason, what was seen.
double draw_refusal(Canvas& canvas, const HipReport& report, const PageText& text) {
  const NotMeasured& refusal = *report.refusal;
  constexpr double text_width = content_width - 190.0;
  double top = 96.0;
  draw_grade(canvas, {page_columns - margin - 150.0, top, 150.0, 124.0}, Grade::r);
  top += canvas.paragraph("NOT ANALYSED",
                          {margin, top},
                          text_width,
                          {.size_px = 46.0, .bold = true, .colour = palette::grade_r},
                          1);
  top += canvas.paragraph(
      meaning(refusal.code), {margin, top + 4.0}, text_width, {.size_px = 25.0, .bold = true}, 2);
  top += 10.0;
  top += canvas.paragraph(
      plain_ascii(detail_line(refusal)), {margin, top + 4.0}, text_width, {.size_px = 17.0}, 6);
  top = std::max(top + 20.0, 240.0);
  top += draw_slices(canvas, {margin, top, content_width, 400.0}, report) + 20.0;
  const std::vector<ResultGroup> groups = result_groups(report);
  if (!groups.empty()) {
    draw_calibration(canvas, {margin, top, content_width, 130.0}, report, groups);
    top += 140.0;
  }
  const double room = largest_page_rows - page_footer_height - top;
  return top + draw_notes(canvas, {margin, top}, content_width, room, report, text);
}

}  // namespace

Page render_summary_page(const HipReport& report, const PageText& text) {
  Canvas canvas(page_columns, largest_page_rows);
  draw_page_header(canvas, "FocalHip summary", palette::ink, report);
  const double end = report.refusal ? draw_refusal(canvas, report, text) : draw_results(canvas, report, text);
  const int rows = std::clamp(
      static_cast<int>(std::ceil(end + page_footer_height)), smallest_page_rows, largest_page_rows);
  draw_page_footer(canvas, footer_words(report), report, rows - page_footer_height);
  return canvas.finish("SUMMARY", rows);
}

}  // namespace focalhip
