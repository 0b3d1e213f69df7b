#include "analysis/calibration/muscle_discs.h"

#include <algorithm>
#include <cmath>

namespace focalhip {

namespace {

constexpr double disc_radius_mm = 5.0;
constexpr double grid_step_mm = 12.0;
constexpr double lowest_muscle_hu = 15.0;
constexpr double highest_muscle_hu = 90.0;
constexpr double smoothing_mm = 2.0;  // before structure is judged: noise must not decide what is muscle
constexpr double largest_structure_hu = 12.0;  // SD of the smoothed window inside a disc

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

// Of a disc of the smoothed picture.
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

double mean_hu(const PlaneImage& image, const Disc& disc) {
  double sum = 0.0;
  for (const std::size_t i : disc) sum += static_cast<double>(image.value[i]);
  return sum / static_cast<double>(disc.size());
}

}  // namespace

std::vector<MuscleDisc> muscle_discs(const PlaneImage& window_mean) {
  const int step_x = std::max(1, static_cast<int>(grid_step_mm / window_mean.pixel_mm.x()));
  const int step_y = std::max(1, static_cast<int>(grid_step_mm / window_mean.pixel_mm.y()));
  const PlaneImage structure = smoothed(window_mean, smoothing_mm);
  std::vector<MuscleDisc> discs;
  for (int row = step_y; row < window_mean.rows; row += step_y) {
    for (int column = step_x; column < window_mean.columns; column += step_x) {
      Disc disc = disc_around(window_mean, column, row);
      if (!is_uniform_muscle(structure, disc)) continue;
      const double mean = mean_hu(window_mean, disc);
      discs.push_back({.pixels = std::move(disc),
                       .centre_mm = {column * window_mean.pixel_mm.x(), row * window_mean.pixel_mm.y()},
                       .mean_hu = mean});
    }
  }
  return discs;
}

std::vector<const SliceAverage*> spread_windows(const std::vector<SliceAverage>& windows, int most) {
  const int count = static_cast<int>(windows.size());
  const int used = std::min(count, most);
  std::vector<const SliceAverage*> spread;
  for (int i = 0; i < used; ++i) {
    spread.push_back(&windows[static_cast<std::size_t>((2 * i + 1) * count / (2 * used))]);
  }
  return spread;
}

}  // namespace focalhip
