#pragma once

#include <cstdint>
#include <vector>

#include "testdata/simulator/protocol.h"
#include "testdata/simulator/scan_grid.h"
#include "testdata/simulator/scene.h"

namespace focalhip::simulator {

// Correlated CT noise. In-plane the power falls to zero at zero frequency like that of filtered
// back-projection (amplitude about |f| exp(-(f / f0)^2)); neighbouring slices share some of it. The SD is the
// protocol's at the centre, 0.7 of it near the skin, up to 1.3 of it with horizontal streaks between the
// hips.
class NoiseMaker {
 public:
  NoiseMaker(const Scene& scene, const Protocol& protocol, const ScanGrid& grid, std::uint64_t seed);
  // HU deviations of one slice; depends on seed and slice only.
  [[nodiscard]] std::vector<float> slice(int slice) const;

 private:
  [[nodiscard]] double relative_sd(int column, int row) const;
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
  double gain_;                           // makes the SD 1
};

}  // namespace focalhip::simulator
