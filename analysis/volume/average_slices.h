#pragma once

#include <vector>

#include "analysis/volume/ct_volume.h"
#include "analysis/volume/plane_image.h"

namespace focalhip {

// The mean of neighbouring slices. A pixel is valid where it is valid in every slice.
struct SliceAverage {
  int first_slice = 0;
  int last_slice = 0;  // included
  PlaneImage hu;

  [[nodiscard]] double middle_slice() const { return 0.5 * (first_slice + last_slice); }
};

[[nodiscard]] SliceAverage average_slices(const CtVolume& ct, int first_slice, int last_slice);

// Cuts the volume into windows of about window_mm along the slice axis; a rest of less than half a window
// joins its neighbour. At least one slice per window. Threads change speed only.
[[nodiscard]] std::vector<SliceAverage> average_in_windows(const CtVolume& ct, double window_mm, int threads);

}  // namespace focalhip
