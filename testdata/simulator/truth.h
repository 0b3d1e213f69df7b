#pragma once

#include <optional>
#include <vector>

#include "testdata/simulator/beam.h"
#include "testdata/simulator/femur_landmarks.h"
#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/protocol.h"
#include "testdata/simulator/scan_grid.h"
#include "testdata/simulator/scene.h"
#include "testdata/simulator/table_model.h"

// What is true about a simulated hip, from its parameters and fields; no image is involved.
namespace focalhip::simulator {

// One region of the projected femur and the prism behind it. K2HPO4-equivalent, noise-free, unblurred.
struct VoiTruth {
  double vbmd_mg_cm3 = 0.0;
  double abmd_g_cm2 = 0.0;
  double area_cm2 = 0.0;
  double volume_cm3 = 0.0;
  double bmc_g = 0.0;
  double trabecular_vbmd_mg_cm3 = 0.0;  // deeper than max(3 mm, cortex + 1 mm)
  double cortical_vbmd_mg_cm3 = 0.0;    // within the true cortex
};

// Frame and lines of the regions, femur frame, mm. Projected coordinates: u lateral, v along the shaft
// (cranial), relative to the frame's origin.
struct VoiGeometry {
  Vec3 origin;
  Vec3 axis_lateral;
  Vec3 axis_anterior;
  Vec3 axis_cranial;
  double neck_u = 0.0;  // unit vector of the projected neck axis
  double neck_v = 0.0;
  double notch_u = 0.0;  // superior neck / greater trochanter notch
  double notch_v = 0.0;
  double neck_lateral_mm = 0.0;  // femoral neck band, coordinate along the projected neck axis
  double neck_medial_mm = 0.0;
  std::vector<double> neck_top_mm;  // the neck's own upper contour across its axis, per 0.5 mm of the band
  double distal_v = 0.0;            // lower limit of IT
  double line_medial_u = 0.0;       // TR / IT line
  double line_medial_v = 0.0;
  double line_lateral_u = 0.0;
  double line_lateral_v = 0.0;
};

// The fragments of a broken femur against each other. Patient frame.
struct FractureTruth {
  FractureSite site = FractureSite::transcervical;
  FractureClass kind = FractureClass::displaced;
  double displacement_mm = 0.0;    // between the halves of the fracture's middle
  double rotation_deg = 0.0;       // between the fragments
  Vec3 head_side_mm;               // the fracture's middle on the head fragment
  Vec3 distal_side_mm;             // and on the distal fragment
  Vec3 normal;                     // of the cut on the head fragment, towards the head
  double leg_shortening_mm = 0.0;  // how far the distal end of the lesser trochanter's level moved up
};

// Points and unit vectors in the patient frame (LPS, mm).
struct SideTruth {
  Side side = Side::right;
  Vec3 head_centre;
  double head_radius_mm = 0.0;
  Vec3 neck_axis_point;       // where neck and shaft axes meet (nearest point on the neck axis)
  Vec3 neck_axis_direction;   // towards the head
  Vec3 shaft_axis_point;      // at the distal level of the lesser trochanter
  Vec3 shaft_axis_direction;  // cranial
  double neck_shaft_angle_deg = 0.0;
  Vec3 lesser_tip;     // most protruding surface point
  Vec3 lesser_distal;  // point of the shaft axis at the level where it ends (protrusion 1 mm)
  double joint_space_p05_mm = 0.0;
  double femur_volume_cm3 = 0.0;  // periosteal, head top to 10 mm below the lesser trochanter
  // What a broken femur keeps: head, joint space, the lines of its distal fragment. Everything else of it
  // does not exist and is NaN; regions are zero.
  std::optional<FractureTruth> fracture;
  VoiGeometry voi_geometry;
  VoiTruth fn;
  VoiTruth tr;
  VoiTruth it;
  VoiTruth th;
};

struct ScanTruth {
  CalibrationTruth calibration;  // at the level of the heads; beta includes the scanner's water offset
  double water_offset_hu = 0.0;
  double heads_z_mm = 0.0;
  ScannerDrift drift;
  std::vector<RodAxis> rods;  // hu includes the scanner's water offset; empty without phantom
  PhantomType phantom_type = PhantomType::mindways_3;
  bool phantom = true;
  double psf_fwhm_mm = 0.0;  // in-plane, along x at the isocentre
  double psf_y_ratio = 1.0;
  double psf_growth_per_100_mm = 0.0;
  bool femora = true;  // false: only calibration and phantom were simulated
  SideTruth right;
  SideTruth left;
};

[[nodiscard]] ScanTruth find_truth(const Scene& scene, const Protocol& protocol, int threads);

// What is true about calibration and phantom alone.
[[nodiscard]] ScanTruth calibration_truth(const CalibrationTruth& calibration,
                                          const Protocol& protocol,
                                          double water_offset_hu,
                                          double heads_z_mm,
                                          const std::vector<RodAxis>& rods,
                                          PhantomType type);

// Marks the rods that leave the image, or with padding the reconstruction circle, within the scan; adds the
// blur at their places.
void place_rods_in_image(ScanTruth& truth, const ScanGrid& grid, const Protocol& protocol);

// Of the implicit femur, from its closed form.
[[nodiscard]] LesserTrochanter find_lesser_trochanter(const FemurShape& shape);

// Straight line fitted to the shaft's centre line 10 .. 40 mm below a level; femur frame.
[[nodiscard]] AxisLine shaft_axis_below(const FemurShape& shape, double level_z_mm);

}  // namespace focalhip::simulator
