#include "analysis/statistics/significance_colour.h"

#include <algorithm>
#include <cmath>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {

constexpr int grey_row = 128;
constexpr double rows_of_a_hue = 127.0;

}  // namespace

double significance_value(double p_vertex, double p_cluster, bool in_mask, double level) {
  expects(level > 0.0, "a significance level above 0");
  if (!in_mask) return 0.0;
  constexpr double span = 126.0;
  if (p_vertex < level) return 255.0 - span * p_vertex / level;
  if (p_cluster < level) return 127.0 - span * p_cluster / level;
  return grey_row;
}

// The 256 rows share [0, 255] equally, as SurfStat draws it.
int significance_row(double value) {
  return std::clamp(static_cast<int>(std::floor(value * 256.0 / 255.0)), 0, 255);
}

std::array<double, 3> significance_colour(int row) {
  expects(row >= 0 && row <= 255, "a row of the table of colours");
  if (row == 0) return {0.0, 0.0, 0.0};
  if (row < grey_row) return {0.0, (row - 1) / rows_of_a_hue, 1.0};
  if (row == grey_row) return {0.8, 0.8, 0.8};
  return {1.0, (row - grey_row - 1) / rows_of_a_hue, 0.0};
}

}  // namespace focalhip
