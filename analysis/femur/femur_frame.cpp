#include "analysis/femur/femur_frame.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include <Eigen/Cholesky>
#include <Eigen/Geometry>

#include "analysis/femur/lesser_trochanter.h"
#include "analysis/femur/neck_axis.h"
#include "analysis/support/format_number.h"
#include "analysis/support/reason_codes.h"

namespace focalhip {

namespace {

constexpr double degree = std::numbers::pi / 180.0;

// Nearest points of two lines that are not parallel: the one on the first line.
Eigen::Vector3d nearest_on_first(const AxisLine& first, const AxisLine& second) {
  const double b = first.direction.dot(second.direction);
  const Eigen::Vector3d between = first.point_mm - second.point_mm;
  const double along = (b * second.direction.dot(between) - first.direction.dot(between)) / (1.0 - b * b);
  return first.point_mm + along * first.direction;
}

// qct 4.1: z along the shaft, y across neck and shaft and anterior, x lateral.
Eigen::Matrix3d projection_axes(const AxisLine& neck, const AxisLine& shaft) {
  Eigen::Matrix3d axes;
  const Eigen::Vector3d anterior = neck.direction.cross(shaft.direction).normalized();
  axes.col(0) = anterior.cross(shaft.direction);
  axes.col(1) = anterior;
  axes.col(2) = shaft.direction;
  return axes;
}

double lowest_centre_z_mm(const BoneSolid& bone) {
  const std::vector<Eigen::Vector3d> centres = section_centres_mm(bone, -1e9, 1e9);
  return centres.empty() ? 0.0 : centres.front().z();
}

[[noreturn]] void refuse_without_shaft(const BoneSolid& bone, const HeadSphere& head) {
  const double below_mm = head.centre_mm.z() - lowest_centre_z_mm(bone) + 0.5 * bone.grid.spacing_mm.z();
  throw Refusal(
      RefusalCode::coverage,
      "scan ends " + fixed(below_mm, 0) +
          " mm below the centre of the femoral head; the end of the lesser trochanter and 10 mm of shaft "
          "below it needed");
}

// Line through the centres of the shaft's sections; refuses when there is too little shaft to tell.
AxisLine shaft_axis(const BoneSolid& bone, const HeadSphere& head, double low_z_mm, double high_z_mm) {
  const std::vector<Eigen::Vector3d> centres = section_centres_mm(bone, low_z_mm, high_z_mm);
  if (centres.size() < 3) refuse_without_shaft(bone, head);
  return fit_axis(centres, Eigen::Vector3d::UnitZ());
}

// The shaft axis by the lowest 25 mm of bone: good enough to look for the lesser trochanter.
AxisLine first_shaft_axis(const BoneSolid& bone, const HeadSphere& head) {
  const double bottom_mm = lowest_centre_z_mm(bone);
  return shaft_axis(bone, head, bottom_mm, std::min(bottom_mm + 25.0, head.centre_mm.z() - 60.0));
}

LesserTrochanter require_lesser_trochanter(const BoneSolid& bone,
                                           const HeadSphere& head,
                                           const AxisLine& shaft,
                                           const Eigen::Matrix3d& axes,
                                           double lowest_mm) {
  const double head_mm = shaft.direction.dot(head.centre_mm - shaft.point_mm);
  const double scale = head.radius_mm / 23.0;
  constexpr double lowest_shaft_mm = 125.0;  // below the head: farther down the linea aspera stands out
  const std::optional<LesserTrochanter> found =
      find_lesser_trochanter(bone,
                             shaft,
                             axes.col(0),
                             axes.col(1),
                             std::max(lowest_mm, head_mm - lowest_shaft_mm * scale),
                             head_mm - 38.0 * scale);
  // Adults: distal border 60 to 90 mm below the head's centre; what is found higher is not the lesser
  // trochanter but the crest above it.
  if (found && head_mm - found->distal_mm >= 52.0 * scale) return *found;
  // Its end lies 60 to 90 mm below the head's centre: with this much shaft, more of it would not help.
  constexpr double enough_shaft_mm = 110.0;
  const double below_mm = head.centre_mm.z() - lowest_centre_z_mm(bone);
  if (below_mm < enough_shaft_mm * scale) refuse_without_shaft(bone, head);
  throw Refusal(RefusalCode::segmentation,
                "no lesser trochanter stands out between " + fixed(52.0 * scale, 0) + " and " +
                    fixed(below_mm, 0) +
                    " mm below the centre of the femoral head; without it the regions have no place");
}

void check_plausible(const FemurFrame& frame) {
  const double angle = frame.neck_shaft_angle_rad / degree;
  if (angle < 105.0 || angle > 150.0) {
    throw Refusal(RefusalCode::segmentation,
                  "neck-shaft angle " + fixed(angle, 0) + " degrees, 105 to 150 needed");
  }
  const AxisLine neck{.point_mm = frame.neck_point_patient_mm, .direction = frame.neck_axis_patient};
  const double miss_mm = neck.distance_mm(frame.head_centre_patient_mm);
  if (miss_mm > 4.0) {
    throw Refusal(
        RefusalCode::segmentation,
        "neck axis passes " + fixed(miss_mm, 1) + " mm beside the centre of the head, at most 4 mm allowed");
  }
}

}  // namespace

FemurFrame find_femur_frame(const BoneSolid& bone,
                            const HeadSphere& head,
                            const Eigen::Vector3d& neck_direction) {
  const double bottom_z_mm = lowest_centre_z_mm(bone) - 0.5 * bone.grid.spacing_mm.z();
  const NeckAxis neck = find_neck_axis(bone, head, neck_direction);
  AxisLine shaft = first_shaft_axis(bone, head);
  Eigen::Matrix3d axes = projection_axes(neck.line, shaft);
  LesserTrochanter lesser;
  double lowest_mm = 0.0;
  for (int pass = 0; pass < 2; ++pass) {
    // Height at which the axis leaves the scan.
    lowest_mm = (bottom_z_mm - shaft.point_mm.z()) / shaft.direction.z();
    lesser = require_lesser_trochanter(bone, head, shaft, axes, lowest_mm + 0.5 * bone.grid.spacing_mm.z());
    // qct 4.1: 10 to 40 mm below the trochanter; where the scan ends sooner, from 2 mm below it.
    const double border_z_mm = shaft.point_mm.z() + lesser.distal_mm * shaft.direction.z();
    const double top_z_mm = border_z_mm - bottom_z_mm > 25.0 ? border_z_mm - 10.0 : border_z_mm - 2.0;
    shaft = shaft_axis(bone, head, border_z_mm - 40.0, top_z_mm);
    axes = projection_axes(neck.line, shaft);
    lesser.distal_mm = (border_z_mm - shaft.point_mm.z()) / shaft.direction.z();
  }
  lowest_mm = (bottom_z_mm - shaft.point_mm.z()) / shaft.direction.z();

  FemurFrame frame;
  frame.head_centre_patient_mm = head.centre_mm;
  frame.head_radius_mm = head.radius_mm;
  frame.shaft_point_patient_mm = shaft.point_mm;
  frame.shaft_axis_patient = shaft.direction;
  frame.neck_point_patient_mm = neck.narrowest_mm;
  frame.neck_axis_patient = neck.line.direction;
  frame.lesser_trochanter_patient_mm = lesser.tip_point_mm;
  frame.neck_shaft_angle_rad = std::acos(std::clamp(-neck.line.direction.dot(shaft.direction), -1.0, 1.0));
  frame.patient_axes = axes;
  frame.origin_patient_mm = nearest_on_first(shaft, neck.line);
  const double origin_mm = shaft.direction.dot(frame.origin_patient_mm - shaft.point_mm);
  frame.lesser_trochanter_distal_mm = lesser.distal_mm - origin_mm;
  frame.shaft_below_lesser_trochanter_mm = lesser.distal_mm - lowest_mm;
  check_plausible(frame);
  return frame;
}

HeadSphere fit_head_to_mask(const BoneSolid& bone,
                            const HeadSphere& head,
                            const Eigen::Vector3d& neck_direction) {
  constexpr double window_mm = 2.5;
  constexpr double socket_cosine = 0.42;  // 65 degrees off the neck
  HeadSphere fitted = head;
  for (int pass = 0; pass < 4; ++pass) {
    Eigen::Matrix4d normal = Eigen::Matrix4d::Zero();
    Eigen::Vector4d right = Eigen::Vector4d::Zero();
    int used = 0;
    constexpr int directions = 600;
    for (int i = 0; i < directions; ++i) {
      const double z = 1.0 - (2.0 * i + 1.0) / directions;
      const double ring = std::sqrt(1.0 - z * z);
      const double turn = std::numbers::pi * (3.0 - std::sqrt(5.0)) * i;
      const Eigen::Vector3d out{ring * std::cos(turn), ring * std::sin(turn), z};
      if (out.dot(neck_direction) > socket_cosine) continue;
      const double r = exit_distance_mm(bone, fitted.centre_mm, out, 40.0);
      const double u = std::abs(r - fitted.radius_mm) / window_mm;
      if (u >= 1.0) continue;
      const double weight = (1.0 - u * u) * (1.0 - u * u);
      const Eigen::Vector4d row{out.x(), out.y(), out.z(), 1.0};
      normal += weight * row * row.transpose();
      right += weight * r * row;
      ++used;
    }
    if (used < 100) return head;
    const Eigen::Vector4d step = normal.ldlt().solve(right);
    fitted.centre_mm += step.head<3>();
    fitted.radius_mm = step[3];
  }
  // A mask that moved the head this far followed something else than the sphere.
  return (fitted.centre_mm - head.centre_mm).norm() < 3.0 ? fitted : head;
}

}  // namespace focalhip
