#pragma once

#include <cmath>
#include <limits>

namespace focalhip::test {

// Tolerances of the oracle's README for P values in closed form: SurfStat interpolates linearly in a table.
inline double p_vertex_tolerance(double t) {
  if (t <= 6.0) return 0.007;
  if (t <= 8.0) return 0.02;
  if (t <= 10.0) return 0.04;
  return std::numeric_limits<double>::infinity();  // not covered
}

// 0.7 % for P > 1e-3 and df > 20, 2 % for P > 1e-5, a factor of 2 either way below.
inline bool cluster_p_agrees(double value, double expected, double df) {
  if (value == expected) return true;
  if (expected <= 1e-5) return value <= 2.0 * expected && value >= 0.5 * expected;
  return std::abs(value - expected) <= (expected > 1e-3 && df > 20.0 ? 0.007 : 0.02) * expected;
}

}  // namespace focalhip::test
