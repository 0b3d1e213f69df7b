#include "testdata/simulator/in_plane_blur.h"

#include <algorithm>
#include <cmath>

namespace focalhip::simulator {
namespace {

constexpr double fwhm_per_sigma = 2.354820045;

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

}  // namespace

InPlaneBlur::InPlaneBlur(const Protocol& protocol, double fine_mm, int fine_per_pixel)
    : per_pixel_(fine_per_pixel) {
  const double sigma_x = protocol.psf_fwhm_mm / fwhm_per_sigma;
  const double sigma_y = sigma_x;
  const auto taps = [&](double sigma_mm) { return gaussian_taps(sigma_mm / fine_mm, fine_per_pixel); };
  parts_.push_back(
      {taps(remaining_sigma_mm(sigma_x, fine_mm)), taps(remaining_sigma_mm(sigma_y, fine_mm)), 1.0F});
  if (protocol.overshoot > 0.0) {
    // (1 + b) narrow - b wide: an edge overshoots by about 0.22 b for a ratio of widths of 2.
    const auto b = static_cast<float>(protocol.overshoot / 0.22);
    parts_.front().scale = 1.0F + b;
    parts_.push_back({taps(2.0 * sigma_x), taps(2.0 * sigma_y), -b});
  }
}

int InPlaneBlur::reach_pixels() const {
  std::size_t longest = 0;
  for (const Taps& part : parts_) longest = std::max({longest, part.x.size(), part.y.size()});
  return 1 + static_cast<int>(longest) / (2 * per_pixel_);
}

void InPlaneBlur::apply(const FinePlane& fine,
                        const ScanGrid& grid,
                        std::vector<float>& half,
                        std::vector<float>& image) const {
  image.assign(grid.slice_size(), 0.0F);
  for (const Taps& part : parts_) add(fine, grid, part, half, image);
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
