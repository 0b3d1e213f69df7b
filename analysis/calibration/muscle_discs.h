#pragma once

#include <vector>

#include "analysis/volume/average_slices.h"

namespace focalhip {

// A disc of 5 mm radius of uniform muscle in a window's mean.
struct MuscleDisc {
  std::vector<std::size_t> pixels;  // indices into the window's picture
  Eigen::Vector2d centre_mm{0.0, 0.0};
  double mean_hu = 0.0;
};
[[nodiscard]] std::vector<MuscleDisc> muscle_discs(const PlaneImage& window_mean);

// At most `most` windows, evenly spread.
[[nodiscard]] std::vector<const SliceAverage*> spread_windows(const std::vector<SliceAverage>& windows,
                                                              int most);

}  // namespace focalhip
