#include "analysis/calibration/near_air.h"

#include <algorithm>
#include <cmath>

namespace focalhip {

namespace {

constexpr double block_mm = 4.0;
constexpr float air_below_hu = -250.0F;

// Distances to the nearest air on blocks of a few pixels.
struct BlockDistances {
  int columns = 0;
  int rows = 0;
  int pixels_per_block_x = 1;
  int pixels_per_block_y = 1;
  std::vector<double> distance_mm;

  [[nodiscard]] std::size_t index(int column, int row) const {
    return static_cast<std::size_t>(column) +
           static_cast<std::size_t>(columns) * static_cast<std::size_t>(row);
  }
};

BlockDistances air_blocks(const PlaneImage& image) {
  BlockDistances blocks;
  blocks.pixels_per_block_x = std::max(1, static_cast<int>(std::lround(block_mm / image.pixel_mm.x())));
  blocks.pixels_per_block_y = std::max(1, static_cast<int>(std::lround(block_mm / image.pixel_mm.y())));
  blocks.columns = (image.columns - 1) / blocks.pixels_per_block_x + 1;
  blocks.rows = (image.rows - 1) / blocks.pixels_per_block_y + 1;
  blocks.distance_mm.assign(static_cast<std::size_t>(blocks.columns) * static_cast<std::size_t>(blocks.rows),
                            1e9);
  for (int row = 0; row < image.rows; ++row) {
    for (int column = 0; column < image.columns; ++column) {
      if (image.value[image.index(column, row)] >= air_below_hu) continue;
      const int block_column = column / blocks.pixels_per_block_x;
      blocks.distance_mm[blocks.index(block_column, row / blocks.pixels_per_block_y)] = 0.0;
    }
  }
  return blocks;
}

// Two passes of a chamfer distance; within 8 % of the straight line.
void spread_distances(BlockDistances& blocks, const Eigen::Vector2d& pixel_mm) {
  const double dx = blocks.pixels_per_block_x * pixel_mm.x();
  const double dy = blocks.pixels_per_block_y * pixel_mm.y();
  const double diagonal = std::hypot(dx, dy);
  const auto relax = [&](int column, int row, int from_column, int from_row, double step) {
    if (from_column < 0 || from_row < 0 || from_column >= blocks.columns || from_row >= blocks.rows) return;
    double& here = blocks.distance_mm[blocks.index(column, row)];
    here = std::min(here, blocks.distance_mm[blocks.index(from_column, from_row)] + step);
  };
  for (int row = 0; row < blocks.rows; ++row) {
    for (int column = 0; column < blocks.columns; ++column) {
      relax(column, row, column - 1, row, dx);
      relax(column, row, column - 1, row - 1, diagonal);
      relax(column, row, column, row - 1, dy);
      relax(column, row, column + 1, row - 1, diagonal);
    }
  }
  for (int row = blocks.rows - 1; row >= 0; --row) {
    for (int column = blocks.columns - 1; column >= 0; --column) {
      relax(column, row, column + 1, row, dx);
      relax(column, row, column + 1, row + 1, diagonal);
      relax(column, row, column, row + 1, dy);
      relax(column, row, column - 1, row + 1, diagonal);
    }
  }
}

}  // namespace

std::vector<std::uint8_t> near_air(const PlaneImage& image, double deepest_mm) {
  BlockDistances blocks = air_blocks(image);
  spread_distances(blocks, image.pixel_mm);
  std::vector<std::uint8_t> near = image.valid;
  for (int row = 0; row < image.rows; ++row) {
    for (int column = 0; column < image.columns; ++column) {
      const std::size_t block =
          blocks.index(column / blocks.pixels_per_block_x, row / blocks.pixels_per_block_y);
      if (blocks.distance_mm[block] > deepest_mm) near[image.index(column, row)] = 0;
    }
  }
  return near;
}

}  // namespace focalhip
