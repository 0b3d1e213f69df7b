#pragma once

#include "testdata/simulator/femur_model.h"

namespace focalhip::simulator {

// What cortical bone mapping should find at a point of the periosteal surface: read along the inward normal
// from the final density field (HA, with waves, transition zone and texture; no blur, no noise).
struct CortexTruth {
  double cth_mm = 0.0;       // to the middle of the endosteal transition
  double cm_mg_cm2 = 0.0;    // cbmd x cth
  double cbmd_mg_cm3 = 0.0;  // mean before the transition
  double ectd_mg_cm3 = 0.0;  // mean from the end of the transition to 6 mm, or half the bone's thickness
                             // along the ray if that is less, beyond the middle of the transition
  bool valid = false;
};

// outward_normal: unit, patient frame. Not valid: the ray leaves the bone, meets no spongy bone, or meets
// cortex again within the layer; the numbers are then what could be read (0 if nothing).
[[nodiscard]] CortexTruth cortex_along(const FemurModel& femur, Vec3 vertex_patient_mm, Vec3 outward_normal);

}  // namespace focalhip::simulator
