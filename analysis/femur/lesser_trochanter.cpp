#include "analysis/femur/lesser_trochanter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <Eigen/Cholesky>

namespace focalhip {

namespace {

// Directions every 5 degrees, from medial (0) over posterior (90). The trochanter is looked for in those
// between 25 and 100 degrees; nearer to medial the neck's inner curve begins.
constexpr std::size_t directions = 72;
constexpr std::size_t first_direction = 5;
constexpr std::size_t last_direction = 20;
constexpr double level_step_mm = 0.5;
constexpr double reference_mm = 8.0;      // length of shaft whose outline the protrusion is measured against
constexpr double below_border_mm = 12.0;  // where that begins; nearer where the scan ends sooner
constexpr double end_of_protrusion_mm = 1.0;
constexpr double least_protrusion_mm = 3.0;
constexpr double longest_rise_mm = 22.0;  // from the distal border to the tip

using Outline = std::array<double, directions>;

struct Level {
  double height_mm = 0.0;
  Outline radius_mm{};
  double protrusion_mm = 0.0;
  double over_shaft_mm = 0.0;  // the same, where the shaft still is one: without its bow and flare
  std::size_t at = 0;          // direction of the protrusion
};

Eigen::Vector3d direction_at(std::size_t i, const Eigen::Vector3d& lateral, const Eigen::Vector3d& anterior) {
  const double angle = 2.0 * std::numbers::pi * static_cast<double>(i) / directions;
  return -std::cos(angle) * lateral - std::sin(angle) * anterior;
}

std::vector<Level> measure_levels(const BoneSolid& bone,
                                  const AxisLine& shaft,
                                  const Eigen::Vector3d& lateral,
                                  const Eigen::Vector3d& anterior,
                                  double lowest_mm,
                                  double highest_mm) {
  std::vector<Level> levels;
  for (double height = lowest_mm; height <= highest_mm; height += level_step_mm) {
    Level level{.height_mm = height};
    for (std::size_t i = 0; i < directions; ++i) {
      level.radius_mm[i] = exit_distance_mm(
          bone, shaft.point_mm + height * shaft.direction, direction_at(i, lateral, anterior), 50.0);
    }
    levels.push_back(level);
  }
  return levels;
}

// The shaft bows and flares above the piece its axis was fitted to: its outline moves and widens. What the
// directions away from the trochanter tell of both, at one direction.
double shaft_growth_mm(const std::vector<double>& growth_mm, std::size_t at) {
  constexpr std::size_t first_free = last_direction + 6;  // 130 degrees, round by lateral to
  constexpr std::size_t last_free = directions - 3;       // 345 degrees
  Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();
  Eigen::Vector3d right = Eigen::Vector3d::Zero();
  const auto row = [](std::size_t i) {
    const double angle = 2.0 * std::numbers::pi * static_cast<double>(i) / directions;
    return Eigen::Vector3d(1.0, std::cos(angle), std::sin(angle));
  };
  for (std::size_t i = first_free; i <= last_free; ++i) {
    normal += row(i) * row(i).transpose();
    right += growth_mm[i] * row(i);
  }
  return row(at).dot(Eigen::Vector3d(normal.ldlt().solve(right)));
}

// Against the mean outline of the levels that begin at `first`.
void measure_protrusion(std::vector<Level>& levels, std::size_t first, std::size_t reference_levels) {
  Outline reference{};
  for (std::size_t k = first; k < first + reference_levels; ++k) {
    for (std::size_t i = 0; i < directions; ++i) {
      reference[i] += levels[k].radius_mm[i] / static_cast<double>(reference_levels);
    }
  }
  for (Level& level : levels) {
    level.at = 0;
    std::vector<double> growth(directions);
    for (std::size_t i = 0; i < directions; ++i) growth[i] = level.radius_mm[i] - reference[i];
    for (std::size_t i = first_direction; i <= last_direction; ++i) {
      if (growth[i] > growth[level.at] || level.at == 0) level.at = i;
    }
    level.protrusion_mm = growth[level.at];
    level.over_shaft_mm = growth[level.at] - shaft_growth_mm(growth, level.at);
    // The shaft as a whole widens upwards; what all directions share is no protrusion.
    std::nth_element(growth.begin(), growth.begin() + directions / 2, growth.end());
    level.protrusion_mm -= growth[directions / 2];
  }
}

// First level from which the protrusion stays above the end mark for 3 mm.
std::optional<std::size_t> first_rise(const std::vector<Level>& levels, std::size_t from) {
  const auto run = static_cast<std::size_t>(3.0 / level_step_mm);
  for (std::size_t k = from; k + run < levels.size(); ++k) {
    const auto begin = levels.begin() + static_cast<std::ptrdiff_t>(k);
    if (std::all_of(begin, begin + static_cast<std::ptrdiff_t>(run) + 1, [](const Level& level) {
          return level.over_shaft_mm >= end_of_protrusion_mm;
        })) {
      return k;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<LesserTrochanter> find_lesser_trochanter(const BoneSolid& bone,
                                                       const AxisLine& shaft,
                                                       const Eigen::Vector3d& lateral,
                                                       const Eigen::Vector3d& anterior,
                                                       double lowest_mm,
                                                       double highest_mm) {
  std::vector<Level> levels = measure_levels(bone, shaft, lateral, anterior, lowest_mm, highest_mm);
  const auto reference_levels = static_cast<std::size_t>(reference_mm / level_step_mm);
  if (levels.size() < 2 * reference_levels) return std::nullopt;
  // The reference follows the border: how far down the scan goes must not move it.
  constexpr int passes = 12;
  const auto top_below = static_cast<std::size_t>((below_border_mm + reference_mm) / level_step_mm);
  std::size_t reference = 0;
  std::optional<std::size_t> rise;
  for (int pass = 0; pass < passes; ++pass) {
    measure_protrusion(levels, reference, reference_levels);
    rise = first_rise(levels, reference + reference_levels);
    if (!rise) return std::nullopt;
    const std::size_t next = *rise > top_below ? *rise - top_below : 0;
    if (next == reference) break;
    reference = next;
  }
  // The first summit above the border; above it the crest to the greater trochanter begins.
  std::size_t tip = *rise;
  for (std::size_t k = *rise; k < levels.size(); ++k) {
    if (levels[k].height_mm - levels[*rise].height_mm > longest_rise_mm) break;
    if (levels[k].protrusion_mm > levels[tip].protrusion_mm) tip = k;
    if (levels[k].protrusion_mm < levels[tip].protrusion_mm - 0.5) break;
  }
  if (levels[tip].protrusion_mm < least_protrusion_mm) return std::nullopt;
  const Eigen::Vector3d on_axis_mm = shaft.point_mm + levels[tip].height_mm * shaft.direction;
  return LesserTrochanter{.distal_mm = levels[*rise].height_mm,
                          .tip_mm = levels[tip].height_mm,
                          .protrusion_mm = levels[tip].protrusion_mm,
                          .tip_point_mm = on_axis_mm + levels[tip].radius_mm[levels[tip].at] *
                                                           direction_at(levels[tip].at, lateral, anterior)};
}

}  // namespace focalhip
