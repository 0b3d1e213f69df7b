#include "dicom_sr/render/render_summary_page.h"

#include <algorithm>
#include <cmath>

#include "dicom_sr/format_number.h"
#include "dicom_sr/plain_text.h"
#include "dicom_sr/quality_words.h"
#include "dicom_sr/render/canvas.h"
#include "dicom_sr/render/draw_projections.h"
#include "dicom_sr/render/draw_quality.h"
#include "dicom_sr/render/draw_slices.h"
#include "dicom_sr/render/draw_table.h"
#include "dicom_sr/result_groups.h"

namespace focalhip {

namespace {

constexpr int page_columns = 1024;
constexpr int smallest_rows = 1024;
constexpr int largest_rows = 2048;
constexpr double margin = 20.0;
constexpr double content_width = page_columns - 2.0 * margin;
constexpr double footer_height = 44.0;

std::string person(const Subject& subject) {
  std::string words = "Sex not known";
  if (subject.sex) words = *subject.sex == Sex::female ? "Female" : "Male";
  const std::optional<double>& age = subject.age_years;
  if (!age || !(*age >= 0.0 && *age < 200.0)) return words + ", age not known";
  return words.append(", ").append(decimal_text(std::floor(*age), 0)).append(" years");
}

// "CT 120 kVp, slices 1.00 mm apart, pixels 0.90 mm", as far as it is known.
std::string acquisition(const HipReport& report) {
  std::string words = "CT";
  const std::optional<double>& kvp = report.acquisition.kvp;
  if (kvp && *kvp > 0.0 && *kvp < 1000.0) words.append(" ").append(decimal_text(*kvp, 0)).append(" kVp");
  const VoxelGrid& grid = report.grid;
  if (grid.voxel_count() == 0) return words;
  words.append(", slices ").append(decimal_text(grid.spacing_mm.z(), 2)).append(" mm apart");
  return words.append(", pixels ").append(decimal_text(grid.spacing_mm.x(), 2)).append(" mm");
}

void draw_header(Canvas& canvas, const HipReport& report) {
  canvas.line("FocalHip summary", {margin, 12.0, 400.0, 38.0}, {.size_px = 29.0, .bold = true});
  canvas.line(person(report.subject) + "   |   " + acquisition(report),
              {margin, 51.0, 490.0, 24.0},
              {.size_px = 15.0, .colour = palette::quiet_ink});
  const Rect label{page_columns - margin - 470.0, 18.0, 470.0, 44.0};
  canvas.fill(label, palette::label_ground);
  canvas.line("RESEARCH USE ONLY - NOT FOR DIAGNOSIS",
              {label.left + 10.0, label.top, label.width - 20.0, label.height},
              {.size_px = 19.0, .bold = true, .colour = palette::background, .align = Align::centre});
  const Segment rule{{margin, 82.0}, {page_columns - margin, 82.0}};
  canvas.lines({&rule, 1}, palette::rule, 1.0);
}

void draw_footer(Canvas& canvas, const HipReport& report, double top) {
  const Segment rule{{margin, top}, {page_columns - margin, top}};
  canvas.lines({&rule, 1}, palette::rule, 1.0);
  const TextStyle quiet{.size_px = 13.0, .colour = palette::quiet_ink};
  const std::string basis =
      report.refusal
          ? "Nothing was measured. The codes are explained in the conformance statement of the node."
          : "Densities and bone mineral content are K\u2082HPO\u2084 equivalents from a CTXA-type projection "
            "of the CT; they are not DXA values. n/a: could not be computed.";
  canvas.line(basis, {margin, top + 4.0, content_width, 18.0}, quiet);
  canvas.line(plain_ascii(report.software.name + " " + report.software.version) +
                  ", automatic analysis, not verified by a physician. RESEARCH USE ONLY - NOT FOR DIAGNOSIS",
              {margin, top + 22.0, content_width, 18.0},
              quiet);
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
  const double room = largest_rows - footer_height - top;
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
  const double room = largest_rows - footer_height - top;
  return top + draw_notes(canvas, {margin, top}, content_width, room, report, text);
}

}  // namespace

Page render_summary_page(const HipReport& report, const PageText& text) {
  Canvas canvas(page_columns, largest_rows);
  draw_header(canvas, report);
  const double end = report.refusal ? draw_refusal(canvas, report, text) : draw_results(canvas, report, text);
  const int rows = std::clamp(static_cast<int>(std::ceil(end + footer_height)), smallest_rows, largest_rows);
  draw_footer(canvas, report, rows - footer_height);
  return canvas.finish("SUMMARY", rows);
}

}  // namespace focalhip
