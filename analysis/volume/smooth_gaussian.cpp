#include "analysis/volume/smooth_gaussian.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace focalhip {

namespace {

// Half of a symmetric kernel, weights of distance 0, 1, 2, ... samples; sums to one over both halves.
std::vector<float> half_kernel(double sigma_samples) {
  const int radius = static_cast<int>(std::floor(3.0 * sigma_samples));
  std::vector<double> weights;
  double sum = 0.0;
  for (int k = 0; k <= radius; ++k) {
    weights.push_back(std::exp(-0.5 * k * k / (sigma_samples * sigma_samples)));
    sum += (k == 0 ? 1.0 : 2.0) * weights.back();
  }
  std::vector<float> half;
  for (const double weight : weights) half.push_back(static_cast<float>(weight / sum));
  return half;
}

// One axis seen as `outer` blocks of `count` samples, each sample a contiguous run of `run` values.
struct AxisLayout {
  std::size_t outer = 0;
  int count = 0;
  std::size_t run = 0;
};

AxisLayout layout(const VoxelGrid& grid, std::size_t axis) {
  AxisLayout result{.outer = 1, .count = grid.size[axis], .run = 1};
  for (std::size_t lower = 0; lower < axis; ++lower) result.run *= static_cast<std::size_t>(grid.size[lower]);
  for (std::size_t upper = axis + 1; upper < 3; ++upper) {
    result.outer *= static_cast<std::size_t>(grid.size[upper]);
  }
  return result;
}

void add_run(float weight, const float* from, float* to, std::size_t run) {
  for (std::size_t i = 0; i < run; ++i) to[i] += weight * from[i];
}

void smooth_axis(const AxisLayout& axis, const std::vector<float>& half, std::vector<float>& values) {
  const std::size_t block = static_cast<std::size_t>(axis.count) * axis.run;
  std::vector<float> source(block);
  for (std::size_t outer = 0; outer < axis.outer; ++outer) {
    float* target = values.data() + outer * block;
    std::copy(target, target + block, source.begin());
    std::fill(target, target + block, 0.0F);
    const auto sample = [&](int index) {
      const int inside = std::clamp(index, 0, axis.count - 1);
      return source.data() + static_cast<std::size_t>(inside) * axis.run;
    };
    for (int i = 0; i < axis.count; ++i) {
      float* out = target + static_cast<std::size_t>(i) * axis.run;
      for (int k = -static_cast<int>(half.size()) + 1; k < static_cast<int>(half.size()); ++k) {
        add_run(half[static_cast<std::size_t>(std::abs(k))], sample(i + k), out, axis.run);
      }
    }
  }
}

}  // namespace

void smooth_gaussian(const VoxelGrid& grid, std::vector<float>& values, double sigma_mm) {
  if (grid.voxel_count() == 0) return;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double spacing_mm = grid.spacing_mm[static_cast<Eigen::Index>(axis)];
    const std::vector<float> half = half_kernel(sigma_mm / spacing_mm);
    if (half.size() > 1) smooth_axis(layout(grid, axis), half, values);
  }
}

}  // namespace focalhip
