#include "dicom_sr/render/page_frame.h"

#include <cmath>

#include "dicom_sr/format_number.h"
#include "dicom_sr/plain_text.h"

namespace focalhip {

namespace {

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

}  // namespace

void draw_page_header(Canvas& canvas,
                      const std::string& title,
                      Colour title_colour,
                      const HipReport& report) {
  canvas.line(
      title, {page_margin, 12.0, 490.0, 38.0}, {.size_px = 29.0, .bold = true, .colour = title_colour});
  canvas.line(person(report.subject) + "   |   " + acquisition(report),
              {page_margin, 51.0, 490.0, 24.0},
              {.size_px = 15.0, .colour = palette::quiet_ink});
  const Rect label{page_columns - page_margin - 470.0, 18.0, 470.0, 44.0};
  canvas.fill(label, palette::label_ground);
  canvas.line("RESEARCH USE ONLY - NOT FOR DIAGNOSIS",
              {label.left + 10.0, label.top, label.width - 20.0, label.height},
              {.size_px = 19.0, .bold = true, .colour = palette::background, .align = Align::centre});
  const Segment rule{{page_margin, page_header_height}, {page_columns - page_margin, page_header_height}};
  canvas.lines({&rule, 1}, palette::rule, 1.0);
}

void draw_page_footer(Canvas& canvas, const std::string& basis, const HipReport& report, double top) {
  const Segment rule{{page_margin, top}, {page_columns - page_margin, top}};
  canvas.lines({&rule, 1}, palette::rule, 1.0);
  const TextStyle quiet{.size_px = 13.0, .colour = palette::quiet_ink};
  canvas.line(basis, {page_margin, top + 4.0, page_content_width, 18.0}, quiet);
  canvas.line(plain_ascii(report.software.name + " " + report.software.version) +
                  ", automatic analysis, not verified by a physician. RESEARCH USE ONLY - NOT FOR DIAGNOSIS",
              {page_margin, top + 22.0, page_content_width, 18.0},
              quiet);
}

}  // namespace focalhip
