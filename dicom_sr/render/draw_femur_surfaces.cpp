#include "dicom_sr/render/draw_femur_surfaces.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "dicom_sr/format_number.h"
#include "dicom_sr/render/colour_scale.h"
#include "dicom_sr/render/draw_femur_slices.h"
#include "dicom_sr/render/draw_slices.h"
#include "dicom_sr/render/rasterise_surface.h"

namespace focalhip {

namespace {

using Eigen::Vector3d;

constexpr double caption_height = 22.0;
constexpr double key_height = 26.0;
constexpr double gap = 14.0;
constexpr double inset = 12.0;  // of the surface in its picture
constexpr double thickest_shown_mm = 5.0;
constexpr std::size_t view_count = 4;

// Names of the view and of what lies at the left and right border of its image.
struct NamedView {
  const char* words = "";
  Vector3d right_patient{1, 0, 0};
  const char* left_word = "";
  const char* right_word = "";
};

// Along the axes of the femur, so that a turned leg shows the same. Front and back: patient right on image
// left from the front, as on a radiograph.
std::array<NamedView, view_count> views_of(const FemurMeasurement& femur) {
  const Vector3d lateral = femur.frame.patient_axes.col(0);
  const Vector3d anterior = femur.frame.patient_axes.col(1);
  const bool is_right = femur.side == Side::right;
  const Vector3d to_left = is_right ? Vector3d(-lateral) : lateral;
  const char* left_word = is_right ? "lateral" : "medial";
  const char* right_word = is_right ? "medial" : "lateral";
  // Seen from medial, a right femur's front is at the image's left.
  const Vector3d medial_view = is_right ? Vector3d(-anterior) : anterior;
  const char* front = "anterior";
  const char* back = "posterior";
  return {{{"Anterior view", to_left, left_word, right_word},
           {"Posterior view", -to_left, right_word, left_word},
           {"Medial view", medial_view, is_right ? front : back, is_right ? back : front},
           {"Lateral view", -medial_view, is_right ? back : front, is_right ? front : back}}};
}

struct Extent {
  double low = std::numeric_limits<double>::max();
  double high = std::numeric_limits<double>::lowest();

  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  [[nodiscard]] double size() const { return high - low; }
  [[nodiscard]] double middle() const { return 0.5 * (low + high); }
};

// The four views at one scale, each in the middle of its picture.
std::array<SurfaceView, view_count> placed_views(const std::array<NamedView, view_count>& named,
                                                 const FemurMeasurement& femur,
                                                 const TriangleMesh& mesh,
                                                 int columns,
                                                 int rows) {
  const Vector3d up = femur.frame.patient_axes.col(2);
  std::array<SurfaceView, view_count> views;
  double pixels_per_mm = std::numeric_limits<double>::max();
  for (std::size_t i = 0; i < view_count; ++i) {
    const Vector3d right = named[i].right_patient;
    const Vector3d across = right.cross(up);
    std::array<Extent, 3> box;
    for (const Vector3d& vertex_mm : mesh.vertices_mm) {
      box[0].add(vertex_mm.dot(right));
      box[1].add(vertex_mm.dot(up));
      box[2].add(vertex_mm.dot(across));
    }
    views[i] = {
        .right_patient = right,
        .down_patient = -up,
        .middle_patient_mm = box[0].middle() * right + box[1].middle() * up + box[2].middle() * across,
        .pixels_per_mm = 1.0,
        .columns = columns,
        .rows = rows};
    pixels_per_mm = std::min({pixels_per_mm,
                              (columns - 2.0 * inset) / std::max(1.0, box[0].size()),
                              (rows - 2.0 * inset) / std::max(1.0, box[1].size())});
  }
  for (SurfaceView& view : views) view.pixels_per_mm = pixels_per_mm;
  return views;
}

Colour colour_of_region(SurfaceRegion region) {
  switch (region) {
    case SurfaceRegion::fn:
      return palette::femoral_neck;
    case SurfaceRegion::tr:
      return palette::trochanteric;
    case SurfaceRegion::it:
      return palette::intertrochanteric;
    case SurfaceRegion::none:
    case SurfaceRegion::head:
      return palette::bone;
  }
  return palette::bone;
}

Colour darker(Colour colour, double share) {
  return {share * colour.red, share * colour.green, share * colour.blue};
}

// Stripes say "not measured" in grey, too.
Colour hatched(Colour colour, int column, int row) {
  constexpr int period = 12;
  return (column + row) % period < period / 2 ? colour : darker(colour, 0.55);
}

std::size_t vertex_of(const TriangleMesh& mesh, const SurfaceSample& sample, std::size_t corner) {
  return static_cast<std::size_t>(mesh.triangles[static_cast<std::size_t>(sample.triangle)][corner]);
}

std::size_t nearest_vertex(const TriangleMesh& mesh, const SurfaceSample& sample) {
  const auto largest = std::ranges::max_element(sample.weight);
  return vertex_of(mesh, sample, static_cast<std::size_t>(largest - sample.weight.begin()));
}

SurfaceColour region_colours(const CortexMeasurement& cortex) {
  return [&cortex](const SurfaceSample& sample, int, int) {
    return colour_of_region(cortex.surface.region[nearest_vertex(cortex.surface.mesh, sample)]);
  };
}

SurfaceColour thickness_colours(const CortexMeasurement& cortex) {
  return [&cortex](const SurfaceSample& sample, int column, int row) {
    const TriangleMesh& mesh = cortex.surface.mesh;
    if (cortex.map.state[nearest_vertex(mesh, sample)] != VertexState::measured) {
      return hatched(palette::not_measured, column, row);
    }
    double sum_mm = 0.0;
    double weight = 0.0;
    for (std::size_t corner = 0; corner < 3; ++corner) {
      const std::size_t vertex = vertex_of(mesh, sample, corner);
      if (cortex.map.state[vertex] != VertexState::measured) continue;
      sum_mm += sample.weight[corner] * static_cast<double>(cortex.map.cth_mm[vertex]);
      weight += sample.weight[corner];
    }
    return colour_on_scale(sum_mm / weight / thickest_shown_mm);
  };
}

void draw_view(
    Canvas& canvas, const Rect& frame, const NamedView& view, const Rgb8Image& image, double pixels_per_mm) {
  canvas.fill(frame, rgb(0x000000));
  canvas.colour_image(
      {frame.left, frame.top, static_cast<double>(image.columns), static_cast<double>(image.rows)}, image);
  canvas.line(view.words,
              {frame.left, frame.top - caption_height, frame.width, caption_height},
              {.size_px = 14.0, .colour = palette::quiet_ink});
  const double top = frame.bottom() - 56.0;
  const TextStyle style{.size_px = 13.0, .on_picture = true};
  canvas.line(view.left_word, {frame.left + 6.0, top, 70.0, 18.0}, style);
  TextStyle right = style;
  right.align = Align::right;
  canvas.line(view.right_word, {frame.right() - 76.0, top, 70.0, 18.0}, right);
  draw_scale_bar(canvas, frame, pixels_per_mm);
}

void draw_region_key(Canvas& canvas, const Rect& row) {
  struct Entry {
    Colour colour;
    const char* words;
    double width;
  };
  constexpr std::array<Entry, 4> entries{{{palette::femoral_neck, "FN femoral neck", 190.0},
                                          {palette::trochanteric, "TR trochanteric", 180.0},
                                          {palette::intertrochanteric, "IT intertrochanteric", 210.0},
                                          {palette::bone, "head and shaft: no region", 260.0}}};
  double left = row.left;
  for (const Entry& entry : entries) {
    canvas.fill({left, row.top + 7.0, 24.0, 12.0}, entry.colour);
    canvas.line(entry.words,
                {left + 32.0, row.top, entry.width - 40.0, row.height},
                {.size_px = 14.0, .colour = palette::quiet_ink});
    left += entry.width;
  }
}

void draw_thickness_key(Canvas& canvas, const Rect& row) {
  constexpr int steps = 256;
  constexpr double bar_left = 168.0;
  constexpr double bar_width = 300.0;
  const TextStyle style{.size_px = 14.0, .colour = palette::quiet_ink};
  canvas.line("Cortical thickness", {row.left, row.top, bar_left - 36.0, row.height}, style);
  Rgb8Image ramp{.columns = steps, .rows = 1, .rgb = {}};
  for (int i = 0; i < steps; ++i) {
    const Colour colour = colour_on_scale(i / (steps - 1.0));
    for (const double value : {colour.red, colour.green, colour.blue}) {
      ramp.rgb.push_back(static_cast<std::uint8_t>(std::lround(255.0 * value)));
    }
  }
  const Rect bar{row.left + bar_left, row.top + 6.0, bar_width, 14.0};
  canvas.colour_image(bar, ramp);
  canvas.frame(bar, palette::rule, 1.0);
  for (int mm = 1; mm < static_cast<int>(thickest_shown_mm); ++mm) {
    const double x = bar.left + bar.width * mm / thickest_shown_mm;
    const Segment tick{{x, bar.bottom() - 4.0}, {x, bar.bottom()}};
    canvas.lines({&tick, 1}, palette::ink, 1.0);
  }
  TextStyle zero = style;
  zero.align = Align::right;
  canvas.line("0", {bar.left - 30.0, row.top, 24.0, row.height}, zero);
  canvas.line(decimal_text(thickest_shown_mm, 0) + " mm and more",
              {bar.right() + 8.0, row.top, 130.0, row.height},
              style);
  const Rect sample{bar.right() + 160.0, row.top + 7.0, 24.0, 12.0};
  Rgb8Image stripes{.columns = 24, .rows = 12, .rgb = {}};
  for (int i = 0; i < stripes.columns * stripes.rows; ++i) {
    const Colour colour =
        hatched(palette::not_measured, 2 * (i % stripes.columns), 2 * (i / stripes.columns));
    for (const double value : {colour.red, colour.green, colour.blue}) {
      stripes.rgb.push_back(static_cast<std::uint8_t>(std::lround(255.0 * value)));
    }
  }
  canvas.colour_image(sample, stripes);
  canvas.line("not measured there", {sample.right() + 8.0, row.top, 170.0, row.height}, style);
}

bool is_complete(const CortexMeasurement& cortex) {
  const std::size_t count = cortex.surface.mesh.vertices_mm.size();
  return count > 0 && cortex.surface.outward.size() == count && cortex.surface.region.size() == count &&
         cortex.map.cth_mm.size() == count && cortex.map.state.size() == count;
}

}  // namespace

void draw_femur_surfaces(Canvas& canvas, const Rect& area, const FemurResult& femur) {
  const FemurMeasurement* measured = femur.measurement();
  if (measured == nullptr || !femur.cortex || !is_complete(*femur.cortex)) {
    const Rect box{area.left, area.top, area.width, 80.0};
    canvas.frame(box, palette::rule, 1.0);
    canvas.line("No surface available: the cortex of this femur was not mapped",
                box,
                {.size_px = 16.0, .colour = palette::quiet_ink, .align = Align::centre});
    return;
  }
  const double width = std::floor((area.width - gap * (view_count - 1)) / view_count);
  const double height = std::floor(area.height / 2.0 - caption_height - key_height);
  const std::array<NamedView, view_count> named = views_of(*measured);
  const std::array<SurfaceView, view_count> views = placed_views(
      named, *measured, femur.cortex->surface.mesh, static_cast<int>(width), static_cast<int>(height));
  const double second_row = area.top + area.height / 2.0;
  for (std::size_t i = 0; i < view_count; ++i) {
    const SurfaceRaster raster =
        rasterise_surface(femur.cortex->surface.mesh, femur.cortex->surface.outward, views[i]);
    const double left = area.left + static_cast<double>(i) * (width + gap);
    draw_view(canvas,
              {left, area.top + caption_height, width, height},
              named[i],
              paint_surface(raster, region_colours(*femur.cortex)),
              views[i].pixels_per_mm);
    draw_view(canvas,
              {left, second_row + caption_height, width, height},
              named[i],
              paint_surface(raster, thickness_colours(*femur.cortex)),
              views[i].pixels_per_mm);
  }
  const double key_top = caption_height + height;
  draw_region_key(canvas, {area.left, area.top + key_top, area.width, key_height});
  draw_thickness_key(canvas, {area.left, second_row + key_top, area.width, key_height});
}

}  // namespace focalhip
