#pragma once

#include "testdata/simulator/truth.h"

namespace focalhip::simulator {

// Places the regions on the projection of a femur and integrates the true density over them. Fills
// voi_geometry, the four regions and femur_volume_cm3 of `truth`.
void measure_true_regions(const FemurModel& femur,
                          const CalibrationTruth& calibration,
                          const FemurLandmarks& marks,
                          int threads,
                          SideTruth& truth);

}  // namespace focalhip::simulator
