#include "analysis/femur/joint_space.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Geometry>

#include "analysis/femur/map_fit.h"
#include "analysis/volume/interpolate.h"

namespace focalhip {

namespace {

constexpr double step_mm = 0.25;
constexpr double inside_mm = 3.5;    // profiles begin this far inside the sphere
constexpr double outside_mm = 11.0;  // and end this far outside
constexpr double cap_cosine = 0.0;   // the half of the head that looks away from the neck
constexpr int neighbours = 6;
constexpr double neighbour_angle_rad = 0.075;  // 1.7 mm on a head of 23 mm

// Mean of the profiles in a direction and around it; empty where one leaves the region.
std::vector<double> mean_profile(const HipRegion& hip, const Eigen::Vector3d& out) {
  const auto samples = static_cast<std::size_t>((inside_mm + outside_mm) / step_mm) + 1;
  std::vector<double> hu(samples, 0.0);
  const Eigen::Vector3d u = out.unitOrthogonal();
  const Eigen::Vector3d v = out.cross(u);
  for (int n = 0; n <= neighbours; ++n) {
    const double turn = 2.0 * std::numbers::pi * n / neighbours;
    const Eigen::Vector3d aside = n == 0 ? Eigen::Vector3d(Eigen::Vector3d::Zero())
                                         : Eigen::Vector3d(std::cos(turn) * u + std::sin(turn) * v);
    const Eigen::Vector3d direction = (out + neighbour_angle_rad * aside).normalized();
    for (std::size_t i = 0; i < samples; ++i) {
      const double r = hip.head.radius_mm - inside_mm + step_mm * static_cast<double>(i);
      const std::optional<float> value = interpolate(hip.grid, hip.hu, hip.head.centre_mm + r * direction);
      if (!value) return {};
      hu[i] += *value / (neighbours + 1.0);
    }
  }
  return hu;
}

// theta: face of the head, log thickness of its cortex, log gap, log thickness of the wall, HU in the gap, in
// the head, in the socket, log share of the shaft's density in the wall.
constexpr int parameters = 8;
using Parameters = Eigen::Matrix<double, parameters, 1>;
struct JointModel {
  ShaftEdge blur;
  double operator()(double s, const Parameters& theta, Parameters& slope) const {
    const double cortex_mm = std::exp(theta[1]);
    const double gap_mm = std::exp(theta[2]);
    const double wall_mm = std::exp(theta[3]);
    const std::array<double, 4> edge{
        theta[0] - cortex_mm, theta[0], theta[0] + gap_mm, theta[0] + gap_mm + wall_mm};
    const double wall_hu = std::exp(theta[7]) * blur.solid_hu;
    const std::array<double, 4> rise{
        blur.solid_hu - theta[5], theta[4] - blur.solid_hu, wall_hu - theta[4], theta[6] - wall_hu};
    std::array<double, 4> beyond{};
    std::array<double, 4> by_edge{};
    double value = theta[5];
    for (std::size_t k = 0; k < 4; ++k) {
      const double z = (s - edge[k]) / blur.sigma_mm;
      beyond[k] = normal_cdf(z);
      by_edge[k] = -rise[k] * normal_density(z) / blur.sigma_mm;
      value += rise[k] * beyond[k];
    }
    slope << by_edge[0] + by_edge[1] + by_edge[2] + by_edge[3], -by_edge[0] * cortex_mm,
        (by_edge[2] + by_edge[3]) * gap_mm, by_edge[3] * wall_mm, beyond[1] - beyond[2], 1.0 - beyond[0],
        beyond[3], wall_hu * (beyond[2] - beyond[3]);
    return value;
  }
};

// First offset from `from` in steps of `by` where the profile exceeds the level.
std::optional<double> crossing(const std::vector<double>& profile, int from, int by, double level) {
  for (int i = from + by; i >= 0 && i < static_cast<int>(profile.size()); i += by) {
    const double here = profile[static_cast<std::size_t>(i)];
    if (here < level) continue;
    const double before = profile[static_cast<std::size_t>(i - by)];
    return step_mm * (i - by * (here - level) / (here - before)) - inside_mm;
  }
  return std::nullopt;
}

struct Valley {
  std::size_t darkest = 0;
  double head_hu = 0.0;  // highest on either side
  double wall_hu = 0.0;
};

// The first dark point outward from the head's face: brighter bone on either side of it by a wall's height.
// Nothing when that is none of the head's: its face lies near its sphere.
std::optional<Valley> find_valley(const std::vector<double>& profile, const JointSpaceOptions& options) {
  const auto first = static_cast<std::size_t>((inside_mm - 1.0) / step_mm);
  const auto last = static_cast<std::size_t>((inside_mm + options.widest_gap_mm) / step_mm);
  double head_hu = *std::max_element(profile.begin(), profile.begin() + static_cast<std::ptrdiff_t>(first));
  std::optional<Valley> valley;
  std::size_t darkest = first;
  for (std::size_t i = first; i < profile.size(); ++i) {
    if (valley) {
      if (valley->wall_hu - profile[i] > options.least_wall_hu) break;  // beyond the wall
      valley->wall_hu = std::max(valley->wall_hu, profile[i]);
    } else if (profile[i] < profile[darkest]) {
      darkest = i;
    } else if (std::min(head_hu, profile[i]) - profile[darkest] >= options.least_wall_hu) {
      if (darkest > last) return std::nullopt;
      valley = Valley{.darkest = darkest, .head_hu = head_hu, .wall_hu = profile[i]};
    } else if (profile[i] >= head_hu) {
      head_hu = profile[i];
      darkest = i;
    }
  }
  return valley;
}

struct Joint {
  double gap_mm = std::numeric_limits<double>::quiet_NaN();
  double face_mm = std::numeric_limits<double>::quiet_NaN();  // of the head, outward from the sphere
};

Joint fit_joint(const std::vector<double>& profile,
                const Valley& valley,
                const ShaftEdge& blur,
                const JointSpaceOptions& options) {
  const double dark_hu = profile[valley.darkest];
  const auto at = static_cast<int>(valley.darkest);
  const std::optional<double> inner = crossing(profile, at, -1, 0.5 * (valley.head_hu + dark_hu));
  const std::optional<double> outer = crossing(profile, at, 1, 0.5 * (valley.wall_hu + dark_hu));
  if (!inner || !outer || *outer - *inner > options.widest_gap_mm) return {};
  if (*inner > options.farthest_face_mm) return {};
  const double shown_hu = std::max(profile.front(), options.cartilage_hu);
  const double cortex_mm =
      std::clamp(2.5 * blur.sigma_mm * (valley.head_hu - options.cartilage_hu) / blur.solid_hu, 0.4, 3.0);
  // Blur eats from both sides of a gap.
  const double expected_gap_mm = std::max(0.5, *outer - *inner);
  Expected<parameters> expected;
  expected.mean << *inner, std::log(cortex_mm), std::log(expected_gap_mm), std::log(1.8),
      options.cartilage_hu, shown_hu, profile.back(), std::log(options.wall_density_share);
  expected.spread << 0.7, 0.5, 0.5, 0.4, options.cartilage_spread_hu, 150.0, 250.0,
      options.wall_density_spread;
  // Beyond the wall and some spongy bone of the socket the model says nothing.
  const double end_mm = std::min(outside_mm, *outer + 3.5);
  const auto last = std::min(profile.size() - 1, static_cast<std::size_t>((inside_mm + end_mm) / step_mm));
  const NormalProfile samples{.first_mm = -inside_mm, .step_mm = step_mm, .hu = profile};
  const MapFit<parameters> fit = fit_map(samples, 0, last, expected, options.noise_hu, JointModel{blur});
  const double gap = std::exp(fit.theta[2]);
  if (!std::isfinite(gap) || gap > options.widest_gap_mm) return {};
  return {.gap_mm = gap, .face_mm = fit.theta[0]};
}

// Bone beside the head without a gap: mean of the two to five millimetres outside.
bool bone_beside(const std::vector<double>& profile, const JointSpaceOptions& options) {
  const auto from = static_cast<std::size_t>((inside_mm + 1.5) / step_mm);
  const auto to = static_cast<std::size_t>((inside_mm + 4.5) / step_mm);
  double sum = 0.0;
  for (std::size_t i = from; i < to; ++i) sum += profile[i];
  return sum / static_cast<double>(to - from) > options.bone_hu;
}

}  // namespace

JointSpaceMap map_joint_space(const HipRegion& hip,
                              const Eigen::Vector3d& neck_direction,
                              const ShaftEdge& blur,
                              const JointSpaceOptions& options) {
  JointSpaceMap map;
  std::vector<double> gaps_mm;
  double fused = 0.0;
  double asked = 0.0;
  for (int i = 0; i < options.directions; ++i) {
    const double z = 1.0 - (2.0 * i + 1.0) / options.directions;
    const double ring = std::sqrt(1.0 - z * z);
    const double turn = std::numbers::pi * (3.0 - std::sqrt(5.0)) * i;
    const Eigen::Vector3d out{ring * std::cos(turn), ring * std::sin(turn), z};
    if (out.dot(neck_direction) > cap_cosine) continue;
    if (std::abs(out.z()) * hip.grid.spacing_mm.z() > options.widest_step_mm) continue;
    ++asked;
    const std::vector<double> profile = mean_profile(hip, out);
    if (profile.empty()) continue;
    Joint joint;
    if (const std::optional<Valley> valley = find_valley(profile, options))
      joint = fit_joint(profile, *valley, blur, options);
    if (!std::isnan(joint.gap_mm)) {
      gaps_mm.push_back(joint.gap_mm);
    } else if (bone_beside(profile, options)) {
      joint.gap_mm = 0.0;
      ++fused;
    }
    map.direction_patient.push_back(out);
    map.gap_mm.push_back(static_cast<float>(joint.gap_mm));
    map.head_face_mm.push_back(static_cast<float>(hip.head.radius_mm + joint.face_mm));
  }
  const auto seen = static_cast<double>(gaps_mm.size());
  if (fused + seen > 0.0) map.fused_share = fused / (fused + seen);
  if (5.0 * seen < asked) return map;  // not enough wall for a percentile
  gaps_mm.insert(gaps_mm.end(), static_cast<std::size_t>(fused), 0.0);
  std::ranges::sort(gaps_mm);
  map.p05_mm = gaps_mm[gaps_mm.size() / 20];
  return map;
}

HeadSphere head_through_faces(const JointSpaceMap& map, const HeadSphere& about) {
  constexpr double window_mm = 1.5;
  constexpr std::size_t enough = 60;
  HeadSphere head = about;
  Eigen::Vector3d shift_mm = Eigen::Vector3d::Zero();
  for (int pass = 0; pass < 8; ++pass) {
    Eigen::Matrix4d normal = Eigen::Matrix4d::Zero();
    Eigen::Vector4d right = Eigen::Vector4d::Zero();
    std::size_t used = 0;
    for (std::size_t i = 0; i < map.direction_patient.size(); ++i) {
      const double face_mm = map.head_face_mm[i];
      if (std::isnan(face_mm)) continue;
      const Eigen::Vector3d& out = map.direction_patient[i];
      const double u = std::min(1.0, std::abs(face_mm - head.radius_mm - out.dot(shift_mm)) / window_mm);
      const double weight = (1.0 - u * u) * (1.0 - u * u);
      const Eigen::Vector4d row{out.x(), out.y(), out.z(), 1.0};
      normal += weight * row * row.transpose();
      right += weight * face_mm * row;
      if (weight > 0.0) ++used;
    }
    if (used < enough) return about;
    const Eigen::Vector4d solution = normal.ldlt().solve(right);
    shift_mm = solution.head<3>();
    head.radius_mm = solution[3];
  }
  head.centre_mm = about.centre_mm + shift_mm;
  const bool near = shift_mm.norm() < 3.0 && std::abs(head.radius_mm - about.radius_mm) < 2.0;
  return near ? head : about;
}

}  // namespace focalhip
