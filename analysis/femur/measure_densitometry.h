#pragma once

#include "analysis/calibration/calibration.h"
#include "analysis/femur/segment_femora.h"

namespace focalhip {

struct DensitometryOptions {
  double projection_pixel_mm = 0.5;
  double neck_band_mm = 15.0;       // width of the FN band, qct 4.3
  double distal_margin_mm = 10.0;   // TH ends this far below the lesser trochanter
  double trabecular_peel_mm = 3.0;  // trabecular = deeper than this below the periosteal surface
  int threads = 2;
};

// FN, TR, IT, TH of one femur: projection (aBMD) and prisms (vBMD), K2HPO4 equivalent.
[[nodiscard]] FemurMeasurement measure_densitometry(const CtVolume& ct,
                                                    const Calibration& calibration,
                                                    const SegmentedFemur& femur,
                                                    const DensitometryOptions& options);

}  // namespace focalhip
