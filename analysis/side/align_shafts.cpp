#include "analysis/side/align_shafts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>
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
constexpr std::size_t least_shaft_points = 201;
constexpr std::size_t least_stump_points = 12;  // twice the unknowns of a motion
constexpr double neck_slope = 0.85;             // of the neck below the horizontal
constexpr double neck_cone_cosine = 0.6;        // about its direction
constexpr double stump_mm = 14.0;               // of the neck that goes with the head
constexpr double neck_region_mm = 36.0;         // where a fracture can be, from the head's sphere
constexpr double explained_mm = 3.5;            // a surface this near is the same one

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

// Points of the bone's surface that are wanted.
template <typename Wanted>
std::vector<Eigen::Vector3d> border_points(const HipBone& hip, Wanted wanted) {
  std::vector<Eigen::Vector3d> points;
  const std::size_t plane =
      static_cast<std::size_t>(hip.grid.size[0]) * static_cast<std::size_t>(hip.grid.size[1]);
  for_each_voxel(hip.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if (hip.solid[i] == 0 || !wanted(point_mm)) return;
    if (i < plane || i + plane >= hip.solid.size()) return;  // the cut end is no surface
    bool border = false;
    for_each_face_neighbour(
        hip.grid, i, [&](std::size_t, std::size_t other) { border = border || hip.solid[other] == 0; });
    if (border) points.push_back(point_mm);
  });
  return points;
}

// Points on the surface of shaft and trochanters.
std::vector<Eigen::Vector3d> surface_points(const HipBone& hip) {
  return border_points(hip, [&hip](const Eigen::Vector3d& point_mm) {
    if (hip.shaft->distance_mm(point_mm) > reach_mm) return false;
    const Eigen::Vector3d from_head = point_mm - hip.head.centre_mm;
    return from_head.norm() >= hip.head.radius_mm + head_margin_mm && from_head.z() <= 5.0;
  });
}

// From the head into the neck: towards the shaft axis, somewhat below the head's level.
Eigen::Vector3d neck_direction(const HipBone& hip) {
  const Eigen::Vector3d to_axis = level_point_mm(hip) - hip.head.centre_mm;
  return (to_axis - neck_slope * to_axis.norm() * hip.shaft->direction).normalized();
}

// Points on the neck's surface between these distances from the head's sphere.
std::vector<Eigen::Vector3d> neck_points(const HipBone& hip, double from_mm, double to_mm) {
  const Eigen::Vector3d direction = neck_direction(hip);
  return border_points(hip, [&](const Eigen::Vector3d& point_mm) {
    const Eigen::Vector3d from_head = point_mm - hip.head.centre_mm;
    const double outside_mm = from_head.norm() - hip.head.radius_mm;
    return outside_mm >= from_mm && outside_mm <= to_mm &&
           from_head.dot(direction) > neck_cone_cosine * from_head.norm();
  });
}

struct Surface {
  VoxelGrid grid;
  std::vector<float> distance_mm;  // signed, negative inside
  [[nodiscard]] std::optional<double> at(const Eigen::Vector3d& point_mm) const {
    const std::optional<float> value = interpolate(grid, distance_mm, point_mm);
    return value ? std::optional<double>(*value) : std::nullopt;
  }
};

Surface surface_of(const HipBone& hip) {
  return {.grid = hip.grid, .distance_mm = signed_distance_mm(hip.grid, hip.solid)};
}

// The outermost voxels of the model lie half a voxel inside its surface.
constexpr double point_depth_share = 0.5;

struct Fit {
  double cost_mm2 = 0.0;  // mean of the squared distances, each at most agree_mm
  double residual_mm = 0.0;
  double agreeing_share = 0.0;
};

class Aligner {
 public:
  Aligner(std::vector<Eigen::Vector3d> points_mm, const HipBone& other)
      : points_(std::move(points_mm)),
        surface_(surface_of(other)),
        depth_mm_(point_depth_share * other.grid.spacing_mm.mean()) {}

  [[nodiscard]] bool has_points(std::size_t least) const { return points_.size() >= least; }

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
    if (count == 0.0 || count < 0.5 * asked)
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

// Area of the points that are far from a surface wherever they went.
double unexplained_mm2(const std::vector<Eigen::Vector3d>& points_mm,
                       const Surface& surface,
                       const std::array<Eigen::Isometry3d, 2>& surface_from_points,
                       double area_of_point_mm2) {
  double area_mm2 = 0.0;
  for (const Eigen::Vector3d& point_mm : points_mm) {
    bool explained = false;
    for (const Eigen::Isometry3d& motion : surface_from_points) {
      const std::optional<double> d = surface.at(motion * point_mm);
      explained = explained || !d || std::abs(*d) < explained_mm;
    }
    if (!explained) area_mm2 += area_of_point_mm2;
  }
  return area_mm2;
}

double face_mm2(const HipBone& hip) { return std::pow(hip.grid.voxel_volume_mm3(), 2.0 / 3.0); }

// The stump of the neck turned about the head's centre until it fits; as the shafts lie where there is none.
Eigen::Isometry3d align_heads(const HipBone& model, const HipBone& other, const Eigen::Isometry3d& shafts) {
  const Aligner aligner(neck_points(model, 1.0, stump_mm), other);
  if (!aligner.has_points(least_stump_points)) return shafts;
  const auto turned = [&](const Eigen::Matrix3d& rotation) {
    Eigen::Isometry3d motion = Eigen::Isometry3d::Identity();
    motion.linear() = rotation * shafts.linear();
    motion.translation() = other.head.centre_mm - motion.linear() * model.head.centre_mm;
    return motion;
  };
  Eigen::Isometry3d best = turned(Eigen::Matrix3d::Identity());
  double best_cost_mm2 = 1e9;
  for (int x = -2; x <= 2; ++x) {
    for (int y = -2; y <= 2; ++y) {
      for (int z = -2; z <= 2; ++z) {
        constexpr double step_rad = 9.0 * degree;
        const Eigen::Vector3d turn = step_rad * Eigen::Vector3d(x, y, z);
        Eigen::Matrix3d rotation = Eigen::Matrix3d::Identity();
        if (turn.norm() > 0.0) rotation = Eigen::AngleAxisd(turn.norm(), turn.normalized());
        const Eigen::Isometry3d motion = turned(rotation);
        const double cost_mm2 = aligner.judge(motion, 3).cost_mm2;
        if (cost_mm2 >= best_cost_mm2) continue;
        best_cost_mm2 = cost_mm2;
        best = motion;
      }
    }
  }
  return aligner.refine(best, 1, 8);
}

}  // namespace

FragmentComparison compare_fragments(const HipBone& model,
                                     const HipBone& other,
                                     const ShaftAlignment& shafts) {
  FragmentComparison result;
  result.other_from_model_head = align_heads(model, other, shafts.other_from_model);
  const std::array<Eigen::Isometry3d, 2> forward{shafts.other_from_model, result.other_from_model_head};
  const std::array<Eigen::Isometry3d, 2> back{forward[0].inverse(), forward[1].inverse()};
  result.turn_rad = Eigen::AngleAxisd(forward[1].linear() * forward[0].linear().transpose()).angle();
  result.unexplained_of_other_mm2 =
      unexplained_mm2(neck_points(other, 2.0, neck_region_mm), surface_of(model), back, face_mm2(other));
  result.unexplained_of_model_mm2 =
      unexplained_mm2(neck_points(model, 2.0, neck_region_mm), surface_of(other), forward, face_mm2(model));
  return result;
}

std::optional<ShaftAlignment> align_shafts(const HipBone& model, const HipBone& other) {
  if (!model.shaft || !other.shaft) return std::nullopt;
  const Aligner aligner(surface_points(model), other);
  if (!aligner.has_points(least_shaft_points)) return std::nullopt;
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
