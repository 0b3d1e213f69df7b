#pragma once

#include <limits>

namespace focalhip::test {

// Tolerances of the oracle's README for P values in closed form: SurfStat interpolates linearly in a table.
inline double p_vertex_tolerance(double t) {
  if (t <= 6.0) return 0.007;
  if (t <= 8.0) return 0.02;
  if (t <= 10.0) return 0.04;
  return std::numeric_limits<double>::infinity();  // not covered
}

// 0.7 % for P > 1e-3 and df > 20, 2 % for P > 1e-5, a factor of 2 below.
inline double cluster_p_tolerance(double p, double df) {
  if (p > 1e-3 && df > 20.0) return 0.007;
  return p > 1e-5 ? 0.02 : 1.0;
}

}  // namespace focalhip::test
