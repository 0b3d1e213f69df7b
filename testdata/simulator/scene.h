#pragma once

#include "testdata/simulator/beam.h"
#include "testdata/simulator/body_model.h"
#include "testdata/simulator/femur_model.h"
#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/implant_model.h"
#include "testdata/simulator/pelvis_model.h"
#include "testdata/simulator/protocol.h"
#include "testdata/simulator/scanner_errors.h"
#include "testdata/simulator/table_model.h"

namespace focalhip::simulator {

// The person on the table as the scanner sees it: a CT number for every point, before blur and noise.
struct Scene {
  CalibrationTruth calibration;  // at the level of the heads
  ScannerErrors errors;
  Motion motion;
  FemurModel right;
  FemurModel left;
  PelvisModel right_pelvis;
  PelvisModel left_pelvis;
  BodyModel body;
  TableModel table;
  ImplantModel implants;
  Vec3 middle;  // between the heads
  PhantomType phantom_type = PhantomType::mindways_3;
};

// Range of z (patient, mm) that the scan covers; margin included by the caller.
struct Extent {
  double low_z_mm = 0.0;
  double high_z_mm = 0.0;
};

[[nodiscard]] Scene build_scene(
    const HipParameters& hip, const Protocol& protocol, double water_offset_hu, Extent extent, int threads);

// The beam behind the person.
[[nodiscard]] Beam scan_beam(const HipParameters& hip, const Protocol& protocol);
// Fat and muscle of a person drawn for 70 keV in another beam.
[[nodiscard]] BodyParameters at_beam(BodyParameters body, const Beam& beam);

struct ScenePoint {
  double hu = -1000.0;                // offset included
  double edge_mm = 1e3;               // distance to the nearest edge worth finer sampling; 0 inside bone
  const FemurModel* femur = nullptr;  // the femur the point is in or near
  FemurPoint femur_point;
};
// edge_width_mm: edges are ramps of this width (the sampling step), which keeps point samples free of
// aliasing.
[[nodiscard]] ScenePoint scene_point(const Scene& scene, Vec3 p_patient_mm, double edge_width_mm);

// HU of bone of a density (HA mg/cm3), offset not included. slope_gain: share by which the scanner's slope is
// larger there than at the heads.
[[nodiscard]] double bone_hu(const CalibrationTruth& calibration, double ha_mg_cm3, double slope_gain = 0.0);

}  // namespace focalhip::simulator
