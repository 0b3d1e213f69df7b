#include "dicom_sr/render/draw_quality.h"

#include <algorithm>

#include "dicom_sr/plain_text.h"
#include "dicom_sr/quality_words.h"

namespace focalhip {

namespace {

Colour colour_of(Grade grade) {
  switch (grade) {
    case Grade::a:
      return palette::grade_a;
    case Grade::b:
      return palette::grade_b;
    case Grade::c:
      return palette::grade_c;
    case Grade::r:
      return palette::grade_r;
  }
  return palette::ink;
}

const char* words_of(Grade grade) {
  switch (grade) {
    case Grade::a:
      return "full quality";
    case Grade::b:
      return "minor limitations";
    case Grade::c:
      return "restricted use";
    case Grade::r:
      return "refused";
  }
  return "";
}

// A quantity of the calibration group with its unit, "n/a" when it could not be computed.
std::string shown(const ResultGroup& group, const Code& quantity, const char* unit = "") {
  for (const ResultValue& value : group.values) {
    if (value.quantity == quantity && value.number) return *value.number + unit;
  }
  return "n/a";
}

struct NoteLine {
  std::string heading;
  std::string detail;
};

std::vector<NoteLine> note_lines(const HipReport& report, const PageText& text) {
  std::vector<NoteLine> lines;
  for (const FemurResult& femur : report.femurs) {
    const UnmeasuredFemur* unmeasured = femur.unmeasured();
    // Without a refusal the reason stands in the place of the projection.
    if (!report.refusal || unmeasured == nullptr || unmeasured->reason.code == report.refusal->code) continue;
    std::string heading = femur.side == Side::right ? "Right femur: " : "Left femur: ";
    lines.push_back(
        {heading.append(meaning(unmeasured->reason.code)), plain_ascii(detail_line(unmeasured->reason))});
  }
  for (const SidedNote& note : all_notes(report)) {
    const bool is_atlas = note.note.code == NoteCode::atlas_none;
    std::string heading(is_atlas ? "Atlas: none loaded, no comparison with a population"
                                 : meaning(note.note.code));
    if (note.side) heading += ", " + std::string(name(*note.side)) + " femur";
    lines.push_back({heading, plain_ascii(note.note.detail)});
  }
  for (const std::string& series : text.other_series) {
    lines.push_back({"Also in the study, not analysed", plain_ascii(series)});
  }
  return lines;
}

}  // namespace

void draw_grade(Canvas& canvas, const Rect& area, Grade grade) {
  canvas.fill(area, palette::panel);
  canvas.frame(area, colour_of(grade), 3.0);
  const TextStyle quiet{.size_px = 14.0, .colour = palette::quiet_ink, .align = Align::centre};
  canvas.line("Quality grade", {area.left + 6.0, area.top + 6.0, area.width - 12.0, 20.0}, quiet);
  canvas.line(std::string(1, letter(grade)),
              {area.left, area.top + 26.0, area.width, area.height - 54.0},
              {.size_px = std::min(76.0, area.height - 60.0),
               .bold = true,
               .colour = colour_of(grade),
               .align = Align::centre});
  canvas.line(words_of(grade), {area.left + 6.0, area.bottom() - 28.0, area.width - 12.0, 22.0}, quiet);
}

std::string calibrated_by(const Calibration& calibration, const ResultGroup& group) {
  switch (calibration.method) {
    case CalibrationMethod::phantom:
      return "Phantom " + plain_ascii(calibration.phantom) + ", rods used: " + shown(group, codes::rods_used);
    case CalibrationMethod::asynchronous:
      return "Phantom " + plain_ascii(calibration.phantom) + " scanned on " +
             plain_ascii(calibration.source ? calibration.source->date : "an unknown day");
    case CalibrationMethod::internal:
      return "No phantom: the patient's own fat, muscle and air";
  }
  return {};
}

void draw_calibration(Canvas& canvas,
                      const Rect& area,
                      const HipReport& report,
                      const std::vector<ResultGroup>& groups) {
  Rect row{area.left, area.top, area.width, 22.0};
  canvas.line("Calibration", row, {.size_px = 16.0, .bold = true});
  row.top += 24.0;
  row.height = 20.0;
  const auto found = std::find_if(groups.begin(), groups.end(), [](const ResultGroup& group) {
    return group.finding == codes::qct_calibration;
  });
  if (found == groups.end() || !report.calibration) {
    canvas.line("none", row, {.size_px = 14.0, .colour = palette::quiet_ink});
    return;
  }
  const ResultGroup& group = *found;
  const bool has_rods = !report.calibration->rods.empty();
  std::vector<std::string> lines{
      calibrated_by(*report.calibration, group),
      "Slope " + shown(group, codes::calibration_slope, " mg/cm\u00B3 per HU") + ", intercept " +
          shown(group, codes::calibration_intercept, " mg/cm\u00B3"),
      "\u03C3 CT " + shown(group, codes::sigma_ct, " HU per mg/cm\u00B3") + ", \u03B2 CT " +
          shown(group, codes::beta_ct, " HU") + ", energy " + shown(group, codes::effective_energy, " keV"),
      "PSF \u03C3 in plane " + shown(group, codes::psf_sigma, " mm") + ", HA per K\u2082HPO\u2084 (\u03BA) " +
          shown(group, codes::ha_per_k2hpo4),
  };
  if (has_rods) {
    lines.insert(lines.begin() + 2,
                 "r\u00B2 " + shown(group, codes::calibration_r_squared) + ", residual SD " +
                     shown(group, codes::residual_sd, " HU") + ", largest " +
                     shown(group, codes::residual_max, " HU"));
  }
  for (const std::string& words : lines) {
    canvas.line(words, row, {.size_px = 14.0, .colour = palette::quiet_ink});
    row.top += row.height;
  }
}

double draw_notes(Canvas& canvas,
                  Point top_left,
                  double width,
                  double room,
                  const HipReport& report,
                  const PageText& text) {
  constexpr double indent = 18.0;
  constexpr double last_line_height = 24.0;
  constexpr double tallest_note = 22.0 + 3 * 19.0;
  const std::vector<NoteLine> lines = note_lines(report, text);
  double top = top_left.y;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (top + tallest_note + last_line_height > top_left.y + room) {
      const std::string rest = std::to_string(lines.size() - i);
      top += canvas.paragraph("and " + rest + " more notes: see the Structured Report",
                              {top_left.x, top},
                              width,
                              {.size_px = 15.0, .bold = true},
                              1);
      break;
    }
    const NoteLine& note = lines[i];
    const std::string words = note.detail.empty() ? note.heading : note.heading + ": " + note.detail;
    canvas.line("\u2022", {top_left.x, top, indent, 20.0}, {.size_px = 15.0});
    top += canvas.paragraph(words, {top_left.x + indent, top}, width - indent, {.size_px = 15.0}, 4);
    top += 3.0;
  }
  return top - top_left.y;
}

}  // namespace focalhip
