#pragma once

#include <array>
#include <functional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "analysis/surface/triangle_mesh.h"
#include "dicom_sr/render/page.h"
#include "dicom_sr/render/palette.h"

namespace focalhip {

// An orthographic look at a surface: what lies along the rows and columns of the image, and what in its
// middle. The eye looks along right x down.
struct SurfaceView {
  Eigen::Vector3d right_patient{1, 0, 0};  // unit
  Eigen::Vector3d down_patient{0, 0, -1};  // unit, across `right_patient`
  Eigen::Vector3d middle_patient_mm{0, 0, 0};
  double pixels_per_mm = 1.0;
  int columns = 0;
  int rows = 0;
};

// What is seen at one sample: a point of a triangle, or nothing.
struct SurfaceSample {
  int triangle = -1;               // -1 = background
  std::array<double, 3> weight{};  // of the triangle's corners
  double shade = 0.0;              // 0 .. 1, of the light
  double depth_mm = 0.0;
};

// Two by two samples a pixel, row by row; nearest surface wins, of equal ones the first triangle.
struct SurfaceRaster {
  int columns = 0;  // of samples
  int rows = 0;
  std::vector<SurfaceSample> samples;
};

// One pass of a depth buffer; plain arithmetic in a fixed order, so the same surface gives the same samples.
// normals: one per vertex, outward.
[[nodiscard]] SurfaceRaster rasterise_surface(const TriangleMesh& mesh,
                                              std::span<const Eigen::Vector3d> normals,
                                              const SurfaceView& view);

// The picture of a raster: colour of the surface at a sample (column and row of the samples, for patterns)
// times its shade; samples averaged. The background is black.
using SurfaceColour = std::function<Colour(const SurfaceSample& sample, int column, int row)>;
[[nodiscard]] Rgb8Image paint_surface(const SurfaceRaster& raster, const SurfaceColour& colour_at);

}  // namespace focalhip
