#include "analysis/calibration/robust_statistics.h"

#include <algorithm>
#include <cmath>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {
constexpr double sd_per_median_deviation = 1.4826;  // of a Gaussian
// More points than this are thinned: the pairs grow with the square.
constexpr std::size_t most_points = 300;
}  // namespace

double median(std::vector<double> values) {
  expects(!values.empty(), "values for a median");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

double largest_relative_deviation(const std::vector<double>& values) {
  double mean = 0.0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  double largest = 0.0;
  for (const double value : values) largest = std::max(largest, std::abs(value / mean - 1.0));
  return largest;
}

RobustSlope robust_slope(std::span<const double> x, std::span<const double> y) {
  expects(x.size() == y.size(), "points");
  if (x.size() < 3) return {};
  const std::size_t stride = x.size() / most_points + 1;
  std::vector<double> slopes;
  for (std::size_t i = 0; i < x.size(); i += stride) {
    for (std::size_t j = i + stride; j < x.size(); j += stride) {
      if (x[j] != x[i]) slopes.push_back((y[j] - y[i]) / (x[j] - x[i]));
    }
  }
  if (slopes.empty()) return {};
  RobustSlope result{.slope = median(std::move(slopes))};

  std::vector<double> rest;
  double mean_x = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    rest.push_back(y[i] - result.slope * x[i]);
    mean_x += x[i] / static_cast<double>(x.size());
  }
  const double level = median(rest);
  double spread_x = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    rest[i] = std::abs(rest[i] - level);
    spread_x += (x[i] - mean_x) * (x[i] - mean_x);
  }
  result.standard_error = sd_per_median_deviation * median(std::move(rest)) / std::sqrt(spread_x);
  return result;
}

}  // namespace focalhip
