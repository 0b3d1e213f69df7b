#pragma once

#include <optional>
#include <vector>

#include "analysis/calibration/choose_rods.h"

namespace focalhip {

// Slope and intercept of the rods' fit (fit_rods.h) as straight lines along the slice axis.
struct FitAlongZ {
  double slope_drift_hu_per_mg_cm3_per_mm = 0.0;
  double intercept_drift_hu_per_mm = 0.0;
  double checked_drift_hu_per_mm = 0.0;        // of the CT number of 300 mg/cm3 of the phantom's mineral
  double checked_drift_error_hu_per_mm = 0.0;  // its standard error
};

// Fits the rods in use in windows of window_mm between the first and the last used slice, and a line in z
// through the windows. Nothing when fewer than three windows hold all of these rods.
[[nodiscard]] std::optional<FitAlongZ> fit_along_z(const std::vector<NamedRod>& rods,
                                                   double spacing_mm,
                                                   double window_mm);

inline constexpr double checked_density_mg_cm3 = 300.0;  // whose drift decides [science qct 2.4]

}  // namespace focalhip
