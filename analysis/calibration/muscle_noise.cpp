#include "analysis/calibration/muscle_noise.h"

#include <algorithm>
#include <cmath>

#include "analysis/calibration/muscle_discs.h"
#include "analysis/calibration/robust_statistics.h"
#include "analysis/support/parallel_for.h"

namespace focalhip {

namespace {

constexpr int most_windows = 6;
constexpr int slices_per_window = 4;
constexpr std::size_t least_discs = 20;

double sd(double sum, double sum_squares, double count) {
  return std::sqrt(std::max(0.0, (sum_squares - sum * sum / count) / (count - 1.0)));
}

double noise_in(const CtVolume& ct, const PlaneImage& mean, const std::vector<std::size_t>& disc, int slice) {
  const std::size_t start = ct.grid.index(0, 0, slice);
  double sum = 0.0;
  double sum_squares = 0.0;
  for (const std::size_t i : disc) {
    const double difference = static_cast<double>(ct.hu[start + i]) - static_cast<double>(mean.value[i]);
    sum += difference;
    sum_squares += difference * difference;
  }
  return sd(sum, sum_squares, static_cast<double>(disc.size()));
}

std::vector<double> noise_of_window(const CtVolume& ct, const SliceAverage& window) {
  const PlaneImage& mean = window.hu;
  const int slices = window.last_slice - window.first_slice + 1;
  if (slices < 2) return {};  // nothing to compare with
  // The mean contains the slice itself: 1 / slices of its variance is missing from the difference.
  const double correction = std::sqrt(static_cast<double>(slices) / (slices - 1));
  const int stride = std::max(1, slices / slices_per_window);
  std::vector<double> noise;
  for (const MuscleDisc& disc : muscle_discs(mean)) {
    for (int slice = window.first_slice; slice <= window.last_slice; slice += stride) {
      noise.push_back(correction * noise_in(ct, mean, disc.pixels, slice));
    }
  }
  return noise;
}

}  // namespace

std::optional<double> muscle_noise_sd_hu(const CtVolume& ct,
                                         const std::vector<SliceAverage>& windows,
                                         int threads) {
  const std::vector<const SliceAverage*> used = spread_windows(windows, most_windows);
  std::vector<std::vector<double>> per_window(used.size());
  parallel_for(static_cast<int>(used.size()), threads, [&](int i) {
    per_window[static_cast<std::size_t>(i)] = noise_of_window(ct, *used[static_cast<std::size_t>(i)]);
  });
  std::vector<double> all;
  for (const auto& noise : per_window) all.insert(all.end(), noise.begin(), noise.end());
  if (all.size() < least_discs) return std::nullopt;
  return median(std::move(all));
}

}  // namespace focalhip
