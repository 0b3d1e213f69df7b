#include "analysis/volume/average_slices.h"

#include <algorithm>
#include <cmath>

#include "analysis/support/expects.h"
#include "analysis/support/parallel_for.h"

namespace focalhip {

SliceAverage average_slices(const CtVolume& ct, int first_slice, int last_slice) {
  expects(first_slice >= 0 && first_slice <= last_slice && last_slice < ct.grid.size[2],
          "slices of the volume");
  const std::size_t pixels =
      static_cast<std::size_t>(ct.grid.size[0]) * static_cast<std::size_t>(ct.grid.size[1]);
  std::vector<std::int32_t> sum(pixels, 0);
  SliceAverage average{.first_slice = first_slice, .last_slice = last_slice, .hu = {}};
  average.hu.columns = ct.grid.size[0];
  average.hu.rows = ct.grid.size[1];
  average.hu.pixel_mm = ct.grid.spacing_mm.head<2>();
  average.hu.valid.assign(pixels, 1);
  for (int slice = first_slice; slice <= last_slice; ++slice) {
    const std::size_t start = ct.grid.index(0, 0, slice);
    const std::int16_t* hu = &ct.hu[start];
    for (std::size_t i = 0; i < pixels; ++i) sum[i] += hu[i];
    if (ct.valid.empty()) continue;
    const std::uint8_t* valid = &ct.valid[start];
    for (std::size_t i = 0; i < pixels; ++i) {
      average.hu.valid[i] = static_cast<std::uint8_t>(average.hu.valid[i] & valid[i]);
    }
  }
  const float scale = 1.0F / static_cast<float>(last_slice - first_slice + 1);
  average.hu.value.resize(pixels);
  for (std::size_t i = 0; i < pixels; ++i) average.hu.value[i] = scale * static_cast<float>(sum[i]);
  return average;
}

std::vector<SliceAverage> average_in_windows(const CtVolume& ct, double window_mm, int threads) {
  expects(window_mm > 0.0 && ct.grid.spacing_mm.z() > 0.0, "a window along a spaced axis");
  const int slices = ct.grid.size[2];
  if (slices < 1) return {};
  const double wanted = std::clamp(window_mm / ct.grid.spacing_mm.z(), 1.0, static_cast<double>(slices));
  const int per_window = static_cast<int>(std::lround(wanted));
  const int rest = slices % per_window;
  const int count = std::max(1, slices / per_window + (2 * rest >= per_window ? 1 : 0));
  std::vector<SliceAverage> windows(static_cast<std::size_t>(count));
  parallel_for(count, threads, [&](int i) {
    const int last = i + 1 == count ? slices - 1 : (i + 1) * per_window - 1;
    windows[static_cast<std::size_t>(i)] = average_slices(ct, i * per_window, last);
  });
  return windows;
}

}  // namespace focalhip
