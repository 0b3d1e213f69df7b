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

// Least squares of  hu - water = slope * mineral + intercept  over the rods. K2HPO4: sigma_ref and beta_ref
// of the Mindways equation [Ogo] [MindwaysQctPro]; hydroxyapatite (water 0): the plain line of the image.
struct RodFit {
  double slope_hu_per_mg_cm3 = 0.0;
  double intercept_hu = 0.0;        // K2HPO4: close to -1000; hydroxyapatite: close to 0
  double r_squared = 0.0;           // of the regression
  double residual_max_hu = 0.0;     // largest absolute residual
  double residual_sd_hu = 0.0;      // sqrt(sum of squares / (rods - 2)); 0 for two rods
  std::vector<double> residual_hu;  // measured minus fitted, in the order of the readings

  [[nodiscard]] Hu predicted(const PhantomRod& rod) const;
};

// Needs at least two rods of different density.
[[nodiscard]] RodFit fit_rods(std::span<const RodReading> readings);

// What is left of the reading of `index` when the others alone are fitted. Needs at least three rods.
[[nodiscard]] double leave_one_out_residual_hu(std::span<const RodReading> readings, std::size_t index);
[[nodiscard]] std::vector<RodReading> without(std::span<const RodReading> readings, std::size_t index);

// The image's own line, hu = beta_ct + sigma_ct * K2HPO4, and what its slope tells of the beam.
struct DensityScale {
  double sigma_ct_hu_per_mg_cm3 = 1.0;
  double beta_ct_hu = 0.0;
  double effective_energy_kev = 70.0;
  Kappa kappa;
};
[[nodiscard]] DensityScale density_scale(double slope_hu_per_mg_cm3,
                                         double intercept_hu,
                                         MineralBasis basis,
                                         const KappaPolicy& policy);
// The other way round: what sigma_ct a beam of this energy gives on the scale of K2HPO4.
[[nodiscard]] double sigma_ct_at(double effective_energy_kev);

}  // namespace focalhip
