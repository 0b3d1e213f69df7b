#pragma once

#include <algorithm>
#include <cmath>

#include "testdata/simulator/vector3.h"

// Signed distances (mm, negative inside) of simple bodies and their blends. Exact for spheres and capsules;
// for ellipses and ellipsoids exact to first order at the surface. Source of the forms: J. C. Hart, "Sphere
// tracing", Visual Computer 12 (1996); I. Quilez, "Distance functions".
namespace focalhip::simulator {

[[nodiscard]] inline double sphere_distance(Vec3 p, Vec3 centre, double radius) {
  return length(p - centre) - radius;
}

// Capsule whose radius changes linearly from a to b (exact enough for radii that differ by less than the
// length).
[[nodiscard]] inline double cone_distance(Vec3 p, Vec3 a, Vec3 b, double radius_a, double radius_b) {
  const Vec3 axis = b - a;
  const double along = std::clamp(dot(p - a, axis) / dot(axis, axis), 0.0, 1.0);
  const double slope = (radius_b - radius_a) / length(axis);
  const double radial = length(p - (a + along * axis)) - (radius_a + along * (radius_b - radius_a));
  return radial / std::sqrt(1.0 + slope * slope);
}

// Ellipsoid with semi-axes along x, y, z; p relative to the centre.
[[nodiscard]] inline double ellipsoid_distance(Vec3 p, Vec3 semi) {
  const double k0 = length({p.x / semi.x, p.y / semi.y, p.z / semi.z});
  const double k1 = length({p.x / (semi.x * semi.x), p.y / (semi.y * semi.y), p.z / (semi.z * semi.z)});
  if (k1 < 1e-9) return -std::min({semi.x, semi.y, semi.z});
  return k0 * (k0 - 1.0) / k1;
}

// Ellipse in a plane.
[[nodiscard]] inline double ellipse_distance(double u, double v, double semi_u, double semi_v) {
  const double k0 = std::hypot(u / semi_u, v / semi_v);
  const double k1 = std::hypot(u / (semi_u * semi_u), v / (semi_v * semi_v));
  if (k1 < 1e-9) return -std::min(semi_u, semi_v);
  return k0 * (k0 - 1.0) / k1;
}

// Box with half sizes and rounded edges; p relative to the centre.
[[nodiscard]] inline double rounded_box_distance(Vec3 p, Vec3 half, double rounding) {
  const Vec3 q{std::abs(p.x) - half.x + rounding,
               std::abs(p.y) - half.y + rounding,
               std::abs(p.z) - half.z + rounding};
  const Vec3 outside{std::max(q.x, 0.0), std::max(q.y, 0.0), std::max(q.z, 0.0)};
  return length(outside) + std::min(std::max({q.x, q.y, q.z}), 0.0) - rounding;
}

// Minimum with a fillet of width k (mm); differs from the minimum only where |a - b| < k.
[[nodiscard]] inline double smooth_min(double a, double b, double k) {
  const double h = std::max(k - std::abs(a - b), 0.0) / k;
  return std::min(a, b) - 0.25 * k * h * h;
}
[[nodiscard]] inline double smooth_max(double a, double b, double k) { return -smooth_min(-a, -b, k); }

// 0 below low, 1 above high, C1 between.
[[nodiscard]] inline double smooth_step(double low, double high, double x) {
  const double t = std::clamp((x - low) / (high - low), 0.0, 1.0);
  return t * t * (3.0 - 2.0 * t);
}

[[nodiscard]] inline double mix(double a, double b, double fraction) { return a + (b - a) * fraction; }
[[nodiscard]] inline double gaussian(double x, double sigma) {
  return std::exp(-0.5 * x * x / (sigma * sigma));
}

}  // namespace focalhip::simulator
