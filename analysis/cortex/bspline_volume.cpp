#include "analysis/cortex/bspline_volume.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {

const double pole = std::sqrt(3.0) - 2.0;
constexpr float gain = 6.0F;
constexpr int horizon = 28;  // |pole|^28 < 1e-16

// Index of the sample that stands for one beyond the border: 0 1 2 ... n-1 n-2 ...
int mirrored(int index, int count) {
  if (count == 1) return 0;
  const int period = 2 * count - 2;
  const int inside = ((index % period) + period) % period;
  return inside < count ? inside : period - inside;
}

// One line of `count` samples, each a contiguous run of `run` values, turned into coefficients in place.
// [Unser1999] Box 2: causal, then anticausal recursion.
void filter_line(float* line, int count, std::size_t run) {
  if (count == 1) return;
  const auto sample = [&](int i) { return line + static_cast<std::size_t>(i) * run; };
  const auto z = static_cast<float>(pole);
  std::vector<float> first(run, 0.0F);
  double power = 1.0;
  for (int k = 0; k < horizon; ++k, power *= pole) {
    const float* s = sample(mirrored(k, count));
    for (std::size_t i = 0; i < run; ++i) first[i] += static_cast<float>(power) * s[i];
  }
  std::transform(first.begin(), first.end(), line, [](float value) { return gain * value; });
  for (int k = 1; k < count; ++k) {
    float* here = sample(k);
    const float* before = sample(k - 1);
    for (std::size_t i = 0; i < run; ++i) here[i] = gain * here[i] + z * before[i];
  }
  float* last = sample(count - 1);
  const float* before_last = sample(count - 2);
  const auto end = static_cast<float>(pole / (pole * pole - 1.0));
  for (std::size_t i = 0; i < run; ++i) last[i] = end * (last[i] + z * before_last[i]);
  for (int k = count - 2; k >= 0; --k) {
    float* here = sample(k);
    const float* after = sample(k + 1);
    for (std::size_t i = 0; i < run; ++i) here[i] = z * (after[i] - here[i]);
  }
}

void filter_axis(const VoxelGrid& grid, std::size_t axis, std::vector<float>& values) {
  std::size_t run = 1;
  for (std::size_t lower = 0; lower < axis; ++lower) run *= static_cast<std::size_t>(grid.size[lower]);
  const std::size_t block = run * static_cast<std::size_t>(grid.size[axis]);
  for (std::size_t at = 0; at < values.size(); at += block) {
    filter_line(values.data() + at, grid.size[axis], run);
  }
}

struct AxisTaps {
  std::array<std::size_t, 4> index{};
  std::array<float, 4> weight{};
};

AxisTaps taps_at(double at, int count) {
  const int low = std::min(static_cast<int>(at), std::max(0, count - 2));
  const double t = at - low;
  const double u = 1.0 - t;
  const std::array<double, 4> weight{u * u * u / 6.0,
                                     (4.0 - 6.0 * t * t + 3.0 * t * t * t) / 6.0,
                                     (4.0 - 6.0 * u * u + 3.0 * u * u * u) / 6.0,
                                     t * t * t / 6.0};
  AxisTaps taps;
  for (std::size_t k = 0; k < 4; ++k) {
    taps.index[k] = static_cast<std::size_t>(mirrored(low - 1 + static_cast<int>(k), count));
    taps.weight[k] = static_cast<float>(weight[k]);
  }
  return taps;
}

}  // namespace

BsplineVolume::BsplineVolume(const VoxelGrid& grid, std::vector<float> values)
    : grid_(grid), coefficients_(std::move(values)) {
  expects(coefficients_.size() == grid.voxel_count(), "a volume has one value per voxel of its grid");
  for (std::size_t axis = 0; axis < 3; ++axis) filter_axis(grid_, axis, coefficients_);
}

std::optional<double> BsplineVolume::value(const Eigen::Vector3d& point_patient_mm) const {
  const Eigen::Vector3d voxel = grid_.voxel_from_patient(point_patient_mm);
  std::array<AxisTaps, 3> taps;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double at = voxel[static_cast<Eigen::Index>(axis)];
    if (!(at >= 0.0 && at <= grid_.size[axis] - 1)) return std::nullopt;
    taps[axis] = taps_at(at, grid_.size[axis]);
  }
  const auto columns = static_cast<std::size_t>(grid_.size[0]);
  const std::size_t slice = columns * static_cast<std::size_t>(grid_.size[1]);
  float sum = 0.0F;
  for (std::size_t k = 0; k < 4; ++k) {
    for (std::size_t j = 0; j < 4; ++j) {
      const float* row = coefficients_.data() + taps[2].index[k] * slice + taps[1].index[j] * columns;
      float along_x = 0.0F;
      for (std::size_t i = 0; i < 4; ++i) along_x += taps[0].weight[i] * row[taps[0].index[i]];
      sum += taps[2].weight[k] * taps[1].weight[j] * along_x;
    }
  }
  return static_cast<double>(sum);
}

}  // namespace focalhip
