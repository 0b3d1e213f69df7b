#include "dicom_sr/render/draw_projections.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dicom_sr/plain_text.h"
#include "dicom_sr/quality_words.h"
#include "dicom_sr/render/draw_slices.h"
#include "dicom_sr/render/outline.h"

namespace focalhip {

namespace {

constexpr double white_mg_cm2 = 2000.0;
constexpr double title_height = 26.0;
constexpr double geometry_line_height = 19.0;

struct Region {
  std::uint8_t label;
  const char* letters;
  const char* words;
  Colour colour;
};
const std::array<Region, 3> regions{{{1, "FN", "femoral neck", palette::femoral_neck},
                                     {2, "TR", "trochanteric", palette::trochanteric},
                                     {3, "IT", "intertrochanteric", palette::intertrochanteric}}};

// The part of a projection that shows bone, as grey values and labels, lateral to the side it is drawn on.
struct BonePicture {
  int columns = 0;
  int rows = 0;
  std::vector<std::uint8_t> grey;
  std::vector<std::uint8_t> voi;
};

struct Bounds {
  int first_column;
  int last_column;
  int first_row;
  int last_row;
};

Bounds bone_bounds(const FemurProjection& projection) {
  Bounds bounds{projection.columns, -1, projection.rows, -1};
  for (int row = 0; row < projection.rows; ++row) {
    for (int column = 0; column < projection.columns; ++column) {
      const std::size_t index = static_cast<std::size_t>(row) * static_cast<std::size_t>(projection.columns) +
                                static_cast<std::size_t>(column);
      if (!(projection.bmd_mg_cm2[index] > 0.0F)) continue;
      bounds = {std::min(bounds.first_column, column),
                std::max(bounds.last_column, column),
                std::min(bounds.first_row, row),
                std::max(bounds.last_row, row)};
    }
  }
  return bounds;
}

std::uint8_t grey_of(float bmd_mg_cm2) {
  const double fraction = std::clamp(static_cast<double>(bmd_mg_cm2) / white_mg_cm2, 0.0, 1.0);
  return static_cast<std::uint8_t>(std::lround(255.0 * fraction));
}

BonePicture cropped(const FemurProjection& projection, bool mirrored) {
  const std::size_t pixels = static_cast<std::size_t>(std::max(0, projection.columns)) *
                             static_cast<std::size_t>(std::max(0, projection.rows));
  if (projection.bmd_mg_cm2.size() != pixels || projection.voi.size() != pixels) return {};
  const Bounds bounds = bone_bounds(projection);
  if (bounds.last_column < 0) return {};
  BonePicture result;
  result.columns = bounds.last_column - bounds.first_column + 1;
  result.rows = bounds.last_row - bounds.first_row + 1;
  for (int row = bounds.first_row; row <= bounds.last_row; ++row) {
    for (int i = 0; i < result.columns; ++i) {
      const int column = mirrored ? bounds.last_column - i : bounds.first_column + i;
      const std::size_t index = static_cast<std::size_t>(row) * static_cast<std::size_t>(projection.columns) +
                                static_cast<std::size_t>(column);
      result.grey.push_back(grey_of(projection.bmd_mg_cm2[index]));
      result.voi.push_back(projection.voi[index]);
    }
  }
  return result;
}

void draw_bone(Canvas& canvas, const Rect& box, const BonePicture& bone) {
  canvas.fill(box, rgb(0x000000));
  if (bone.columns == 0) return;
  constexpr double margin = 6.0;
  const double scale =
      std::min((box.width - 2.0 * margin) / bone.columns, (box.height - 2.0 * margin) / bone.rows);
  const Rect rect{box.left + (box.width - scale * bone.columns) / 2.0,
                  box.top + (box.height - scale * bone.rows) / 2.0,
                  scale * bone.columns,
                  scale * bone.rows};
  canvas.grey_image(rect, bone.columns, bone.rows, bone.grey);
  const auto on_page = [&](Point p) { return Point{rect.left + p.x * scale, rect.top + p.y * scale}; };
  for (const Region& region : regions) {
    std::vector<Segment> segments = outline(bone.voi, bone.columns, bone.rows, region.label);
    for (Segment& segment : segments) segment = {on_page(segment.from), on_page(segment.to)};
    canvas.rimmed_lines(segments, region.colour, 1.6);
  }
  for (const Region& region : regions) {
    const std::optional<Point> centre = centre_of(bone.voi, bone.columns, bone.rows, region.label);
    if (!centre) continue;
    const Point p = on_page(*centre);
    canvas.line(region.letters,
                {p.x - 16.0, p.y - 10.0, 32.0, 20.0},
                {.size_px = 14.0, .bold = true, .align = Align::centre, .on_picture = true});
  }
}

std::string short_name(const Code& quantity) {
  if (quantity == codes::head_radius) return "Head radius";
  if (quantity == codes::neck_shaft_angle) return "Neck-shaft angle";
  if (quantity == codes::joint_space) return "Joint space (5th pct.)";
  return std::string(quantity.meaning);
}

void draw_geometry(Canvas& canvas, Rect row, Side side, const std::vector<ResultGroup>& groups) {
  row.height = geometry_line_height;
  for (const ResultGroup& group : groups) {
    if (group.side != side || group.finding != codes::femoral_geometry) continue;
    for (const ResultValue& value : group.values) {
      const std::string unit = value.unit == codes::unit_degree ? "\u00B0" : " mm";
      canvas.line(short_name(value.quantity), row, {.size_px = 14.0, .colour = palette::quiet_ink});
      canvas.line(value.number ? *value.number + unit : "n/a",
                  {row.right() - 70.0, row.top, 70.0, row.height},
                  {.size_px = 14.0, .align = Align::right});
      row.top += geometry_line_height;
    }
  }
}

}  // namespace

void draw_projection(Canvas& canvas,
                     const Rect& area,
                     const FemurResult& femur,
                     const std::vector<ResultGroup>& groups) {
  const std::string title = femur.side == Side::right ? "R   right femur" : "L   left femur";
  canvas.line(title,
              {area.left, area.top, area.width - 70.0, title_height},
              {.size_px = 17.0, .bold = true, .colour = colour_of(femur.side)});
  if (const FemurMeasurement* measured = femur.measurement()) {
    const std::string grade = std::string("grade ") + letter(measured->grade);
    canvas.line(grade,
                {area.right() - 64.0, area.top, 64.0, title_height},
                {.size_px = 14.0, .colour = palette::quiet_ink, .align = Align::right});
  }
  const double geometry_height = 3.0 * geometry_line_height;
  const Rect box{
      area.left, area.top + title_height, area.width, area.height - title_height - geometry_height - 4.0};
  if (const FemurMeasurement* measured = femur.measurement()) {
    draw_bone(canvas, box, cropped(measured->projection, femur.side == Side::right));
    draw_geometry(
        canvas, {area.left, box.bottom() + 4.0, area.width, geometry_line_height}, femur.side, groups);
    return;
  }
  const NotMeasured& reason = femur.unmeasured()->reason;
  canvas.frame(box, colour_of(femur.side), 1.5);
  constexpr double inset = 12.0;
  const double width = box.width - 2.0 * inset;
  double top = box.top + inset;
  top += canvas.paragraph("NOT MEASURED", {box.left + inset, top}, width, {.size_px = 18.0, .bold = true}, 1);
  top += 6.0;
  top += canvas.paragraph(
      meaning(reason.code), {box.left + inset, top}, width, {.size_px = 15.0, .bold = true}, 3);
  top += 6.0;
  canvas.paragraph(plain_ascii(detail_line(reason)),
                   {box.left + inset, top},
                   width,
                   {.size_px = 13.0, .colour = palette::quiet_ink},
                   std::max(1, static_cast<int>((box.bottom() - inset - top) / 17.0)));
}

void draw_projection_key(Canvas& canvas, const Rect& area) {
  const TextStyle style{.size_px = 14.0, .colour = palette::quiet_ink};
  Rect row{area.left, area.top, area.width, 20.0};
  for (const Region& region : regions) {
    const double middle = row.top + row.height / 2.0;
    const Segment sample{{row.left, middle}, {row.left + 26.0, middle}};
    canvas.lines({&sample, 1}, region.colour, 3.0);
    canvas.line(
        region.letters, {row.left + 34.0, row.top, 26.0, row.height}, {.size_px = 14.0, .bold = true});
    canvas.line(region.words, {row.left + 62.0, row.top, row.width - 62.0, row.height}, style);
    row.top += row.height;
  }
  canvas.line("TH", {row.left + 34.0, row.top, 26.0, row.height}, {.size_px = 14.0, .bold = true});
  canvas.line("total hip = FN + TR + IT", {row.left + 62.0, row.top, row.width - 62.0, row.height}, style);
  row.top += row.height + 6.0;

  std::array<std::uint8_t, 256> ramp{};
  for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<std::uint8_t>(i);
  const Rect bar{row.left, row.top, 120.0, 12.0};
  canvas.grey_image(bar, static_cast<int>(ramp.size()), 1, ramp);
  canvas.frame(bar, palette::rule, 1.0);
  canvas.line("0 to 2.0 g/cm\u00B2 (K\u2082HPO\u2084)",
              {bar.right() + 8.0, row.top - 4.0, row.width - bar.width - 8.0, 20.0},
              style);
}

}  // namespace focalhip
