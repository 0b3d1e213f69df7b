#pragma once

#include "analysis/calibration/calibration.h"
#include "analysis/volume/ct_volume.h"

namespace focalhip {

struct CalibrationOptions {
  Phantom phantom = mindways_model_3();
  // Height of the windows along z in which slices are averaged before the rods are searched. Too small:
  // noise; too large: a tilted rod smears.
  double window_mm = 20.0;
  double smallest_rod_radius_mm = 5.0;
  double largest_rod_radius_mm = 12.0;
  int threads = 2;  // changes speed only, never numbers
};

// Finds the rods of the phantom, identifies and fits them.
// Throws Refusal: no_phantom, phantom_ambiguous, calibration_failed (qct 2.3, 2.4).
[[nodiscard]] Calibration calibrate(const CtVolume& ct, const CalibrationOptions& options);

}  // namespace focalhip
