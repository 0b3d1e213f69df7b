#pragma once

#include <optional>

#include "analysis/calibration/calibration.h"
#include "analysis/volume/ct_volume.h"

namespace focalhip {

// CT numbers of what every patient brings along; HU.
struct TissueReadings {
  double air_hu = -1000.0;     // median of air at least 20 mm from skin and table
  double adipose_hu = -100.0;  // mode of subcutaneous fat, 5 mm inside it
  double muscle_hu = 50.0;     // mode of muscle, 4 mm inside it
};
// Throws Refusal calibration_failed: one of them is not there, or reads what no scanner reads.
[[nodiscard]] TissueReadings read_tissues(const CtVolume& ct, int threads);

// The patient's tissues tell how far the scanner's CT numbers are off (least squares of a line through air,
// fat and muscle); the energy of the beam comes from the scanner's history, else from the tube voltage. With
// it the scale of K2HPO4 has the zero of the phantom: water reads 0 (science qct 2.7, "our fallback"; not the
// two-component method [Michalski2020], whose zero is fat). Grade C, never better.
// `known_energy_kev`: of the scanner's phantom scans; absent = 71 keV at 120 kVp, density within 10 %.
// Throws Refusal calibration_failed: as read_tissues; contrast medium; a tube voltage without usual energy.
[[nodiscard]] Calibration calibrate_internally(const CtVolume& ct,
                                               std::optional<double> known_energy_kev,
                                               const KappaPolicy& policy,
                                               int threads);

}  // namespace focalhip
