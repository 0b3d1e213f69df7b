#include "testdata/simulator/image_noise.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/counter_random.h"
#include "testdata/simulator/implicit_shapes.h"

namespace focalhip::simulator {
namespace {

// Widths (mm) and weights of Gaussians whose sum follows |f| exp(-(f / 0.35)^2): narrow minus wider ones.
constexpr double sigmas_mm[] = {0.62, 1.05, 2.1, 5.0};
constexpr float weights[] = {1.0F, -0.52F, -0.30F, -0.18F};

std::vector<float> normalised_taps(double sigma_pixels) {
  const int reach = std::max(1, static_cast<int>(std::ceil(3.0 * sigma_pixels)));
  std::vector<float> taps;
  double sum = 0.0;
  for (int i = -reach; i <= reach; ++i) {
    const double value = std::exp(-0.5 * i * i / (sigma_pixels * sigma_pixels));
    taps.push_back(static_cast<float>(value));
    sum += value;
  }
  for (float& tap : taps) tap = static_cast<float>(static_cast<double>(tap) / sum);
  return taps;
}

double overlap(const std::vector<float>& a, const std::vector<float>& b) {
  const std::vector<float>& small = a.size() < b.size() ? a : b;
  const std::vector<float>& large = a.size() < b.size() ? b : a;
  const std::size_t shift = (large.size() - small.size()) / 2;
  double sum = 0.0;
  for (std::size_t i = 0; i < small.size(); ++i) sum += static_cast<double>(small[i]) * large[i + shift];
  return sum;
}

// Adds weight times the separable blur of `in`; the border repeats periodically, which noise does not mind.
void add_blurred(const std::vector<float>& in,
                 int columns,
                 int rows,
                 const std::vector<float>& taps,
                 float weight,
                 std::vector<float>& half,
                 std::vector<float>& out) {
  const int reach = static_cast<int>(taps.size()) / 2;
  const auto width = static_cast<std::size_t>(columns);
  half.assign(in.size(), 0.0F);
  std::vector<float> padded(width + 2 * static_cast<std::size_t>(reach));
  for (int row = 0; row < rows; ++row) {
    const float* const line = in.data() + static_cast<std::size_t>(row) * width;
    for (int i = 0; i < static_cast<int>(padded.size()); ++i) {
      padded[static_cast<std::size_t>(i)] = line[((i - reach) % columns + columns) % columns];
    }
    float* const target = half.data() + static_cast<std::size_t>(row) * width;
    for (std::size_t t = 0; t < taps.size(); ++t) {
      const float tap = taps[t];
      const float* const source = padded.data() + t;
      for (std::size_t c = 0; c < width; ++c) target[c] += tap * source[c];
    }
  }
  for (int row = 0; row < rows; ++row) {
    float* const target = out.data() + static_cast<std::size_t>(row) * width;
    for (int t = 0; t < static_cast<int>(taps.size()); ++t) {
      const int from = ((row + t - reach) % rows + rows) % rows;
      const float* const source = half.data() + static_cast<std::size_t>(from) * width;
      const float tap = weight * taps[static_cast<std::size_t>(t)];
      for (std::size_t c = 0; c < width; ++c) target[c] += tap * source[c];
    }
  }
}

}  // namespace

NoiseMaker::NoiseMaker(const NoiseRegion& region, double sd_hu, const ScanGrid& grid, std::uint64_t seed)
    : grid_(grid),
      sd_hu_(sd_hu),
      seed_(seed),
      middle_(region.middle),
      half_width_mm_(region.half_width_mm),
      half_depth_mm_(region.half_depth_mm) {
  for (std::size_t i = 0; i < std::size(sigmas_mm); ++i) {
    taps_.push_back(normalised_taps(sigmas_mm[i] / grid.pixel_mm));
    weights_.push_back(weights[i]);
  }
  double energy = 0.0;
  for (std::size_t i = 0; i < taps_.size(); ++i) {
    for (std::size_t j = 0; j < taps_.size(); ++j) {
      const double o = overlap(taps_[i], taps_[j]);
      energy += static_cast<double>(weights_[i]) * weights_[j] * o * o;
    }
  }
  gain_ = 1.0 / std::sqrt(energy);
}

std::array<float, 3> NoiseMaker::slice_weights() {
  constexpr std::array<float, 3> weights{0.38F, 1.0F, 0.38F};  // neighbours correlate by about 0.6
  const float norm = std::sqrt(weights[0] * weights[0] + weights[1] * weights[1] + weights[2] * weights[2]);
  return {weights[0] / norm, weights[1] / norm, weights[2] / norm};
}

std::vector<float> NoiseMaker::filtered(const std::vector<float>& white) const {
  std::vector<float> result(white.size(), 0.0F);
  std::vector<float> half;
  for (std::size_t i = 0; i < taps_.size(); ++i) {
    add_blurred(
        white, grid_.columns, grid_.rows, taps_[i], static_cast<float>(gain_) * weights_[i], half, result);
  }
  return result;
}

std::vector<float> NoiseMaker::unit_field(std::uint64_t stream) const {
  std::vector<float> white(grid_.slice_size());
  const std::uint64_t key = mix_bits(seed_, 1003, stream);
  for (std::size_t i = 0; i < white.size(); ++i) white[i] = rough_normal(mix_bits(key + i));
  return filtered(white);
}

double NoiseMaker::relative_sd(int column, int row) const {
  const Vec3 p = grid_.patient_from_voxel(column, row, 0);
  const double r = std::hypot((p.x - middle_.x) / half_width_mm_, (p.y - middle_.y) / half_depth_mm_);
  return 1.0 - 0.3 * smooth_step(0.3, 1.0, r) - 0.35 * smooth_step(1.0, 1.5, r);
}

double NoiseMaker::streak_share(int column, int row, int slice) const {
  const Vec3 p = grid_.patient_from_voxel(column, row, slice);
  const double level = gaussian(p.y - middle_.y, 28.0) * gaussian(p.z - middle_.z + 5.0, 32.0);
  return level * smooth_step(1.15, 0.9, std::abs(p.x - middle_.x) / half_width_mm_);
}

double NoiseMaker::streak(int column, int row, int slice) const {
  // White values on a grid that is coarse along x, read bilinearly; 1.5 restores the variance that costs.
  constexpr double length_mm = 34.0;
  constexpr double height_mm = 2.6;
  const std::uint64_t key = mix_bits(seed_, 1002, static_cast<std::uint64_t>(slice + 16));
  const double x = column * grid_.pixel_mm / length_mm;
  const double y = row * grid_.pixel_mm / height_mm;
  const auto left = static_cast<std::uint64_t>(x);
  const auto top = static_cast<std::uint64_t>(y);
  const auto at = [&](std::uint64_t i, std::uint64_t j) {
    return static_cast<double>(rough_normal(mix_bits(key + j * 256U + i)));
  };
  const double fx = x - static_cast<double>(left);
  return 1.5 * mix(mix(at(left, top), at(left + 1, top), fx),
                   mix(at(left, top + 1), at(left + 1, top + 1), fx),
                   y - static_cast<double>(top));
}

std::vector<float> NoiseMaker::slice(int slice) const {
  const std::size_t size = grid_.slice_size();
  if (sd_hu_ <= 0.0) return std::vector<float>(size, 0.0F);
  std::vector<float> white(size, 0.0F);
  const std::array<float, 3> shares = slice_weights();
  for (int neighbour = -1; neighbour <= 1; ++neighbour) {
    const auto stream = static_cast<std::uint64_t>(slice + neighbour + 16);
    const std::uint64_t key = mix_bits(seed_, 1001, stream);
    const float share = shares[static_cast<std::size_t>(neighbour + 1)];
    for (std::size_t i = 0; i < size; ++i) white[i] += share * rough_normal(mix_bits(key + i));
  }
  std::vector<float> result = filtered(white);
  for (int row = 0; row < grid_.rows; ++row) {
    for (int column = 0; column < grid_.columns; ++column) {
      const std::size_t i = grid_.index(column, row, 0);
      double value = relative_sd(column, row) * static_cast<double>(result[i]);
      const double share = streak_share(column, row, slice);
      // Together 1.3 times the SD where the share is one.
      if (share > 0.02) value += std::sqrt(1.3 * 1.3 - 1.0) * share * streak(column, row, slice);
      result[i] = static_cast<float>(sd_hu_ * value);
    }
  }
  return result;
}

}  // namespace focalhip::simulator
