#include "dicom_sr/render/draw_femur_slices.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dicom_sr/plain_text.h"
#include "dicom_sr/quality_words.h"
#include "dicom_sr/render/draw_slices.h"
#include "dicom_sr/render/window.h"

namespace focalhip {

namespace {

using Plane = FemurPicture::Plane;

constexpr double caption_height = 22.0;
constexpr double key_height = 24.0;
constexpr double gap = 16.0;
constexpr double row_gap = 6.0;
// Thin, so that the edge it lies on can be seen beside it.
constexpr double outline_width = 1.2;
constexpr double rim_width = 2.2;
constexpr Colour rim{0.0, 0.0, 0.0};
constexpr Colour prior_colour = palette::ink;

const char* words_of(Plane plane) {
  switch (plane) {
    case Plane::axial_head:
      return "Axial, through the femoral head";
    case Plane::axial_lesser_trochanter:
      return "Axial, through the lesser trochanter";
    case Plane::coronal:
      return "Coronal, through the femoral head";
    case Plane::neck_shaft:
      return "Plane of the head and the shaft axis";
    case Plane::sagittal:
      return "Sagittal";
  }
  return "";
}

Colour colour_of_voi(std::uint8_t voi, Side side) {
  constexpr std::array<Colour, 3> regions{
      palette::femoral_neck, palette::trochanteric, palette::intertrochanteric};
  return voi >= 1 && voi <= regions.size() ? regions[voi - 1U] : colour_of(side);
}

bool is_drawable(const FemurPicture& picture) {
  return picture.columns > 0 && picture.rows > 0 && picture.pixel_mm > 0.0 &&
         picture.hu.size() ==
             static_cast<std::size_t>(picture.columns) * static_cast<std::size_t>(picture.rows);
}

// Lines where the head's sphere stands in for an edge are dotted.
bool is_in_a_gap(const Point& p) {
  return (static_cast<int>(std::floor(p.x / 3.0)) + static_cast<int>(std::floor(p.y / 3.0))) % 2 != 0;
}

class OutlineDrawing {
 public:
  OutlineDrawing(const FemurPicture& picture, const Rect& rect) : picture_(picture), rect_(rect) {}

  [[nodiscard]] Point on_page(const Eigen::Vector2d& pixel) const {
    const double scale = rect_.width / picture_.columns;
    return {rect_.left + scale * pixel.x(), rect_.top + scale * pixel.y()};
  }
  template <typename Chosen>
  [[nodiscard]] std::vector<Segment> segments(const std::vector<OutlineLine>& lines,
                                              const Chosen& chosen) const {
    std::vector<Segment> result;
    for (const OutlineLine& line : lines) {
      if (chosen(line)) result.push_back({on_page(line.from), on_page(line.to)});
    }
    return result;
  }

 private:
  const FemurPicture& picture_;
  Rect rect_;
};

void draw_outline(Canvas& canvas, const FemurPicture& picture, const Rect& rect, Side side) {
  const OutlineDrawing drawing(picture, rect);
  canvas.lines(
      drawing.segments(picture.voi_borders, [](const OutlineLine&) { return true; }), palette::ink, 0.9);
  const auto seen = [](const OutlineLine& line) { return !line.prior_only; };
  canvas.lines(drawing.segments(picture.outline, seen), rim, rim_width);
  for (const std::uint8_t voi : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
    const auto of_voi = [voi](const OutlineLine& line) { return !line.prior_only && line.voi == voi; };
    canvas.lines(drawing.segments(picture.outline, of_voi), colour_of_voi(voi, side), outline_width);
  }
  std::vector<Segment> dots =
      drawing.segments(picture.outline, [](const OutlineLine& line) { return line.prior_only; });
  std::erase_if(dots, [](const Segment& segment) { return is_in_a_gap(segment.from); });
  canvas.lines(dots, rim, rim_width);
  canvas.lines(dots, prior_colour, outline_width);
  constexpr std::array<const char*, 3> letters{"FN", "TR", "IT"};
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (!picture.voi_at[i]) continue;
    const Point p = drawing.on_page(*picture.voi_at[i]);
    canvas.line(letters[i],
                {p.x - 16.0, p.y - 10.0, 32.0, 20.0},
                {.size_px = 13.0,
                 .bold = true,
                 .colour = colour_of_voi(static_cast<std::uint8_t>(i + 1), Side::right),
                 .align = Align::centre,
                 .on_picture = true});
  }
}

void draw_directions(Canvas& canvas, const FemurPicture& picture, const Rect& rect) {
  constexpr double size = 24.0;
  const TextStyle style{.size_px = 18.0, .bold = true, .align = Align::centre, .on_picture = true};
  const double middle_x = rect.left + 0.5 * (rect.width - size);
  const double middle_y = rect.top + 0.5 * (rect.height - size);
  const auto at = [&](const Eigen::Vector3d& direction, double left, double top) {
    canvas.line(std::string(1, direction_letter(direction)), {left, top, size, size}, style);
  };
  at(-picture.right_patient, rect.left + 2.0, middle_y);
  at(picture.right_patient, rect.right() - size - 2.0, middle_y);
  at(-picture.down_patient, middle_x, rect.top + 2.0);
  at(picture.down_patient, middle_x, rect.bottom() - size - 2.0);
}

void draw_picture(Canvas& canvas, const Rect& box, const FemurPicture& picture, const FemurResult& femur) {
  const TextStyle quiet{.size_px = 14.0, .colour = palette::quiet_ink};
  const bool measured = femur.measurement() != nullptr;
  std::string caption = words_of(picture.plane);
  if (picture.plane == Plane::sagittal)
    caption += measured ? ", through the femoral neck" : ", through the femoral head";
  canvas.line(caption, {box.left, box.top, box.width - 120.0, caption_height}, quiet);
  TextStyle right = quiet;
  right.align = Align::right;
  canvas.line(window_words(), {box.right() - 112.0, box.top, 112.0, caption_height}, right);
  const Rect frame{box.left, box.top + caption_height, box.width, box.height - caption_height};
  canvas.fill(frame, rgb(0x000000));
  if (!is_drawable(picture)) {
    TextStyle centred = quiet;
    centred.align = Align::centre;
    canvas.line("No picture available", frame, centred);
    return;
  }
  const double scale = std::min(frame.width / picture.columns, frame.height / picture.rows);
  const Rect rect{frame.left + 0.5 * (frame.width - scale * picture.columns),
                  frame.top + 0.5 * (frame.height - scale * picture.rows),
                  scale * picture.columns,
                  scale * picture.rows};
  canvas.grey_image(rect, picture.columns, picture.rows, windowed(picture.hu));
  canvas.clipped(rect, [&] { draw_outline(canvas, picture, rect, femur.side); });
  draw_directions(canvas, picture, rect);
  draw_scale_bar(canvas, rect, scale / picture.pixel_mm);
}

void draw_reason(Canvas& canvas, const Rect& box, Side side, const NotMeasured& reason) {
  const Rect frame{box.left, box.top + caption_height, box.width, box.height - caption_height};
  canvas.frame(frame, colour_of(side), 1.5);
  constexpr double inset = 20.0;
  const double left = frame.left + inset;
  const double width = frame.width - 2.0 * inset;
  double top = frame.top + inset;
  top += canvas.paragraph("NOT MEASURED", {left, top}, width, {.size_px = 26.0, .bold = true}, 1) + 8.0;
  top += canvas.paragraph(meaning(reason.code), {left, top}, width, {.size_px = 20.0, .bold = true}, 3) + 8.0;
  const int lines = std::max(1, static_cast<int>((frame.bottom() - inset - top) / 21.0));
  canvas.paragraph(plain_ascii(detail_line(reason)),
                   {left, top},
                   width,
                   {.size_px = 16.0, .colour = palette::quiet_ink},
                   lines);
}

void draw_key(Canvas& canvas, const Rect& row, const FemurResult& femur) {
  const TextStyle style{.size_px = 14.0, .colour = palette::quiet_ink};
  if (femur.measurement() == nullptr) {
    canvas.line("No outline: nothing was measured on this side. The slices show what was seen.", row, style);
    return;
  }
  struct Entry {
    Colour colour;
    const char* words;
    double width;
    bool dotted;
  };
  std::vector<Entry> entries{{colour_of(femur.side), "outline of the bone", 186.0, false},
                             {palette::femoral_neck, "FN", 72.0, false},
                             {palette::trochanteric, "TR", 72.0, false},
                             {palette::intertrochanteric, "IT", 72.0, false},
                             {palette::ink, "border of a region", 186.0, false}};
  const auto has_prior = [](const FemurPicture& picture) {
    return std::ranges::any_of(picture.outline, &OutlineLine::prior_only);
  };
  if (std::ranges::any_of(femur.pictures, has_prior)) {
    entries.push_back({prior_colour, "no visible edge: head's sphere, not measured", 380.0, true});
  }
  double left = row.left;
  const double middle = row.top + row.height / 2.0;
  for (const Entry& entry : entries) {
    for (int i = 0; i < 4; ++i) {
      const double from = left + 6.0 * i;
      const Segment piece{{from, middle}, {from + (entry.dotted ? 2.0 : 6.0), middle}};
      canvas.lines({&piece, 1}, entry.colour, 2.5);
    }
    canvas.line(entry.words, {left + 32.0, row.top, entry.width - 40.0, row.height}, style);
    left += entry.width;
  }
}

}  // namespace

char direction_letter(const Eigen::Vector3d& direction_patient) {
  constexpr std::array<std::array<char, 2>, 3> letters{{{'R', 'L'}, {'A', 'P'}, {'F', 'H'}}};
  Eigen::Index axis = 0;
  direction_patient.cwiseAbs().maxCoeff(&axis);
  return letters[static_cast<std::size_t>(axis)][direction_patient[axis] > 0.0 ? 1 : 0];
}

void draw_scale_bar(Canvas& canvas, const Rect& picture, double pixels_per_mm) {
  constexpr double length_mm = 20.0;
  const double right = picture.right() - 12.0;
  const double y = picture.bottom() - 12.0;
  const Segment bar{{right - length_mm * pixels_per_mm, y}, {right, y}};
  canvas.rimmed_lines({&bar, 1}, palette::ink, 2.5);
  canvas.line("20 mm",
              {right - 70.0, y - 22.0, 70.0, 18.0},
              {.size_px = 13.0, .align = Align::right, .on_picture = true});
}

void draw_femur_slices(Canvas& canvas, const Rect& area, const FemurResult& femur) {
  constexpr std::size_t places = 4;
  const double width = (area.width - gap) / 2.0;
  const double height = (area.height - key_height - row_gap) / 2.0;
  const auto box_of = [&](std::size_t place) {
    return Rect{area.left + static_cast<double>(place % 2) * (width + gap),
                area.top + static_cast<double>(place / 2) * (height + row_gap),
                width,
                height};
  };
  const std::size_t shown =
      std::min(femur.pictures.size(), femur.measurement() != nullptr ? places : places - 1);
  for (std::size_t i = 0; i < shown; ++i) draw_picture(canvas, box_of(i), femur.pictures[i], femur);
  if (const UnmeasuredFemur* unmeasured = femur.unmeasured()) {
    draw_reason(canvas, box_of(shown), femur.side, unmeasured->reason);
  }
  draw_key(canvas, {area.left, area.bottom() - key_height, area.width, key_height}, femur);
}

}  // namespace focalhip
