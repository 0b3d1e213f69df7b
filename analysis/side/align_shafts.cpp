#include "analysis/side/align_shafts.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <Eigen/Cholesky>

#include "analysis/volume/distance_map.h"
#include "analysis/volume/face_neighbours.h"
#include "analysis/volume/interpolate.h"

namespace focalhip {

namespace {

constexpr double degree = std::numbers::pi / 180.0;
constexpr double reach_mm = 34.0;       // from the shaft axis: shaft, both trochanters, no pelvis
constexpr double head_margin_mm = 6.0;  // bone this near the head's sphere goes with the head
constexpr double agree_mm = 5.0;        // Tukey's limit
constexpr double least_agreeing = 0.5;

// The frame of a shaft: columns lateral (towards away from the head), anterior, cranial along the axis.
Eigen::Matrix3d shaft_axes(const HipBone& hip) {
  const AxisLine& shaft = *hip.shaft;
  const Eigen::Vector3d from_axis = hip.head.centre_mm - shaft.point_mm;
  const Eigen::Vector3d medial = (from_axis - shaft.direction * shaft.direction.dot(from_axis)).normalized();
  Eigen::Matrix3d axes;
  axes.col(0) = -medial;
  // The frame of a right hip in LPS: lateral x anterior = cranial.
  axes.col(1) = shaft.direction.cross(axes.col(0));
  axes.col(2) = shaft.direction;
  return axes;
}

// The point of the axis at the head's level.
Eigen::Vector3d level_point_mm(const HipBone& hip) {
  const AxisLine& shaft = *hip.shaft;
  return shaft.point_mm + shaft.direction * shaft.direction.dot(hip.head.centre_mm - shaft.point_mm);
}

// Points on the surface of shaft and trochanters.
std::vector<Eigen::Vector3d> surface_points(const HipBone& hip) {
  std::vector<Eigen::Vector3d> points;
  const std::size_t plane =
      static_cast<std::size_t>(hip.grid.size[0]) * static_cast<std::size_t>(hip.grid.size[1]);
  for_each_voxel(hip.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if (hip.solid[i] == 0 || hip.shaft->distance_mm(point_mm) > reach_mm) return;
    const Eigen::Vector3d from_head = point_mm - hip.head.centre_mm;
    if (from_head.norm() < hip.head.radius_mm + head_margin_mm || from_head.z() > 5.0) return;
    if (i < plane || i + plane >= hip.solid.size()) return;  // the cut end is no surface
    bool border = false;
    for_each_face_neighbour(
        hip.grid, i, [&](std::size_t, std::size_t other) { border = border || hip.solid[other] == 0; });
    if (border) points.push_back(point_mm);
  });
  return points;
}

struct Surface {
  VoxelGrid grid;
  std::vector<float> distance_mm;  // signed, negative inside
  [[nodiscard]] std::optional<double> at(const Eigen::Vector3d& point_mm) const {
    const std::optional<float> value = interpolate(grid, distance_mm, point_mm);
    return value ? std::optional<double>(*value) : std::nullopt;
  }
};

// The outermost voxels of the model lie half a voxel inside its surface.
constexpr double point_depth_share = 0.5;

struct Fit {
  double cost_mm2 = 0.0;  // mean of the squared distances, each at most agree_mm
  double residual_mm = 0.0;
  double agreeing_share = 0.0;
};

class Aligner {
 public:
  Aligner(const HipBone& model, const HipBone& other)
      : points_(surface_points(model)),
        surface_{.grid = other.grid, .distance_mm = signed_distance_mm(other.grid, other.solid)},
        depth_mm_(point_depth_share * other.grid.spacing_mm.mean()) {}

  [[nodiscard]] bool has_points() const { return points_.size() > 200; }

  [[nodiscard]] Fit judge(const Eigen::Isometry3d& motion, std::size_t stride) const {
    Fit fit;
    double count = 0.0;
    double agreeing = 0.0;
    for (std::size_t i = 0; i < points_.size(); i += stride) {
      const std::optional<double> d = residual_at(motion * points_[i]);
      if (!d) continue;
      const double limited = std::min(std::abs(*d), agree_mm);
      count += 1.0;
      fit.cost_mm2 += limited * limited;
      if (limited >= agree_mm) continue;
      agreeing += 1.0;
      fit.residual_mm += limited;
    }
    const auto asked = static_cast<double>((points_.size() + stride - 1) / stride);
    if (count < 0.5 * asked)
      return {.cost_mm2 = agree_mm * agree_mm, .residual_mm = agree_mm, .agreeing_share = 0.0};
    fit.cost_mm2 /= count;
    fit.agreeing_share = agreeing / count;
    if (agreeing > 0.0) fit.residual_mm /= agreeing;
    return fit;
  }

  [[nodiscard]] Eigen::Isometry3d refine(Eigen::Isometry3d motion, std::size_t stride, int steps) const {
    for (int step = 0; step < steps; ++step) motion = one_step(motion, stride);
    return motion;
  }

 private:
  using Vector6d = Eigen::Matrix<double, 6, 1>;

  [[nodiscard]] std::optional<double> residual_at(const Eigen::Vector3d& point_mm) const {
    const std::optional<double> d = surface_.at(point_mm);
    if (!d) return std::nullopt;
    return *d + depth_mm_;
  }

  [[nodiscard]] std::optional<Eigen::Vector3d> slope_at(const Eigen::Vector3d& point_mm) const {
    const double h = 0.5 * surface_.grid.spacing_mm.minCoeff();
    Eigen::Vector3d slope;
    for (Eigen::Index axis = 0; axis < 3; ++axis) {
      const Eigen::Vector3d step = h * Eigen::Vector3d::Unit(axis);
      const auto high = surface_.at(point_mm + step);
      const auto low = surface_.at(point_mm - step);
      if (!high || !low) return std::nullopt;
      slope[axis] = (*high - *low) / (2.0 * h);
    }
    return slope;
  }

  // Gauss-Newton on the distances with Tukey's weights; the turn is taken about the points' middle.
  [[nodiscard]] Eigen::Isometry3d one_step(const Eigen::Isometry3d& motion, std::size_t stride) const {
    Eigen::Matrix<double, 6, 6> normal = Eigen::Matrix<double, 6, 6>::Zero();
    Vector6d right = Vector6d::Zero();
    const Eigen::Vector3d middle_mm = motion * points_[points_.size() / 2];
    for (std::size_t i = 0; i < points_.size(); i += stride) {
      const Eigen::Vector3d p = motion * points_[i];
      const std::optional<double> d = residual_at(p);
      if (!d || std::abs(*d) >= agree_mm) continue;
      const std::optional<Eigen::Vector3d> slope = slope_at(p);
      if (!slope) continue;
      const double u = *d / agree_mm;
      const double weight = (1.0 - u * u) * (1.0 - u * u);
      Vector6d row;
      row << (p - middle_mm).cross(*slope), *slope;
      normal += weight * row * row.transpose();
      right -= weight * *d * row;
    }
    normal.diagonal().array() += 1e-3;
    const Vector6d move = normal.ldlt().solve(right);
    const Eigen::Vector3d turn = move.head<3>();
    Eigen::Isometry3d result = Eigen::Isometry3d::Identity();
    result.translate(middle_mm + Eigen::Vector3d(move.tail<3>()));
    if (turn.norm() > 1e-12) result.rotate(Eigen::AngleAxisd(turn.norm(), turn.normalized()));
    result.translate(-middle_mm);
    return result * motion;
  }

  std::vector<Eigen::Vector3d> points_;
  Surface surface_;
  double depth_mm_;
};

// Axis on axis, heads at one level and on one side, then moved along the axis and turned about it.
Eigen::Isometry3d start(const HipBone& model, const HipBone& other, double along_mm, double turn_rad) {
  const Eigen::Matrix3d to = shaft_axes(other);
  const Eigen::Matrix3d turned = Eigen::AngleAxisd(turn_rad, other.shaft->direction).toRotationMatrix() * to *
                                 shaft_axes(model).transpose();
  Eigen::Isometry3d motion = Eigen::Isometry3d::Identity();
  motion.linear() = turned;
  motion.translation() =
      level_point_mm(other) + along_mm * other.shaft->direction - turned * level_point_mm(model);
  return motion;
}

}  // namespace

std::optional<ShaftAlignment> align_shafts(const HipBone& model, const HipBone& other) {
  if (!model.shaft || !other.shaft) return std::nullopt;
  const Aligner aligner(model, other);
  if (!aligner.has_points()) return std::nullopt;
  constexpr std::size_t coarse_stride = 9;
  Eigen::Isometry3d best = Eigen::Isometry3d::Identity();
  double best_cost_mm2 = 1e9;
  for (int along = -4; along <= 4; ++along) {
    for (int turn = -3; turn <= 3; ++turn) {
      const Eigen::Isometry3d motion =
          aligner.refine(start(model, other, 7.0 * along, 15.0 * degree * turn), coarse_stride, 4);
      const double cost_mm2 = aligner.judge(motion, coarse_stride).cost_mm2;
      if (cost_mm2 >= best_cost_mm2) continue;
      best_cost_mm2 = cost_mm2;
      best = motion;
    }
  }
  ShaftAlignment result;
  result.other_from_model = aligner.refine(best, 1, 12);
  const Fit fit = aligner.judge(result.other_from_model, 1);
  if (fit.agreeing_share < least_agreeing) return std::nullopt;
  result.residual_mm = fit.residual_mm;
  result.agreeing_share = fit.agreeing_share;
  const Eigen::Matrix3d axes = result.other_from_model.linear() * shaft_axes(model);
  result.head_shift_mm =
      axes.transpose() * (other.head.centre_mm - result.other_from_model * model.head.centre_mm);
  return result;
}

}  // namespace focalhip
