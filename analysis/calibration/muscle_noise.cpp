#include "analysis/calibration/muscle_noise.h"

#include <algorithm>
#include <cmath>

#include "analysis/calibration/robust_statistics.h"
#include "analysis/support/parallel_for.h"

namespace focalhip {

namespace {

constexpr double disc_radius_mm = 5.0;
constexpr double grid_step_mm = 12.0;
constexpr double lowest_muscle_hu = 15.0;
constexpr double highest_muscle_hu = 90.0;
constexpr double smoothing_mm = 2.0;  // before structure is judged: noise must not decide what is muscle
constexpr double largest_structure_hu = 12.0;  // SD of the smoothed window inside a disc
constexpr int most_windows = 6;
constexpr int slices_per_window = 4;
constexpr std::size_t least_discs = 20;

using Disc = std::vector<std::size_t>;  // pixel indices

double sd(double sum, double sum_squares, double count) {
  return std::sqrt(std::max(0.0, (sum_squares - sum * sum / count) / (count - 1.0)));
}

Disc disc_around(const PlaneImage& image, int column, int row) {
  const int reach_x = static_cast<int>(disc_radius_mm / image.pixel_mm.x());
  const int reach_y = static_cast<int>(disc_radius_mm / image.pixel_mm.y());
  Disc disc;
  for (int dy = -reach_y; dy <= reach_y; ++dy) {
    for (int dx = -reach_x; dx <= reach_x; ++dx) {
      if (std::hypot(dx * image.pixel_mm.x(), dy * image.pixel_mm.y()) > disc_radius_mm) continue;
      if (!image.contains(column + dx, row + dy)) return {};
      const std::size_t index = image.index(column + dx, row + dy);
      if (image.valid[index] == 0) return {};
      disc.push_back(index);
    }
  }
  return disc;
}

bool is_uniform_muscle(const PlaneImage& image, const Disc& disc) {
  if (disc.size() < 12) return false;
  double sum = 0.0;
  double sum_squares = 0.0;
  for (const std::size_t i : disc) {
    const double hu = image.value[i];
    sum += hu;
    sum_squares += hu * hu;
  }
  const double count = static_cast<double>(disc.size());
  const double mean = sum / count;
  return mean >= lowest_muscle_hu && mean <= highest_muscle_hu &&
         sd(sum, sum_squares, count) <= largest_structure_hu;
}

double noise_in(const CtVolume& ct, const PlaneImage& mean, const Disc& disc, int slice) {
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
  const int step_x = std::max(1, static_cast<int>(grid_step_mm / mean.pixel_mm.x()));
  const int step_y = std::max(1, static_cast<int>(grid_step_mm / mean.pixel_mm.y()));
  const PlaneImage structure = smoothed(mean, smoothing_mm);
  std::vector<double> noise;
  for (int row = step_y; row < mean.rows; row += step_y) {
    for (int column = step_x; column < mean.columns; column += step_x) {
      const Disc disc = disc_around(mean, column, row);
      if (!is_uniform_muscle(structure, disc)) continue;
      const int stride = std::max(1, slices / slices_per_window);
      for (int slice = window.first_slice; slice <= window.last_slice; slice += stride) {
        noise.push_back(correction * noise_in(ct, mean, disc, slice));
      }
    }
  }
  return noise;
}

}  // namespace

std::optional<double> muscle_noise_sd_hu(const CtVolume& ct,
                                         const std::vector<SliceAverage>& windows,
                                         int threads) {
  const int count = static_cast<int>(windows.size());
  const int used = std::min(count, most_windows);
  std::vector<std::vector<double>> per_window(static_cast<std::size_t>(used));
  parallel_for(used, threads, [&](int i) {
    const int window = (2 * i + 1) * count / (2 * used);  // evenly spread
    per_window[static_cast<std::size_t>(i)] = noise_of_window(ct, windows[static_cast<std::size_t>(window)]);
  });
  std::vector<double> all;
  for (const auto& noise : per_window) all.insert(all.end(), noise.begin(), noise.end());
  if (all.size() < least_discs) return std::nullopt;
  return median(std::move(all));
}

}  // namespace focalhip
