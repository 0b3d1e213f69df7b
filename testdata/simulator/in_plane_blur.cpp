#include "testdata/simulator/in_plane_blur.h"

#include <algorithm>
#include <cmath>

namespace focalhip::simulator {
namespace {

constexpr double fwhm_per_sigma = 2.354820045;
constexpr double ring_mm = 62.5;  // kernels for a blur that grows

std::vector<float> gaussian_taps(double sigma_fine, int fine_per_pixel) {
  // Taps sit at fine samples around the pixel centre, which lies between samples when the factor is even.
  const int reach = std::max(1, static_cast<int>(std::ceil(3.2 * sigma_fine)));
  std::vector<float> taps(static_cast<std::size_t>(2 * reach + fine_per_pixel));
  const double centre = 0.5 * (static_cast<double>(taps.size()) - 1.0);
  double sum = 0.0;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const double x = static_cast<double>(i) - centre;
    taps[i] = static_cast<float>(std::exp(-0.5 * x * x / (sigma_fine * sigma_fine)));
    sum += static_cast<double>(taps[i]);
  }
  for (float& tap : taps) tap = static_cast<float>(static_cast<double>(tap) / sum);
  return taps;
}

// The ramps of the fine samples have the width fine_mm and already blur by fine_mm^2 / 12.
double remaining_sigma_mm(double sigma_mm, double fine_mm) {
  return std::sqrt(std::max(sigma_mm * sigma_mm - fine_mm * fine_mm / 12.0, 0.04 * fine_mm * fine_mm));
}

// A kernel (1 + b) narrow - b wide with widths 1 : 2: how far the blurred edge of height 1 exceeds 1.
double overshoot_of(double b) {
  double highest = 0.0;
  for (double x = 0.5; x < 6.0; x += 0.02) {  // in widths from the edge
    const double narrow = 0.5 * std::erfc(-x / std::sqrt(2.0));
    const double wide = 0.5 * std::erfc(-x / std::sqrt(8.0));
    highest = std::max(highest, (1.0 + b) * narrow - b * wide - 1.0);
  }
  return highest;
}

// The b that overshoots by this share of the edge.
double wide_weight(double overshoot) {
  double low = 0.0;
  double high = 5.0;
  for (int i = 0; i < 40; ++i) {
    const double middle = 0.5 * (low + high);
    (overshoot_of(middle) < overshoot ? low : high) = middle;
  }
  return low;
}

}  // namespace

InPlaneBlur::InPlaneBlur(const Protocol& protocol, double fine_mm, int fine_per_pixel)
    : per_pixel_(fine_per_pixel), fine_mm_(fine_mm), growth_per_mm_(0.01 * protocol.psf_growth_per_100_mm) {
  const int rings = growth_per_mm_ > 0.0 ? 5 : 1;
  for (int n = 0; n < rings; ++n) kernels_.push_back(kernel(protocol, growth_per_mm_ * ring_mm * n));
}

InPlaneBlur::Kernel InPlaneBlur::kernel(const Protocol& protocol, double growth) const {
  const double sigma_x = (1.0 + growth) * protocol.psf_fwhm_mm / fwhm_per_sigma;
  const double sigma_y = protocol.psf_y_ratio * sigma_x;
  const auto taps = [&](double sigma_mm) { return gaussian_taps(sigma_mm / fine_mm_, per_pixel_); };
  Kernel parts;
  parts.push_back(
      {taps(remaining_sigma_mm(sigma_x, fine_mm_)), taps(remaining_sigma_mm(sigma_y, fine_mm_)), 1.0F});
  if (protocol.overshoot > 0.0) {
    const auto b = static_cast<float>(wide_weight(protocol.overshoot));
    parts.front().scale = 1.0F + b;
    parts.push_back({taps(2.0 * sigma_x), taps(2.0 * sigma_y), -b});
  }
  return parts;
}

int InPlaneBlur::reach_pixels() const {
  std::size_t longest = 0;
  for (const Kernel& parts : kernels_) {
    for (const Taps& part : parts) longest = std::max({longest, part.x.size(), part.y.size()});
  }
  return 1 + static_cast<int>(longest) / (2 * per_pixel_);
}

void InPlaneBlur::apply(const FinePlane& fine,
                        const ScanGrid& grid,
                        std::vector<float>& half,
                        std::vector<float>& image) const {
  image.assign(grid.slice_size(), 0.0F);
  if (kernels_.size() == 1) {
    for (const Taps& part : kernels_.front()) add(fine, grid, part, half, image);
    return;
  }
  std::vector<float> ring;
  for (std::size_t n = 0; n < kernels_.size(); ++n) {
    ring.assign(grid.slice_size(), 0.0F);
    for (const Taps& part : kernels_[n]) add(fine, grid, part, half, ring);
    for (int row = 0; row < grid.rows; ++row) {
      for (int column = 0; column < grid.columns; ++column) {
        const Vec3 d = grid.patient_from_voxel(column, row, 0) - grid.isocentre_mm;
        const std::size_t i = grid.index(column, row, 0);
        image[i] += static_cast<float>(ring_share(n, std::hypot(d.x, d.y))) * ring[i];
      }
    }
  }
}

// Share of ring n's image at a radius: a mixture of two images has the mixed variance of their blurs.
double InPlaneBlur::ring_share(std::size_t n, double radius_mm) const {
  const auto variance = [&](double r) { return std::pow(1.0 + growth_per_mm_ * r, 2.0); };
  const double last = static_cast<double>(kernels_.size() - 1);
  const double inner = std::min(std::floor(radius_mm / ring_mm), last - 1.0);
  const double low = variance(inner * ring_mm);
  const double high = variance((inner + 1.0) * ring_mm);
  const double outer_share = std::min((variance(radius_mm) - low) / (high - low), 1.0);
  const double ring = static_cast<double>(n);
  if (ring == inner) return 1.0 - outer_share;
  return ring == inner + 1.0 ? outer_share : 0.0;
}

void InPlaneBlur::add(const FinePlane& fine,
                      const ScanGrid& grid,
                      const Taps& taps,
                      std::vector<float>& half,
                      std::vector<float>& image) const {
  const int fine_columns = grid.columns * per_pixel_;
  const int fine_rows = grid.rows * per_pixel_;
  const int reach_x = (static_cast<int>(taps.x.size()) - per_pixel_) / 2;
  const int reach_y = (static_cast<int>(taps.y.size()) - per_pixel_) / 2;
  const auto columns = static_cast<std::size_t>(grid.columns);
  half.resize(columns * static_cast<std::size_t>(fine_rows));
  for (int row = 0; row < fine_rows; ++row) {
    const float* const in =
        fine.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(fine_columns);
    float* const out = half.data() + static_cast<std::size_t>(row) * columns;
    for (int column = 0; column < grid.columns; ++column) {
      const int first = column * per_pixel_ - reach_x;
      float sum = 0.0F;
      for (int t = 0; t < static_cast<int>(taps.x.size()); ++t) {
        sum += taps.x[static_cast<std::size_t>(t)] * in[std::clamp(first + t, 0, fine_columns - 1)];
      }
      out[column] = sum;
    }
  }
  for (int row = 0; row < grid.rows; ++row) {
    float* const out = image.data() + static_cast<std::size_t>(row) * columns;
    for (int t = 0; t < static_cast<int>(taps.y.size()); ++t) {
      const int from = std::clamp(row * per_pixel_ - reach_y + t, 0, fine_rows - 1);
      const float* const in = half.data() + static_cast<std::size_t>(from) * columns;
      const float weight = taps.scale * taps.y[static_cast<std::size_t>(t)];
      for (std::size_t c = 0; c < columns; ++c) out[c] += weight * in[c];
    }
  }
}

}  // namespace focalhip::simulator
