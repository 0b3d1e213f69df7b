#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "testdata/simulator/scan_grid.h"

namespace focalhip::simulator {

// The person's place and size, mm: noise is strongest in the middle.
struct NoiseRegion {
  Vec3 middle;
  double half_width_mm = 180.0;
  double half_depth_mm = 110.0;
};

// Correlated CT noise. In-plane the power falls to zero at zero frequency like that of filtered
// back-projection (amplitude about |f| exp(-(f / f0)^2)); neighbouring slices share some of it. The SD is the
// protocol's at the centre, 0.7 of it near the skin, up to 1.3 of it with horizontal streaks between the
// hips.
class NoiseMaker {
 public:
  // sd_hu: standard deviation at the centre. The grid must outlive the noise.
  NoiseMaker(const NoiseRegion& region, double sd_hu, const ScanGrid& grid, std::uint64_t seed);
  // HU deviations of one slice; depends on seed and slice only.
  [[nodiscard]] std::vector<float> slice(int slice) const;
  // A field of unit variance and the same power spectrum within the plane, periodic at the borders.
  [[nodiscard]] std::vector<float> unit_field(std::uint64_t stream) const;
  // SD at a pixel relative to that at the centre, streaks not included.
  [[nodiscard]] double relative_sd(int column, int row) const;
  // Weights of a slice's own field and its neighbours'; their squares add up to one.
  [[nodiscard]] static std::array<float, 3> slice_weights();

 private:
  [[nodiscard]] std::vector<float> filtered(const std::vector<float>& white) const;
  // Unit variance, smeared along x.
  [[nodiscard]] double streak(int column, int row, int slice) const;
  [[nodiscard]] double streak_share(int column, int row, int slice) const;

  const ScanGrid& grid_;
  double sd_hu_;
  std::uint64_t seed_;
  Vec3 middle_;
  double half_width_mm_;
  double half_depth_mm_;
  std::vector<std::vector<float>> taps_;  // Gaussians of growing width
  std::vector<float> weights_;            // their weights; the sum is zero
  double gain_;                           // makes the SD of a filtered white field 1
};

}  // namespace focalhip::simulator
