#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "testdata/simulator/vector3.h"

namespace focalhip::simulator {

// N scalar fields on one regular grid, read by trilinear interpolation; points outside are clamped to the
// border. A signed distance of curvature radius r sampled at step h is off by at most h^2 / (8 r): 0.01 mm
// for 1 mm and 12 mm.
template <std::size_t N>
class FieldGrid {
 public:
  using Values = std::array<float, N>;

  FieldGrid() = default;
  FieldGrid(Vec3 low_mm, Vec3 high_mm, double step_mm)
      : origin_mm_(low_mm),
        step_mm_(step_mm),
        size_{node_count(high_mm.x - low_mm.x),
              node_count(high_mm.y - low_mm.y),
              node_count(high_mm.z - low_mm.z)},
        values_(static_cast<std::size_t>(size_[0]) * static_cast<std::size_t>(size_[1]) *
                static_cast<std::size_t>(size_[2])) {}

  [[nodiscard]] int size(std::size_t axis) const { return size_[axis]; }
  [[nodiscard]] double step_mm() const { return step_mm_; }
  [[nodiscard]] Vec3 low_mm() const { return origin_mm_; }
  [[nodiscard]] Vec3 high_mm() const { return node_mm(size_[0] - 1, size_[1] - 1, size_[2] - 1); }
  [[nodiscard]] Vec3 node_mm(int i, int j, int k) const {
    return origin_mm_ +
           step_mm_ * Vec3{static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)};
  }
  [[nodiscard]] Values& at(int i, int j, int k) { return values_[index(i, j, k)]; }
  [[nodiscard]] const Values& at(int i, int j, int k) const { return values_[index(i, j, k)]; }

  [[nodiscard]] bool contains(Vec3 p_mm) const {
    const Vec3 high = high_mm();
    return p_mm.x >= origin_mm_.x && p_mm.x <= high.x && p_mm.y >= origin_mm_.y && p_mm.y <= high.y &&
           p_mm.z >= origin_mm_.z && p_mm.z <= high.z;
  }

  [[nodiscard]] Values sample(Vec3 p_mm) const {
    const auto [i, fx] = cell(p_mm.x - origin_mm_.x, size_[0]);
    const auto [j, fy] = cell(p_mm.y - origin_mm_.y, size_[1]);
    const auto [k, fz] = cell(p_mm.z - origin_mm_.z, size_[2]);
    const std::size_t base = index(i, j, k);
    const std::size_t dy = static_cast<std::size_t>(size_[0]);
    const std::size_t dz = dy * static_cast<std::size_t>(size_[1]);
    Values result{};
    for (std::size_t n = 0; n < N; ++n) {
      const float c00 = mixed(values_[base][n], values_[base + 1][n], fx);
      const float c10 = mixed(values_[base + dy][n], values_[base + dy + 1][n], fx);
      const float c01 = mixed(values_[base + dz][n], values_[base + dz + 1][n], fx);
      const float c11 = mixed(values_[base + dz + dy][n], values_[base + dz + dy + 1][n], fx);
      result[n] = mixed(mixed(c00, c10, fy), mixed(c01, c11, fy), fz);
    }
    return result;
  }

 private:
  struct Cell {
    int low;
    float fraction;
  };

  [[nodiscard]] int node_count(double extent_mm) const {
    return std::max(2, static_cast<int>(extent_mm / step_mm_ + 0.999) + 1);
  }
  [[nodiscard]] Cell cell(double offset_mm, int nodes) const {
    const double position = std::clamp(offset_mm / step_mm_, 0.0, static_cast<double>(nodes) - 1.0001);
    const int low = static_cast<int>(position);
    return {low, static_cast<float>(position - low)};
  }
  [[nodiscard]] static float mixed(float a, float b, float fraction) { return a + (b - a) * fraction; }
  [[nodiscard]] std::size_t index(int i, int j, int k) const {
    return static_cast<std::size_t>(i) +
           static_cast<std::size_t>(size_[0]) *
               (static_cast<std::size_t>(j) +
                static_cast<std::size_t>(size_[1]) * static_cast<std::size_t>(k));
  }

  Vec3 origin_mm_;
  double step_mm_ = 1.0;
  std::array<int, 3> size_{2, 2, 2};
  std::vector<Values> values_ = std::vector<Values>(8);
};

}  // namespace focalhip::simulator
