#pragma once

#include <span>
#include <vector>

namespace focalhip {

// Of an even count the mean of the middle two. Needs at least one value.
[[nodiscard]] double median(std::vector<double> values);

// Largest deviation from the mean, relative to it; 0 for no values.
[[nodiscard]] double largest_relative_deviation(const std::vector<double>& values);

struct RobustSlope {
  double slope = 0.0;           // median of all pairwise slopes [Sen1968]; 0 for fewer than three points
  double standard_error = 0.0;  // from the median absolute residual
};
[[nodiscard]] RobustSlope robust_slope(std::span<const double> x, std::span<const double> y);

}  // namespace focalhip
