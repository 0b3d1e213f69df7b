#include "testdata/simulator/scene.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/implicit_shapes.h"
#include "testdata/simulator/truth.h"

namespace focalhip::simulator {
namespace {

constexpr double cartilage_hu = 62.0;
constexpr double capsule_hu = 52.0;
constexpr double metal_hu = 8000.0;
constexpr double resected_hu = 30.0;  // scar and fluid; a liner of polyethylene is little darker

double share(double d, double width) { return std::clamp(0.5 - d / width, 0.0, 1.0); }

// The truth needs the shaft down to 40 mm below the lesser trochanter, wherever the scan begins.
double lowest_femur_z(const FemurParameters& f, double low_z_mm) {
  constexpr double read_below_lesser_mm = 50.0;
  constexpr double built_below_lesser_mm = 60.0;
  const FemurShape shape(f);
  // The shaft is inclined by up to some degrees: go 20 mm further than the level difference.
  const double by_scan = shape.head_centre_mm().z - (f.head_centre_patient_mm.z - low_z_mm) - 20.0;
  const double lesser = find_lesser_trochanter(shape).distal_z_mm;
  return by_scan < lesser - read_below_lesser_mm ? by_scan : lesser - built_below_lesser_mm;
}

// Bone, joint and metal in the soft tissue of value hu.
double inner_hu(const Scene& scene, Vec3 p, double hu, double width, double slope_gain, ScenePoint& result) {
  const bool is_right = p.x < scene.middle.x;
  const FemurModel& femur = is_right ? scene.right : scene.left;
  const PelvisPoint pelvis = (is_right ? scene.right_pelvis : scene.left_pelvis).point(p, width);
  const FemurPoint bone = femur.near(p) ? femur.point(p, width) : FemurPoint{};
  const double factor = scene.errors.bone_factor();
  // Capsule and tendons hug the femur, cartilage fills the joint.
  if (bone.distance_mm < 6.0) hu = mix(hu, capsule_hu, 0.85 * share(bone.distance_mm - 2.6, 2.0));
  if (femur.fracture()) hu = mix(hu, femur.fracture()->fracture().haematoma_hu, femur.haematoma_share(p));
  hu = mix(hu, cartilage_hu, pelvis.joint_share);
  hu = mix(hu,
           factor * bone_hu(scene.calibration, pelvis.density_mg_cm3, slope_gain),
           share(pelvis.distance_mm, width));
  hu = mix(hu,
           factor * bone_hu(scene.calibration, bone.density_mg_cm3, slope_gain),
           share(bone.distance_mm, width));
  result.edge_mm =
      std::min({result.edge_mm, std::max(pelvis.distance_mm, 0.0), std::max(bone.distance_mm, 0.0)});
  if (bone.distance_mm < 1.0) {
    result.femur = &femur;
    result.femur_point = bone;
  }
  if (scene.implants.empty()) return hu;
  const double resected = scene.implants.resected_mm(p);
  result.edge_mm = std::min(result.edge_mm, std::abs(resected));
  hu = mix(hu, resected_hu, share(resected, width));
  return hu;
}

}  // namespace

double bone_hu(const CalibrationTruth& calibration, double ha_mg_cm3, double slope_gain) {
  const double slope = (1.0 + slope_gain) * calibration.sigma_hu_per_mg_cm3 / calibration.ha_per_k2hpo4;
  return slope * ha_mg_cm3 + calibration.beta_hu;
}

Beam scan_beam(const HipParameters& hip, const Protocol& protocol) {
  // The mean way through the person; 250 mm of water for one 360 mm wide and 220 mm deep.
  const double water_mm = 0.86 * (hip.body.half_depth_mm + hip.body.half_width_mm);
  Beam beam = protocol.effective_energy_kev ? monochromatic_beam(*protocol.effective_energy_kev)
                                            : tube_beam(protocol.tube_kvp, water_mm);
  if (protocol.energy_error_kev != 0.0)
    beam = monochromatic_beam(beam.energy_kev + protocol.energy_error_kev);
  // kappa = (ratio K2HPO4 - 0.2174) / (ratio HA - water displaced).
  const double contrast = beam.hydroxyapatite_ratio - water_displaced_hydroxyapatite;
  beam.hydroxyapatite_ratio = water_displaced_hydroxyapatite + contrast / (1.0 + protocol.kappa_error);
  return beam;
}

BodyParameters at_beam(BodyParameters body, const Beam& beam) {
  const Beam reference = monochromatic_beam(70.0);
  body.fat_hu += beam.adipose_hu - reference.adipose_hu;
  body.muscle_hu += beam.muscle_hu - reference.muscle_hu;
  return body;
}

Scene build_scene(
    const HipParameters& hip, const Protocol& protocol, double water_offset_hu, Extent extent, int threads) {
  const Beam beam = scan_beam(hip, protocol);
  FemurModel right(
      hip.right, Side::right, lowest_femur_z(hip.right, extent.low_z_mm), threads, protocol.field_step_mm);
  FemurModel left(
      hip.left, Side::left, lowest_femur_z(hip.left, extent.low_z_mm), threads, protocol.field_step_mm);
  const Vec3 middle = 0.5 * (hip.right.head_centre_patient_mm + hip.left.head_centre_patient_mm);
  PelvisModel right_pelvis(hip.right_pelvis, right, middle, extent.high_z_mm, threads);
  PelvisModel left_pelvis(hip.left_pelvis, left, middle, extent.high_z_mm, threads);
  HipParameters shown = hip;
  shown.body = at_beam(hip.body, beam);
  BodyModel body(shown, protocol.contrast, extent.low_z_mm, extent.high_z_mm, threads);
  TableModel table(hip.phantom, protocol.phantom, protocol.prone, beam, body.outline());
  const ImplantModel implants(protocol.implants, hip.implants, right, left, body);
  return {calibration_of(beam),
          ScannerErrors(protocol, hip.body, middle, water_offset_hu),
          protocol.motion,
          std::move(right),
          std::move(left),
          std::move(right_pelvis),
          std::move(left_pelvis),
          std::move(body),
          std::move(table),
          implants,
          middle,
          hip.phantom.type};
}

ScenePoint scene_point(const Scene& scene, Vec3 p_patient, double width) {
  ScenePoint result;
  const double slope_gain = scene.errors.slope_gain(p_patient);
  double hu = -1000.0;
  if (scene.table.near(p_patient)) hu = scene.table.hu(p_patient, width, slope_gain, result.edge_mm);
  const Vec3 p = scene.motion.unmoved(p_patient, scene.middle.z);  // in the person
  const BodyPoint body = scene.body.point(p, width);
  result.edge_mm = std::min(result.edge_mm, std::abs(body.skin_distance_mm));
  const double inside_skin = share(body.skin_distance_mm, width);
  if (inside_skin > 0.0) {
    hu = mix(hu, body.hu, inside_skin);
    if (body.skin_distance_mm < -3.0) hu = inner_hu(scene, p, hu, width, slope_gain, result);
    hu += inside_skin * scene.errors.cupping_hu(p);
  }
  if (!scene.implants.empty()) {
    const double metal = scene.implants.distance_mm(p);
    result.edge_mm = std::min(result.edge_mm, std::abs(metal));
    hu = mix(hu, metal_hu, share(metal, width));
  }
  result.hu = scene.errors.shown_hu(hu, p_patient);
  return result;
}

}  // namespace focalhip::simulator
