#include "analysis/calibration/vote_for_centres.h"

#include <algorithm>
#include <utility>

#include "analysis/calibration/near_air.h"

namespace focalhip {

namespace {

constexpr double smoothing_mm = 1.0;
constexpr double least_gradient_hu_per_mm = 4.0;
constexpr double half_weight_gradient_hu_per_mm = 10.0;  // an edge this steep votes with half a voice
constexpr double vote_step_mm = 0.5;
constexpr std::size_t most_peaks = 60;  // per polarity and picture

struct Votes {
  PlaneImage brighter;
  PlaneImage darker;
};

// One voice for every radius of the range, from `here` along `way` (unit length).
void vote(PlaneImage& votes,
          const Eigen::Vector2d& here_mm,
          const Eigen::Vector2d& way,
          const CircleSearch& search,
          float weight) {
  const Eigen::Vector2d start = (here_mm + search.smallest_radius_mm * way).cwiseQuotient(votes.pixel_mm) +
                                Eigen::Vector2d(0.5, 0.5);  // so that cutting off rounds
  const Eigen::Vector2d step = (vote_step_mm * way).cwiseQuotient(votes.pixel_mm);
  const int steps = static_cast<int>((search.largest_radius_mm - search.smallest_radius_mm) / vote_step_mm);
  for (int i = 0; i <= steps; ++i) {
    const Eigen::Vector2d at = start + i * step;
    if (at.x() < 0.0 || at.y() < 0.0) continue;
    const int column = static_cast<int>(at.x());
    const int row = static_cast<int>(at.y());
    if (votes.contains(column, row)) votes.value[votes.index(column, row)] += weight;
  }
}

Eigen::Vector2d gradient_hu_per_mm(const PlaneImage& image, int column, int row) {
  const auto at = [&](int c, int r) { return static_cast<double>(image.value[image.index(c, r)]); };
  return {(at(column + 1, row) - at(column - 1, row)) / (2.0 * image.pixel_mm.x()),
          (at(column, row + 1) - at(column, row - 1)) / (2.0 * image.pixel_mm.y())};
}

Votes collect_votes(const PlaneImage& image, const CircleSearch& search) {
  const std::vector<std::uint8_t> near = near_air(image, search.deepest_mm);
  Votes votes{.brighter = image, .darker = image};
  std::fill(votes.brighter.value.begin(), votes.brighter.value.end(), 0.0F);
  votes.darker.value = votes.brighter.value;
  for (int row = 1; row + 1 < image.rows; ++row) {
    for (int column = 1; column + 1 < image.columns; ++column) {
      const Eigen::Vector2d gradient = gradient_hu_per_mm(image, column, row);
      const double steepness = gradient.norm();
      if (steepness < least_gradient_hu_per_mm) continue;
      const std::size_t index = image.index(column, row);
      if (near[index] == 0) continue;
      const Eigen::Vector2d here(column * image.pixel_mm.x(), row * image.pixel_mm.y());
      const Eigen::Vector2d uphill = gradient / steepness;
      const float weight = static_cast<float>(steepness / (steepness + half_weight_gradient_hu_per_mm));
      vote(votes.brighter, here, uphill, search, weight);
      vote(votes.darker, here, -uphill, search, weight);
    }
  }
  return votes;
}

bool is_peak(const PlaneImage& votes, int column, int row) {
  const float here = votes.value[votes.index(column, row)];
  for (int dr = -2; dr <= 2; ++dr) {
    for (int dc = -2; dc <= 2; ++dc) {
      if (!votes.contains(column + dc, row + dr) || (dc == 0 && dr == 0)) continue;
      const float there = votes.value[votes.index(column + dc, row + dr)];
      // Of equal neighbours the first in storage order counts.
      if (there > here || (there == here && (dr < 0 || (dr == 0 && dc < 0)))) return false;
    }
  }
  return true;
}

std::vector<Eigen::Vector2d> strongest_peaks(const PlaneImage& raw_votes) {
  const PlaneImage votes = smoothed(raw_votes, smoothing_mm);
  std::vector<std::pair<float, std::size_t>> peaks;
  for (int row = 0; row < votes.rows; ++row) {
    for (int column = 0; column < votes.columns; ++column) {
      const std::size_t index = votes.index(column, row);
      if (votes.value[index] > 0.5F && is_peak(votes, column, row)) {
        peaks.emplace_back(-votes.value[index], index);
      }
    }
  }
  std::sort(peaks.begin(), peaks.end());
  peaks.resize(std::min(peaks.size(), most_peaks));
  std::vector<Eigen::Vector2d> positions;
  for (const auto& [strength, index] : peaks) {
    const std::size_t width = static_cast<std::size_t>(votes.columns);
    const std::size_t column = index % width;
    const std::size_t row = index / width;
    positions.emplace_back(static_cast<double>(column) * votes.pixel_mm.x(),
                           static_cast<double>(row) * votes.pixel_mm.y());
  }
  return positions;
}

}  // namespace

std::vector<CentreGuess> vote_for_centres(const PlaneImage& prepared, const CircleSearch& search) {
  if (prepared.columns < 3 || prepared.rows < 3) return {};
  const Votes votes = collect_votes(prepared, search);
  std::vector<CentreGuess> guesses;
  for (const bool brighter : {true, false}) {
    for (const Eigen::Vector2d& peak : strongest_peaks(brighter ? votes.brighter : votes.darker)) {
      guesses.push_back({peak, brighter});
    }
  }
  return guesses;
}

}  // namespace focalhip
