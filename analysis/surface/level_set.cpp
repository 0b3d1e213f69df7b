#include "analysis/surface/level_set.h"

#include <cmath>

namespace focalhip {

namespace {

constexpr int most_steps = 8;
constexpr double reached_mm = 1e-4;

}  // namespace

std::optional<double> LevelSet::distance_at(const Eigen::Vector3d& point_mm) const {
  const std::optional<float> value = interpolate(grid, distance_mm, point_mm);
  if (!value) return std::nullopt;
  return static_cast<double>(*value);
}

Eigen::Vector3d LevelSet::gradient_at(const Eigen::Vector3d& point_mm) const {
  Eigen::Vector3d along_axes = Eigen::Vector3d::Zero();
  for (int axis = 0; axis < 3; ++axis) {
    const double half_mm = 0.5 * grid.spacing_mm[axis];
    const Eigen::Vector3d step = half_mm * grid.patient_axes.col(axis);
    const std::optional<double> ahead = distance_at(point_mm + step);
    const std::optional<double> behind = distance_at(point_mm - step);
    const std::optional<double> here = ahead && behind ? std::nullopt : distance_at(point_mm);
    if (ahead && behind) {
      along_axes[axis] = (*ahead - *behind) / (2.0 * half_mm);
    } else if (ahead && here) {
      along_axes[axis] = (*ahead - *here) / half_mm;
    } else if (behind && here) {
      along_axes[axis] = (*here - *behind) / half_mm;
    }
  }
  return grid.patient_axes * along_axes;
}

std::optional<Eigen::Vector3d> project_to_surface(const LevelSet& surface,
                                                  const Eigen::Vector3d& point_mm,
                                                  double furthest_mm) {
  Eigen::Vector3d at = point_mm;
  for (int i = 0; i < most_steps; ++i) {
    const std::optional<double> distance = surface.distance_at(at);
    if (!distance) return std::nullopt;
    if (std::abs(*distance) < reached_mm) break;
    const Eigen::Vector3d gradient = surface.gradient_at(at);
    const double squared = gradient.squaredNorm();
    if (squared < 0.01) return std::nullopt;
    at -= *distance / squared * gradient;
    if ((at - point_mm).norm() > furthest_mm) return std::nullopt;
  }
  return at;
}

}  // namespace focalhip
