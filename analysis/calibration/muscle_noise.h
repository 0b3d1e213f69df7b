#pragma once

#include <optional>
#include <vector>

#include "analysis/volume/average_slices.h"
#include "analysis/volume/ct_volume.h"

namespace focalhip {

// Standard deviation of image noise in muscle, HU: what is left in discs of uniform muscle when the mean of
// the window is taken off, median over many discs. Nothing where fewer than 20 such discs exist.
[[nodiscard]] std::optional<double> muscle_noise_sd_hu(const CtVolume& ct,
                                                       const std::vector<SliceAverage>& windows,
                                                       int threads);

}  // namespace focalhip
