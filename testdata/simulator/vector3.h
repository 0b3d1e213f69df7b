#pragma once

#include <cmath>

// Small fixed-size algebra of the simulator: points and directions (mm) and rotations.
namespace focalhip::simulator {

struct Vec3 {
  double x = 0.0;
  double y = 0.0;
  double z = 0.0;
};

[[nodiscard]] constexpr Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
[[nodiscard]] constexpr Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
[[nodiscard]] constexpr Vec3 operator*(double s, Vec3 a) { return {s * a.x, s * a.y, s * a.z}; }
[[nodiscard]] constexpr double dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
[[nodiscard]] constexpr Vec3 cross(Vec3 a, Vec3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
[[nodiscard]] inline double length(Vec3 a) { return std::sqrt(dot(a, a)); }
[[nodiscard]] inline Vec3 normalised(Vec3 a) { return (1.0 / length(a)) * a; }

// Rows of a 3 x 3 matrix; a rotation's inverse is its transpose.
struct Mat3 {
  Vec3 row_x{1.0, 0.0, 0.0};
  Vec3 row_y{0.0, 1.0, 0.0};
  Vec3 row_z{0.0, 0.0, 1.0};
};

[[nodiscard]] constexpr Vec3 operator*(const Mat3& m, Vec3 v) {
  return {dot(m.row_x, v), dot(m.row_y, v), dot(m.row_z, v)};
}
[[nodiscard]] constexpr Mat3 transposed(const Mat3& m) {
  return {{m.row_x.x, m.row_y.x, m.row_z.x},
          {m.row_x.y, m.row_y.y, m.row_z.y},
          {m.row_x.z, m.row_y.z, m.row_z.z}};
}
[[nodiscard]] constexpr Mat3 operator*(const Mat3& a, const Mat3& b) {
  const Mat3 t = transposed(b);
  return {{dot(a.row_x, t.row_x), dot(a.row_x, t.row_y), dot(a.row_x, t.row_z)},
          {dot(a.row_y, t.row_x), dot(a.row_y, t.row_y), dot(a.row_y, t.row_z)},
          {dot(a.row_z, t.row_x), dot(a.row_z, t.row_y), dot(a.row_z, t.row_z)}};
}

}  // namespace focalhip::simulator
