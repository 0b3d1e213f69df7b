#include "dicom_sr/render/draw_slices.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dicom_sr/render/crop_picture.h"
#include "dicom_sr/render/outline.h"
#include "dicom_sr/render/window.h"

namespace focalhip {

namespace {

constexpr double caption_height = 22.0;
constexpr double key_height = 24.0;
constexpr double gap = 16.0;

// Where a picture stands on the page.
struct Placed {
  const SlicePicture& picture;
  Rect rect;

  [[nodiscard]] double scale() const { return rect.width / picture.columns; }
  [[nodiscard]] Point on_page(Point pixel) const {
    return {rect.left + pixel.x * scale(), rect.top + pixel.y * scale()};
  }
  // Page point of patient coordinates in the plane: x and y (axial) or x and z (coronal), mm.
  [[nodiscard]] Point on_page_from_patient(const Eigen::Vector3d& point_patient_mm) const {
    const bool axial = picture.plane == SlicePicture::Plane::axial;
    const double down_mm =
        axial ? point_patient_mm.y() - picture.top_edge_mm : picture.top_edge_mm - point_patient_mm.z();
    return on_page({(point_patient_mm.x() - picture.left_edge_x_mm) / picture.pixel_mm + 0.5,
                    down_mm / picture.pixel_mm + 0.5});
  }
};

Rect fitted(const SlicePicture& picture, const Rect& box) {
  const double scale = std::min(box.width / picture.columns, box.height / picture.rows);
  const double width = scale * picture.columns;
  const double height = scale * picture.rows;
  return {box.left + (box.width - width) / 2.0, box.top + (box.height - height) / 2.0, width, height};
}

void draw_outlines(Canvas& canvas, const Placed& placed) {
  const SlicePicture& picture = placed.picture;
  for (const Side side : {Side::right, Side::left}) {
    const std::uint8_t label = side == Side::right ? 1 : 2;
    std::vector<Segment> segments = outline(picture.mask, picture.columns, picture.rows, label);
    for (Segment& segment : segments) segment = {placed.on_page(segment.from), placed.on_page(segment.to)};
    canvas.rimmed_lines(segments, colour_of(side), 1.6);
  }
}

// The section of the head's sphere with the plane of the picture.
void draw_head(Canvas& canvas, const Placed& placed, Side side, const UnmeasuredFemur& femur) {
  if (!femur.head_centre_patient_mm || !femur.head_radius_mm) return;
  const SlicePicture& picture = placed.picture;
  const Eigen::Vector3d& centre = *femur.head_centre_patient_mm;
  const bool axial = picture.plane == SlicePicture::Plane::axial;
  const double distance_mm = picture.position_mm - (axial ? centre.z() : centre.y());
  const double radius_mm = *femur.head_radius_mm;
  if (!(std::abs(distance_mm) < radius_mm)) return;
  const double section_mm = std::sqrt(radius_mm * radius_mm - distance_mm * distance_mm);
  canvas.circle(placed.on_page_from_patient(centre),
                section_mm / picture.pixel_mm * placed.scale(),
                colour_of(side),
                2.0);
}

void draw_side_letters(Canvas& canvas, const Rect& rect) {
  constexpr double size = 36.0;
  const double top = rect.top + rect.height / 2.0 - size / 2.0;
  const TextStyle style{.size_px = 28.0, .bold = true, .align = Align::centre, .on_picture = true};
  canvas.line("R", {rect.left + 4.0, top, size, size}, style);
  canvas.line("L", {rect.right() - size - 4.0, top, size, size}, style);
}

std::string caption(const SlicePicture& picture, const VoxelGrid& grid) {
  if (picture.plane == SlicePicture::Plane::coronal) return "Coronal";
  if (grid.size[2] <= 1) return "Axial";
  const Eigen::Vector3d point(0.0, 0.0, picture.position_mm);
  const double slice = std::clamp(grid.voxel_from_patient(point).z(), 0.0, grid.size[2] - 1.0);
  return "Axial, slice " + std::to_string(std::lround(slice) + 1) + " of " + std::to_string(grid.size[2]) +
         " from below";
}

void draw_slice(Canvas& canvas, const Rect& box, const SlicePicture& whole, const HipReport& report) {
  const SlicePicture picture = crop_picture(whole, report);
  const TextStyle quiet{.size_px = 14.0, .colour = palette::quiet_ink};
  canvas.line(caption(picture, report.grid), {box.left, box.top, box.width - 120.0, caption_height}, quiet);
  TextStyle right = quiet;
  right.align = Align::right;
  canvas.line(window_words(), {box.right() - 112.0, box.top, 112.0, caption_height}, right);

  const Rect frame{box.left, box.top + caption_height, box.width, box.height - caption_height};
  canvas.fill(frame, rgb(0x000000));
  const Placed placed{picture, fitted(picture, frame)};
  canvas.grey_image(placed.rect, picture.columns, picture.rows, windowed(picture.hu));
  canvas.clipped(placed.rect, [&] {
    draw_outlines(canvas, placed);
    for (const FemurResult& femur : report.femurs) {
      if (const UnmeasuredFemur* unmeasured = femur.unmeasured()) {
        draw_head(canvas, placed, femur.side, *unmeasured);
      }
    }
  });
  draw_side_letters(canvas, frame);
}

void draw_key(Canvas& canvas, const Rect& row, const HipReport& report) {
  double left = row.left;
  const TextStyle style{.size_px = 14.0, .colour = palette::quiet_ink};
  for (const FemurResult& femur : report.femurs) {
    const UnmeasuredFemur* unmeasured = femur.unmeasured();
    const bool head_only = unmeasured != nullptr;
    if (head_only && !unmeasured->head_centre_patient_mm) continue;
    const Segment sample{{left, row.top + row.height / 2.0}, {left + 26.0, row.top + row.height / 2.0}};
    canvas.lines({&sample, 1}, colour_of(femur.side), 3.0);
    const std::string words = head_only
                                  ? std::string(name(femur.side)) + " femoral head (found, not measured)"
                                  : std::string(name(femur.side)) + " femur, outline of the measured bone";
    canvas.line(words, {left + 34.0, row.top, 290.0, row.height}, style);
    left += 340.0;
  }
}

}  // namespace

Colour colour_of(Side side) { return side == Side::right ? palette::right_side : palette::left_side; }

double draw_slices(Canvas& canvas, const Rect& area, const HipReport& report) {
  std::vector<const SlicePicture*> pictures;
  for (const SlicePicture::Plane plane : {SlicePicture::Plane::coronal, SlicePicture::Plane::axial}) {
    for (const SlicePicture& picture : report.pictures) {
      if (picture.plane == plane && is_drawable(picture) && pictures.size() < 2) pictures.push_back(&picture);
    }
  }
  if (pictures.empty()) {
    const Rect box{area.left, area.top, area.width, std::min(area.height, 80.0)};
    canvas.frame(box, palette::rule, 1.0);
    canvas.line(
        "No picture available", box, {.size_px = 16.0, .colour = palette::quiet_ink, .align = Align::centre});
    return box.height;
  }
  const double width = (area.width - gap) / 2.0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const double left = area.left + static_cast<double>(i) * (width + gap);
    draw_slice(canvas, {left, area.top, width, area.height - key_height}, *pictures[i], report);
  }
  draw_key(canvas, {area.left, area.bottom() - key_height, area.width, key_height}, report);
  return area.height;
}

}  // namespace focalhip
