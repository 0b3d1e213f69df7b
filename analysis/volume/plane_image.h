#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <Eigen/Core>

namespace focalhip {

// A picture in the plane of the slices. Positions are plane_mm: (column, row) times the pixel size, so the
// centre of the first pixel is (0, 0).
struct PlaneImage {
  int columns = 0;
  int rows = 0;
  Eigen::Vector2d pixel_mm{1.0, 1.0};
  std::vector<float> value;         // column fastest
  std::vector<std::uint8_t> valid;  // 1 = measured; same size as value

  [[nodiscard]] std::size_t index(int column, int row) const {
    return static_cast<std::size_t>(column) +
           static_cast<std::size_t>(columns) * static_cast<std::size_t>(row);
  }
  [[nodiscard]] bool contains(int column, int row) const {
    return column >= 0 && row >= 0 && column < columns && row < rows;
  }
  [[nodiscard]] bool contains(const Eigen::Vector2d& plane_mm) const {
    return plane_mm.x() >= 0.0 && plane_mm.y() >= 0.0 && plane_mm.x() <= (columns - 1) * pixel_mm.x() &&
           plane_mm.y() <= (rows - 1) * pixel_mm.y();
  }
  // Bilinear; positions outside are moved to the border.
  [[nodiscard]] double sample(const Eigen::Vector2d& plane_mm) const;
};

// Gaussian smoothing, separable, border values repeated; valid is copied. sigma_mm > 0.
[[nodiscard]] PlaneImage smoothed(const PlaneImage& image, double sigma_mm);

}  // namespace focalhip
