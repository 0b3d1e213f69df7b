#include "analysis/femur/joint_space.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "analysis/volume/interpolate.h"

namespace focalhip {

namespace {

constexpr double step_mm = 0.25;
constexpr double inside_mm = 2.5;    // profile begins this far inside the sphere
constexpr double outside_mm = 10.0;  // and ends this far outside
constexpr double widest_gap_mm = 8.0;
constexpr double least_wall_hu = 100.0;  // bone on both sides stands out this much from the gap
constexpr double cap_cosine = 0.0;       // the half of the head that looks away from the neck

// First index from `from` in steps of `by` where the profile exceeds the level.
std::optional<double> crossing(const std::vector<double>& profile, int from, int by, double level) {
  for (int i = from + by; i >= 0 && i < static_cast<int>(profile.size()); i += by) {
    const double here = profile[static_cast<std::size_t>(i)];
    if (here < level) continue;
    const double before = profile[static_cast<std::size_t>(i - by)];
    return i - by * (here - level) / (here - before);
  }
  return std::nullopt;
}

std::optional<double> gap_mm(const std::vector<double>& profile) {
  // Darkest point between the head's cortex and 8 mm outside.
  const int first = static_cast<int>(inside_mm / step_mm);
  const int last = first + static_cast<int>(widest_gap_mm / step_mm);
  const auto begin = profile.begin();
  const auto darkest =
      std::min_element(begin + first, begin + std::min<int>(last, static_cast<int>(profile.size())));
  const double head = *std::max_element(begin, darkest);
  const double socket = *std::max_element(darkest, profile.end());
  if (std::min(head, socket) - *darkest < least_wall_hu) return std::nullopt;
  const int at = static_cast<int>(darkest - begin);
  const std::optional<double> inner = crossing(profile, at, -1, 0.5 * (head + *darkest));
  const std::optional<double> outer = crossing(profile, at, 1, 0.5 * (socket + *darkest));
  if (!inner || !outer) return std::nullopt;
  const double gap = step_mm * (*outer - *inner);
  return gap <= widest_gap_mm ? std::optional<double>(gap) : std::nullopt;
}

}  // namespace

std::optional<double> joint_space_p05_mm(const HipRegion& hip, const Eigen::Vector3d& neck_direction) {
  constexpr int directions = 800;
  std::vector<double> gaps;
  int asked = 0;
  for (int i = 0; i < directions; ++i) {
    const double z = 1.0 - (2.0 * i + 1.0) / directions;
    const double ring = std::sqrt(1.0 - z * z);
    const double turn = std::numbers::pi * (3.0 - std::sqrt(5.0)) * i;
    const Eigen::Vector3d out{ring * std::cos(turn), ring * std::sin(turn), z};
    if (out.dot(neck_direction) > cap_cosine) continue;
    ++asked;
    std::vector<double> profile;
    for (double r = -inside_mm; r <= outside_mm; r += step_mm) {
      const Eigen::Vector3d point_mm = hip.head.centre_mm + (hip.head.radius_mm + r) * out;
      const std::optional<float> value = interpolate(hip.grid, hip.hu, point_mm);
      if (!value) break;
      profile.push_back(*value);
    }
    if (profile.size() < static_cast<std::size_t>((inside_mm + outside_mm) / step_mm)) continue;
    if (const std::optional<double> gap = gap_mm(profile)) gaps.push_back(*gap);
  }
  if (static_cast<int>(gaps.size()) * 5 < asked) return std::nullopt;
  std::ranges::sort(gaps);
  return gaps[gaps.size() / 20];
}

}  // namespace focalhip
