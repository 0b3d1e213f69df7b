#include "testdata/simulator/truth.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "testdata/simulator/truth_voi.h"

namespace focalhip::simulator {
namespace {

// Distance from the shaft's centre to the surface of a body along an angle, at one level.
template <typename Body>
double radius_at(const FemurShape& shape, double z, double angle, const Body& body) {
  const Vec3 centre = shape.shaft_centre_mm(z);
  const Vec3 direction{std::cos(angle), std::sin(angle), 0.0};
  double low = 2.0;
  double high = 60.0;
  // First exit: coarse steps, then bisection.
  for (double r = low; r < high; r += 2.0) {
    if (body(centre + r * direction) > 0.0) {
      high = r;
      break;
    }
    low = r;
  }
  for (int i = 0; i < 16; ++i) {
    const double middle = 0.5 * (low + high);
    (body(centre + middle * direction) > 0.0 ? high : low) = middle;
  }
  return 0.5 * (low + high);
}

struct Protrusion {
  double height_mm = 0.0;
  Vec3 point;
};

Protrusion protrusion_at(const FemurShape& shape, double z) {
  Protrusion best;
  for (int step = 0; step <= 45; ++step) {
    const double angle = (180.0 + 2.0 * step) * degree;  // medial to posterior
    const double with = radius_at(shape, z, angle, [&](Vec3 p) { return shape.implicit(p); });
    const double without =
        radius_at(shape, z, angle, [&](Vec3 p) { return shape.implicit_without_lesser(p); });
    if (with - without > best.height_mm) {
      best = {with - without, shape.shaft_centre_mm(z) + with * Vec3{std::cos(angle), std::sin(angle), 0.0}};
    }
  }
  return best;
}

void break_truth(const FemurModel& femur, const FemurLandmarks& marks, SideTruth& truth) {
  const LesserTrochanter& lesser = marks.lesser;
  const AxisLine& shaft = marks.shaft;
  const FractureModel& model = *femur.fracture();
  const FemurPose& pose = femur.pose();
  const auto placed = [&](int fragment, Vec3 p) {
    return pose.patient_from_femur(model.motion(fragment).forward(p));
  };
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const Vec3 intact_distal = truth.lesser_distal;
  const Vec3 distal = pose.femur_from_patient(intact_distal);
  truth.head_centre = placed(FractureModel::head, marks.head.centre);
  truth.neck_axis_point = truth.neck_axis_direction = {none, none, none};
  truth.neck_shaft_angle_deg = truth.femur_volume_cm3 = none;
  truth.shaft_axis_direction =
      pose.patient_direction_from_femur(model.motion(FractureModel::distal).rotation * shaft.direction);
  truth.lesser_distal = truth.shaft_axis_point = placed(FractureModel::distal, distal);
  truth.lesser_tip =
      placed(model.fragments() > 2 ? FractureModel::lesser : FractureModel::distal, lesser.tip);
  FractureTruth broken;
  broken.site = model.fracture().site;
  broken.kind = model.fracture().kind;
  broken.displacement_mm = fracture_displacement_mm(model.fracture());
  broken.rotation_deg = fracture_rotation_deg(model.fracture());
  broken.head_side_mm = placed(FractureModel::head, model.middle_mm());
  broken.distal_side_mm = placed(FractureModel::distal, model.middle_mm());
  broken.normal =
      pose.patient_direction_from_femur(model.motion(FractureModel::head).rotation * model.normal());
  broken.leg_shortening_mm = truth.lesser_distal.z - intact_distal.z;
  truth.fracture = broken;
}

SideTruth side_truth(const FemurModel& femur,
                     const PelvisModel& pelvis,
                     const CalibrationTruth& calibration,
                     bool regions,
                     int threads) {
  const FemurPose& pose = femur.pose();
  const FemurLandmarks marks = find_landmarks(femur);
  const LesserTrochanter& lesser = marks.lesser;
  const AxisLine& shaft = marks.shaft;
  SideTruth truth;
  truth.side = femur.side();
  truth.head_centre = pose.patient_from_femur(marks.head.centre);
  truth.head_radius_mm = marks.head.radius_mm;
  truth.neck_axis_direction = pose.patient_direction_from_femur(marks.neck.direction);
  truth.shaft_axis_direction = pose.patient_direction_from_femur(shaft.direction);
  truth.neck_shaft_angle_deg = std::acos(-dot(marks.neck.direction, shaft.direction)) / degree;
  truth.lesser_tip = pose.patient_from_femur(lesser.tip);
  const Vec3 distal =
      shaft.point + ((lesser.distal_z_mm - shaft.point.z) / shaft.direction.z) * shaft.direction;
  truth.lesser_distal = pose.patient_from_femur(distal);
  truth.shaft_axis_point = truth.lesser_distal;
  truth.joint_space_p05_mm = pelvis.narrow_joint_space_mm();
  if (femur.fracture()) {
    break_truth(femur, marks, truth);
    return truth;
  }
  if (!regions) {
    truth.femur_volume_cm3 = std::numeric_limits<double>::quiet_NaN();
    truth.neck_axis_point = pose.patient_from_femur(marks.neck.point);
    return truth;
  }
  measure_true_regions(femur, calibration, marks, threads, truth);
  truth.neck_axis_point = pose.patient_from_femur(truth.voi_geometry.origin);
  return truth;
}

}  // namespace

LesserTrochanter find_lesser_trochanter(const FemurShape& shape) {
  constexpr double step_mm = 0.5;
  constexpr double end_of_protrusion_mm = 1.0;
  const double level = shape.lesser_tip_centre_mm().z;
  LesserTrochanter result;
  double highest = 0.0;
  double tip_z = level;
  for (double z = level + 10.0; z > level - 10.0; z -= step_mm) {
    const Protrusion here = protrusion_at(shape, z);
    if (here.height_mm > highest) {
      highest = here.height_mm;
      result.tip = here.point;
      tip_z = z;
    }
  }
  double z = tip_z;
  double above = highest;
  double here = highest;
  while (here >= end_of_protrusion_mm) {
    above = here;
    z -= step_mm;
    here = protrusion_at(shape, z).height_mm;
  }
  z += step_mm * (end_of_protrusion_mm - here) / (above - here);
  result.distal_z_mm = z;
  return result;
}

AxisLine shaft_axis_below(const FemurShape& shape, double level_z_mm) {
  // Least squares in y against z; the centre line stays in the plane x = 0.
  double sum_z = 0.0;
  double sum_y = 0.0;
  double sum_zz = 0.0;
  double sum_zy = 0.0;
  int count = 0;
  for (double below = 10.0; below <= 40.0; below += 0.5, ++count) {
    const Vec3 c = shape.shaft_centre_mm(level_z_mm - below);
    sum_z += c.z;
    sum_y += c.y;
    sum_zz += c.z * c.z;
    sum_zy += c.z * c.y;
  }
  const double slope = (count * sum_zy - sum_z * sum_y) / (count * sum_zz - sum_z * sum_z);
  return {{0.0, sum_y / count, sum_z / count}, normalised({0.0, slope, 1.0})};
}

ScanTruth calibration_truth(const CalibrationTruth& calibration,
                            const Protocol& protocol,
                            double water_offset_hu,
                            double heads_z_mm,
                            const std::vector<RodAxis>& rods,
                            PhantomType type) {
  ScanTruth truth;
  truth.calibration = calibration;
  truth.calibration.beta_hu += water_offset_hu;
  truth.calibration.beta_reference_hu += water_offset_hu;
  truth.water_offset_hu = water_offset_hu;
  truth.heads_z_mm = heads_z_mm;
  truth.drift = protocol.drift;
  truth.rods = rods;
  for (RodAxis& rod : truth.rods) rod.hu += water_offset_hu;
  truth.phantom_type = type;
  truth.phantom = protocol.phantom;
  truth.psf_fwhm_mm = protocol.psf_fwhm_mm;
  truth.psf_y_ratio = protocol.psf_y_ratio;
  truth.psf_growth_per_100_mm = protocol.psf_growth_per_100_mm;
  return truth;
}

void place_rods_in_image(ScanTruth& truth, const ScanGrid& grid, const Protocol& protocol) {
  const double middle = 0.5 * (grid.columns - 1);
  const Vec3 centre = grid.patient_from_voxel(middle, 0.5 * (grid.rows - 1), 0);
  const double half_mm = 0.5 * grid.field_of_view_mm;
  for (RodAxis& rod : truth.rods) {
    for (const int slice : {0, grid.slices - 1}) {
      const double z = std::clamp(grid.level_mm(slice), rod.low_z_mm, rod.high_z_mm);
      const Vec3 shift = grid.slice_spacing_mm * slice * grid.slice_direction;
      const Vec3 from_centre = rod.centre_mm(z) - centre - shift;
      const double reach = protocol.padding ? std::hypot(from_centre.x, from_centre.y)
                                            : std::max(std::abs(from_centre.x), std::abs(from_centre.y));
      if (reach + rod.radius_mm > half_mm) rod.cut = true;
    }
    const Vec3 d = rod.point_patient_mm - grid.isocentre_mm;
    const double growth = 1.0 + 0.01 * protocol.psf_growth_per_100_mm * std::hypot(d.x, d.y);
    // Averaged over the directions of the rim.
    const double shape = std::sqrt(0.5 * (1.0 + protocol.psf_y_ratio * protocol.psf_y_ratio));
    rod.psf_fwhm_mm = protocol.psf_fwhm_mm * growth * shape;
  }
}

ScanTruth find_truth(const Scene& scene, const Protocol& protocol, int threads) {
  ScanTruth truth = calibration_truth(scene.calibration,
                                      protocol,
                                      scene.errors.water_offset_hu(),
                                      scene.middle.z,
                                      scene.table.rods(),
                                      scene.phantom_type);
  truth.right =
      side_truth(scene.right, scene.right_pelvis, scene.calibration, protocol.true_regions, threads);
  truth.left = side_truth(scene.left, scene.left_pelvis, scene.calibration, protocol.true_regions, threads);
  return truth;
}

}  // namespace focalhip::simulator
