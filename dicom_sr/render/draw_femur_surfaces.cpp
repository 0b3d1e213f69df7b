#include "dicom_sr/render/draw_femur_surfaces.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <Eigen/Geometry>

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
constexpr double inset = 12.0;           // of the surface in its picture
constexpr double room_for_words = 44.0;  // below the surface
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

// Front and back are wide, the sides narrow.
constexpr std::array<double, view_count> shares_of_width{0.31, 0.31, 0.19, 0.19};

// The views at one scale, each in the middle of its picture.
std::array<SurfaceView, view_count> placed_views(const std::array<NamedView, view_count>& named,
                                                 const FemurMeasurement& femur,
                                                 const TriangleMesh& mesh,
                                                 double all_width,
                                                 double height) {
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
        .columns = static_cast<int>(all_width * shares_of_width[i]),
        .rows = static_cast<int>(height)};
    pixels_per_mm = std::min({pixels_per_mm,
                              (views[i].columns - 2.0 * inset) / std::max(1.0, box[0].size()),
                              (height - 2.0 * inset - room_for_words) / std::max(1.0, box[1].size())});
  }
  for (SurfaceView& view : views) {
    view.pixels_per_mm = pixels_per_mm;
    view.middle_patient_mm -= 0.5 * room_for_words / pixels_per_mm * up;
  }
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

Colour scaled(Colour colour, double share) {
  return {share * colour.red, share * colour.green, share * colour.blue};
}

// Stripes say "not measured" in grey, too.
Colour hatched(Colour colour, int column, int row) {
  constexpr int period = 12;
  return (column + row) % period < period / 2 ? colour : scaled(colour, 0.55);
}

std::size_t vertex_of(const TriangleMesh& mesh, const SurfaceSample& sample, std::size_t corner) {
  return static_cast<std::size_t>(mesh.triangles[static_cast<std::size_t>(sample.triangle)][corner]);
}

std::size_t nearest_vertex(const TriangleMesh& mesh, const SurfaceSample& sample) {
  const auto largest = std::ranges::max_element(sample.weight);
  return vertex_of(mesh, sample, static_cast<std::size_t>(largest - sample.weight.begin()));
}

// Per vertex: 1 = the outline is the head's sphere there, for want of a visible edge.
std::vector<std::uint8_t> without_edge(const FemurMask& femur, const TriangleMesh& mesh) {
  std::vector<std::uint8_t> result(mesh.vertices_mm.size(), 0);
  const VoxelGrid& grid = femur.mask.grid;
  if (femur.prior_only.size() != grid.voxel_count()) return result;
  for (std::size_t v = 0; v < result.size(); ++v) {
    const Vector3d voxel = grid.voxel_from_patient(mesh.vertices_mm[v]);
    const int column = static_cast<int>(std::lround(voxel.x()));
    const int row = static_cast<int>(std::lround(voxel.y()));
    const int slice = static_cast<int>(std::lround(voxel.z()));
    if (grid.contains(column, row, slice)) result[v] = femur.prior_only[grid.index(column, row, slice)];
  }
  return result;
}

SurfaceColour region_colours(const CortexMeasurement& cortex, const std::vector<std::uint8_t>& edge_missing) {
  return [&](const SurfaceSample& sample, int column, int row) {
    const std::size_t vertex = nearest_vertex(cortex.surface.mesh, sample);
    const Colour colour = colour_of_region(cortex.surface.region[vertex]);
    return scaled(edge_missing[vertex] != 0 ? hatched(colour, column, row) : colour, sample.shade);
  };
}

// Shaded less than the regions, so that a colour can be found on the bar.
SurfaceColour thickness_colours(const CortexMeasurement& cortex) {
  return [&cortex](const SurfaceSample& sample, int column, int row) {
    const TriangleMesh& mesh = cortex.surface.mesh;
    const double light = 0.5 + 0.5 * sample.shade;
    double sum_mm = 0.0;
    double weight = 0.0;
    for (std::size_t corner = 0; corner < 3; ++corner) {
      const std::size_t vertex = vertex_of(mesh, sample, corner);
      if (cortex.map.state[vertex] != VertexState::measured) continue;
      sum_mm += sample.weight[corner] * static_cast<double>(cortex.map.cth_mm[vertex]);
      weight += sample.weight[corner];
    }
    if (!(weight > 0.5)) return scaled(hatched(palette::not_measured, column, row), light);
    return scaled(colour_on_scale(sum_mm / weight / thickest_shown_mm), light);
  };
}

void draw_view(Canvas& canvas,
               const Rect& frame,
               const NamedView& view,
               const Rgb8Image& image,
               const SurfaceView& seen) {
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
  draw_scale_bar(canvas, frame, seen.pixels_per_mm);
}

// A sample of the pattern for the key.
void draw_stripes(Canvas& canvas, const Rect& rect, Colour colour) {
  Rgb8Image stripes{
      .columns = static_cast<int>(rect.width), .rows = static_cast<int>(rect.height), .rgb = {}};
  for (int i = 0; i < stripes.columns * stripes.rows; ++i) {
    const Colour at = hatched(colour, 2 * (i % stripes.columns), 2 * (i / stripes.columns));
    for (const double value : {at.red, at.green, at.blue}) {
      stripes.rgb.push_back(static_cast<std::uint8_t>(std::lround(255.0 * value)));
    }
  }
  canvas.colour_image(rect, stripes);
}

void draw_region_key(Canvas& canvas, const Rect& row, bool hatched_cap) {
  struct Entry {
    Colour colour;
    const char* words;
    double width;
  };
  constexpr std::array<Entry, 4> entries{{{palette::femoral_neck, "FN femoral neck", 172.0},
                                          {palette::trochanteric, "TR trochanteric", 165.0},
                                          {palette::intertrochanteric, "IT intertrochanteric", 192.0},
                                          {palette::bone, "head, shaft: no region", 204.0}}};
  double left = row.left;
  for (const Entry& entry : entries) {
    canvas.fill({left, row.top + 7.0, 24.0, 12.0}, entry.colour);
    canvas.line(entry.words,
                {left + 32.0, row.top, entry.width - 40.0, row.height},
                {.size_px = 14.0, .colour = palette::quiet_ink});
    left += entry.width;
  }
  if (!hatched_cap) return;
  draw_stripes(canvas, {left, row.top + 7.0, 24.0, 12.0}, palette::bone);
  canvas.line("sphere, no edge to be seen",
              {left + 32.0, row.top, row.right() - left - 32.0, row.height},
              {.size_px = 14.0, .colour = palette::quiet_ink});
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
  draw_stripes(canvas, sample, palette::not_measured);
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
  const CortexMeasurement& cortex = *femur.cortex;
  const TriangleMesh& mesh = cortex.surface.mesh;
  const double height = std::floor(area.height / 2.0 - caption_height - key_height);
  const std::array<NamedView, view_count> named = views_of(*measured);
  const std::array<SurfaceView, view_count> views =
      placed_views(named, *measured, mesh, area.width - gap * (view_count - 1), height);
  const std::vector<std::uint8_t> edge_missing = without_edge(measured->mask, mesh);
  const double second_row = area.top + area.height / 2.0;
  double left = area.left;
  for (std::size_t i = 0; i < view_count; ++i) {
    const SurfaceRaster raster = rasterise_surface(mesh, cortex.surface.outward, views[i]);
    const Rect frame{left, area.top + caption_height, static_cast<double>(views[i].columns), height};
    const Rect lower{left, second_row + caption_height, frame.width, height};
    draw_view(canvas, frame, named[i], paint_surface(raster, region_colours(cortex, edge_missing)), views[i]);
    draw_view(canvas, lower, named[i], paint_surface(raster, thickness_colours(cortex)), views[i]);
    left += frame.width + gap;
  }
  const double key_top = caption_height + height;
  const bool hatched_cap =
      std::ranges::any_of(edge_missing, [](std::uint8_t missing) { return missing != 0; });
  draw_region_key(canvas, {area.left, area.top + key_top, area.width, key_height}, hatched_cap);
  draw_thickness_key(canvas, {area.left, second_row + key_top, area.width, key_height});
}

}  // namespace focalhip
