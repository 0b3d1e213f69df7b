#include "analysis/volume/plane_image.h"

#include <algorithm>

#include "analysis/volume/smooth_gaussian.h"
#include "analysis/volume/voxel_grid.h"

namespace focalhip {

double PlaneImage::sample(const Eigen::Vector2d& plane_mm) const {
  const double x = std::clamp(plane_mm.x() / pixel_mm.x(), 0.0, static_cast<double>(columns - 1));
  const double y = std::clamp(plane_mm.y() / pixel_mm.y(), 0.0, static_cast<double>(rows - 1));
  const int left = std::min(static_cast<int>(x), std::max(columns - 2, 0));
  const int top = std::min(static_cast<int>(y), std::max(rows - 2, 0));
  const int right = std::min(left + 1, columns - 1);
  const int bottom = std::min(top + 1, rows - 1);
  const double u = x - left;
  const double v = y - top;
  const auto at = [this](int column, int row) { return static_cast<double>(value[index(column, row)]); };
  return (1.0 - v) * ((1.0 - u) * at(left, top) + u * at(right, top)) +
         v * ((1.0 - u) * at(left, bottom) + u * at(right, bottom));
}

PlaneImage smoothed(const PlaneImage& image, double sigma_mm) {
  VoxelGrid one_slice;
  one_slice.size = {image.columns, image.rows, 1};
  one_slice.spacing_mm = {image.pixel_mm.x(), image.pixel_mm.y(), 1.0};
  PlaneImage result = image;
  smooth_gaussian(one_slice, result.value, sigma_mm);
  return result;
}

}  // namespace focalhip
