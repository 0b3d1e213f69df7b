#pragma once

#include <span>
#include <vector>

#include "analysis/calibration/calibration.h"

namespace focalhip {

// What one rod reads in this scan, beside its certificate.
struct RodReading {
  PhantomRod rod;
  Hu hu;
};

// Least squares of  hu - water = sigma_ref * k2hpo4 + beta_ref  over the rods, [Ogo] [MindwaysQctPro].
struct MindwaysFit {
  double sigma_ref = 0.0;        // HU per mg/cm3 K2HPO4 at the rods' water: attenuation ratio K2HPO4 / water
  double beta_ref_hu = 0.0;      // close to -1000
  double r_squared = 0.0;        // of the regression
  double residual_max_hu = 0.0;  // largest absolute residual
  double residual_sd_hu = 0.0;   // sqrt(sum of squares / (rods - 2))
  std::vector<double> residual_hu;  // measured minus fitted, in the order of the readings

  // The image's own line: hu = sigma_ct * k2hpo4 + beta_ct for an aqueous solution.
  [[nodiscard]] double sigma_ct_hu_per_mg_cm3() const;
  [[nodiscard]] double beta_ct_hu() const;
  [[nodiscard]] Hu predicted(const PhantomRod& rod) const;
};

// Needs at least three rods of at least two different K2HPO4 densities.
[[nodiscard]] MindwaysFit fit_mindways(std::span<const RodReading> readings);

// What is left of the reading of `index` when the others alone are fitted. Needs at least four rods.
[[nodiscard]] double leave_one_out_residual_hu(std::span<const RodReading> readings, std::size_t index);
[[nodiscard]] std::vector<RodReading> without(std::span<const RodReading> readings, std::size_t index);

}  // namespace focalhip
