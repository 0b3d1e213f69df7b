#include "dicom_sr/render/rasterise_surface.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Geometry>

namespace focalhip {

namespace {

using Eigen::Vector3d;

constexpr int samples_per_pixel = 2;  // along each axis
constexpr double ambient = 0.30;

// x and y in samples, z the depth in mm: away from the eye.
Vector3d on_screen(const Vector3d& point_mm, const SurfaceView& view) {
  const Vector3d offset_mm = point_mm - view.middle_patient_mm;
  const double scale = samples_per_pixel * view.pixels_per_mm;
  return {scale * offset_mm.dot(view.right_patient) + 0.5 * samples_per_pixel * view.columns,
          scale * offset_mm.dot(view.down_patient) + 0.5 * samples_per_pixel * view.rows,
          offset_mm.dot(view.right_patient.cross(view.down_patient))};
}

double doubled_area(const Vector3d& a, const Vector3d& b, double x, double y) {
  return (b.x() - a.x()) * (y - a.y()) - (b.y() - a.y()) * (x - a.x());
}

// Lit from above the viewer's left shoulder; the inner side of an open surface is lit as well.
double shade_of(const Vector3d& normal, const SurfaceView& view) {
  const Vector3d away = view.right_patient.cross(view.down_patient);
  const Vector3d to_light = (-away - 0.45 * view.down_patient - 0.35 * view.right_patient).normalized();
  const Vector3d facing = normal.dot(away) > 0.0 ? Vector3d(-normal) : normal;
  return ambient + (1.0 - ambient) * std::max(0.0, facing.normalized().dot(to_light));
}

// Indices of samples whose centres lie between two coordinates.
std::array<int, 2> range(double low, double high, int size) {
  const double first = std::clamp(std::ceil(low - 0.5), 0.0, static_cast<double>(size));
  const double end = std::clamp(std::floor(high - 0.5) + 1.0, 0.0, static_cast<double>(size));
  return {static_cast<int>(first), static_cast<int>(end)};
}

void draw_triangle(SurfaceRaster& raster, int triangle, const std::array<Vector3d, 3>& corner) {
  const double area = doubled_area(corner[0], corner[1], corner[2].x(), corner[2].y());
  if (!(std::abs(area) > 0.0)) return;
  const auto [left, right] = std::minmax({corner[0].x(), corner[1].x(), corner[2].x()});
  const auto [top, bottom] = std::minmax({corner[0].y(), corner[1].y(), corner[2].y()});
  const std::array<int, 2> columns = range(left, right, raster.columns);
  const std::array<int, 2> rows = range(top, bottom, raster.rows);
  for (int row = rows[0]; row < rows[1]; ++row) {
    for (int column = columns[0]; column < columns[1]; ++column) {
      const double x = column + 0.5;
      const double y = row + 0.5;
      const double w0 = doubled_area(corner[1], corner[2], x, y) / area;
      const double w1 = doubled_area(corner[2], corner[0], x, y) / area;
      const double w2 = 1.0 - w0 - w1;
      if (w0 < 0.0 || w1 < 0.0 || w2 < 0.0) continue;
      const double depth_mm = w0 * corner[0].z() + w1 * corner[1].z() + w2 * corner[2].z();
      SurfaceSample& sample =
          raster.samples[static_cast<std::size_t>(row) * static_cast<std::size_t>(raster.columns) +
                         static_cast<std::size_t>(column)];
      if (sample.triangle >= 0 && sample.depth_mm <= depth_mm) continue;
      sample = {.triangle = triangle, .weight = {w0, w1, w2}, .shade = 0.0, .depth_mm = depth_mm};
    }
  }
}

}  // namespace

SurfaceRaster rasterise_surface(const TriangleMesh& mesh,
                                std::span<const Vector3d> normals,
                                const SurfaceView& view) {
  SurfaceRaster raster{
      .columns = samples_per_pixel * view.columns, .rows = samples_per_pixel * view.rows, .samples = {}};
  raster.samples.resize(static_cast<std::size_t>(raster.columns) * static_cast<std::size_t>(raster.rows));
  std::vector<Vector3d> screen;
  screen.reserve(mesh.vertices_mm.size());
  for (const Vector3d& vertex_mm : mesh.vertices_mm) screen.push_back(on_screen(vertex_mm, view));
  for (std::size_t t = 0; t < mesh.triangles.size(); ++t) {
    std::array<Vector3d, 3> corner;
    for (std::size_t i = 0; i < 3; ++i) corner[i] = screen[static_cast<std::size_t>(mesh.triangles[t][i])];
    draw_triangle(raster, static_cast<int>(t), corner);
  }
  for (SurfaceSample& sample : raster.samples) {
    if (sample.triangle < 0) continue;
    const std::array<int, 3>& vertices = mesh.triangles[static_cast<std::size_t>(sample.triangle)];
    Vector3d normal = Vector3d::Zero();
    for (std::size_t i = 0; i < 3; ++i)
      normal += sample.weight[i] * normals[static_cast<std::size_t>(vertices[i])];
    sample.shade = shade_of(normal, view);
  }
  return raster;
}

Rgb8Image paint_surface(const SurfaceRaster& raster, const SurfaceColour& colour_at) {
  Rgb8Image image{
      .columns = raster.columns / samples_per_pixel, .rows = raster.rows / samples_per_pixel, .rgb = {}};
  image.rgb.reserve(3U * static_cast<std::size_t>(image.columns) * static_cast<std::size_t>(image.rows));
  constexpr double share = 1.0 / (samples_per_pixel * samples_per_pixel);
  for (int row = 0; row < image.rows; ++row) {
    for (int column = 0; column < image.columns; ++column) {
      Colour sum;
      for (int i = 0; i < samples_per_pixel * samples_per_pixel; ++i) {
        const int x = samples_per_pixel * column + i % samples_per_pixel;
        const int y = samples_per_pixel * row + i / samples_per_pixel;
        const SurfaceSample& sample =
            raster.samples[static_cast<std::size_t>(y) * static_cast<std::size_t>(raster.columns) +
                           static_cast<std::size_t>(x)];
        if (sample.triangle < 0) continue;
        const Colour colour = colour_at(sample, x, y);
        sum = {
            sum.red + share * colour.red, sum.green + share * colour.green, sum.blue + share * colour.blue};
      }
      for (const double value : {sum.red, sum.green, sum.blue}) {
        image.rgb.push_back(static_cast<std::uint8_t>(std::lround(255.0 * std::clamp(value, 0.0, 1.0))));
      }
    }
  }
  return image;
}

}  // namespace focalhip
