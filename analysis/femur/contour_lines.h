#pragma once

#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

namespace focalhip {

// A straight piece of a contour, in pixels: the centre of the first pixel is (0.5, 0.5), as on a page.
struct ContourLine {
  Eigen::Vector2d from{0, 0};
  Eigen::Vector2d to{0, 0};
  Eigen::Vector2d inward{0, 0};  // unit, towards smaller values
};

// Where a picture's values cross `level`, linear between pixel centres: marching squares. NaN = not known;
// squares with a corner of it have no contour. Where a square is crossed twice, its mean value decides.
[[nodiscard]] std::vector<ContourLine> contour_lines(std::span<const float> values,
                                                     int columns,
                                                     int rows,
                                                     float level);

}  // namespace focalhip
