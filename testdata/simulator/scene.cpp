#include "testdata/simulator/scene.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/implicit_shapes.h"

namespace focalhip::simulator {
namespace {

constexpr double cartilage_hu = 62.0;
constexpr double capsule_hu = 52.0;

double share(double d, double width) { return std::clamp(0.5 - d / width, 0.0, 1.0); }

double lowest_femur_z(const FemurParameters& f, double low_z_mm) {
  const FemurShape shape(f);
  // The shaft is inclined by up to some degrees: go 20 mm further than the level difference.
  return shape.head_centre_mm().z - (f.head_centre_patient_mm.z - low_z_mm) - 20.0;
}

}  // namespace

double scan_energy_kev(const HipParameters& hip, const Protocol& protocol) {
  if (protocol.effective_energy_kev) return *protocol.effective_energy_kev;
  // A thicker person hardens the beam.
  return std::clamp(
      effective_energy_kev(protocol.tube_kvp) + 0.08 * (hip.body.half_depth_mm - 110.0), 60.0, 90.0);
}

double bone_hu(const CalibrationTruth& calibration, double ha_mg_cm3, double slope_gain) {
  const double slope = (1.0 + slope_gain) * calibration.sigma_hu_per_mg_cm3 / calibration.ha_per_k2hpo4;
  return slope * ha_mg_cm3 + calibration.beta_hu;
}

Scene build_scene(
    const HipParameters& hip, const Protocol& protocol, double water_offset_hu, Extent extent, int threads) {
  const CalibrationTruth calibration = calibration_at(scan_energy_kev(hip, protocol));
  FemurModel right(hip.right, Side::right, lowest_femur_z(hip.right, extent.low_z_mm), threads);
  FemurModel left(hip.left, Side::left, lowest_femur_z(hip.left, extent.low_z_mm), threads);
  const Vec3 middle = 0.5 * (hip.right.head_centre_patient_mm + hip.left.head_centre_patient_mm);
  PelvisModel right_pelvis(hip.right_pelvis, right, middle, extent.high_z_mm, threads);
  PelvisModel left_pelvis(hip.left_pelvis, left, middle, extent.high_z_mm, threads);
  BodyModel body(hip, protocol.contrast, extent.low_z_mm, extent.high_z_mm, threads);
  TableModel table(hip.phantom, protocol.phantom, protocol.prone, calibration.energy_kev, body.outline());
  return {calibration,
          water_offset_hu,
          protocol.drift,
          std::move(right),
          std::move(left),
          std::move(right_pelvis),
          std::move(left_pelvis),
          std::move(body),
          std::move(table),
          middle,
          hip.phantom.type};
}

ScenePoint scene_point(const Scene& scene, Vec3 p, double width) {
  ScenePoint result;
  const double slope_gain = scene.drift.slope_gain(p.z - scene.middle.z);
  double hu = -1000.0;
  if (scene.table.near(p)) hu = scene.table.hu(p, width, slope_gain, result.edge_mm);
  const BodyPoint body = scene.body.point(p, width);
  result.edge_mm = std::min(result.edge_mm, std::abs(body.skin_distance_mm));
  const double inside_skin = share(body.skin_distance_mm, width);
  if (inside_skin > 0.0) {
    hu = mix(hu, body.hu, inside_skin);
    if (body.skin_distance_mm < -3.0) {
      const bool is_right = p.x < scene.middle.x;
      const FemurModel& femur = is_right ? scene.right : scene.left;
      const PelvisPoint pelvis = (is_right ? scene.right_pelvis : scene.left_pelvis).point(p, width);
      const FemurPoint bone = femur.near(p) ? femur.point(p, width) : FemurPoint{};
      // Capsule and tendons hug the femur, cartilage fills the joint.
      if (bone.distance_mm < 6.0) hu = mix(hu, capsule_hu, 0.85 * share(bone.distance_mm - 2.6, 2.0));
      hu = mix(hu, cartilage_hu, pelvis.joint_share);
      hu = mix(hu,
               bone_hu(scene.calibration, pelvis.density_mg_cm3, slope_gain),
               share(pelvis.distance_mm, width));
      hu = mix(
          hu, bone_hu(scene.calibration, bone.density_mg_cm3, slope_gain), share(bone.distance_mm, width));
      result.edge_mm =
          std::min({result.edge_mm, std::max(pelvis.distance_mm, 0.0), std::max(bone.distance_mm, 0.0)});
      if (bone.distance_mm < 1.0) {
        result.femur = &femur;
        result.femur_point = bone;
      }
    }
  }
  const double offset_hu = scene.water_offset_hu + scene.drift.offset_hu(p.z - scene.middle.z);
  result.hu = hu + offset_hu * std::min(1.0, (hu + 1000.0) / 800.0);  // air stays at -1000
  return result;
}

}  // namespace focalhip::simulator
