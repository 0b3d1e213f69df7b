#include "analysis/calibration/fit_rods.h"

#include <algorithm>
#include <cmath>

#include "analysis/calibration/effective_energy.h"
#include "analysis/support/expects.h"

namespace focalhip {

namespace {

// 1 cm3 of an aqueous K2HPO4 solution holds 999.6 - 0.2174 * rho_K mg of water [Ogo, citing MindwaysQctPro].
// Put into the equation of the rods it turns the reference line into the line of the image.
constexpr double water_of_solution_mg_cm3 = 999.6;
constexpr double water_displaced_per_k2hpo4 = 0.2174;

double attenuation_beside_water_hu(const RodReading& reading) {
  return reading.hu.value - reading.rod.water_mg_cm3;
}

}  // namespace

Hu RodFit::predicted(const PhantomRod& rod) const {
  return {rod.water_mg_cm3 + slope_hu_per_mg_cm3 * rod.mineral_mg_cm3 + intercept_hu};
}

RodFit fit_rods(std::span<const RodReading> readings) {
  expects(readings.size() >= 2, "two rods for a line");
  const double n = static_cast<double>(readings.size());
  double mean_k = 0.0;
  double mean_y = 0.0;
  for (const RodReading& reading : readings) {
    mean_k += reading.rod.mineral_mg_cm3 / n;
    mean_y += attenuation_beside_water_hu(reading) / n;
  }
  double s_kk = 0.0;
  double s_ky = 0.0;
  double s_yy = 0.0;
  for (const RodReading& reading : readings) {
    const double k = reading.rod.mineral_mg_cm3 - mean_k;
    const double y = attenuation_beside_water_hu(reading) - mean_y;
    s_kk += k * k;
    s_ky += k * y;
    s_yy += y * y;
  }
  expects(s_kk > 0.0, "rods of different density");

  RodFit fit;
  fit.slope_hu_per_mg_cm3 = s_ky / s_kk;
  fit.intercept_hu = mean_y - fit.slope_hu_per_mg_cm3 * mean_k;
  fit.r_squared = s_yy > 0.0 ? s_ky * s_ky / (s_kk * s_yy) : 0.0;
  double sum_squares = 0.0;
  for (const RodReading& reading : readings) {
    const double residual = reading.hu.value - fit.predicted(reading.rod).value;
    fit.residual_hu.push_back(residual);
    fit.residual_max_hu = std::max(fit.residual_max_hu, std::abs(residual));
    sum_squares += residual * residual;
  }
  fit.residual_sd_hu = n > 2.0 ? std::sqrt(sum_squares / (n - 2.0)) : 0.0;
  return fit;
}

std::vector<RodReading> without(std::span<const RodReading> readings, std::size_t index) {
  expects(index < readings.size(), "the rod left out is one of the rods");
  std::vector<RodReading> others(readings.begin(), readings.end());
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(index));
  return others;
}

double leave_one_out_residual_hu(std::span<const RodReading> readings, std::size_t index) {
  const RodReading& left_out = readings[index];
  return left_out.hu.value - fit_rods(without(readings, index)).predicted(left_out.rod).value;
}

DensityScale density_scale(double slope_hu_per_mg_cm3,
                           double intercept_hu,
                           MineralBasis basis,
                           const KappaPolicy& policy) {
  DensityScale scale;
  if (basis == MineralBasis::k2hpo4) {
    scale.effective_energy_kev = effective_energy_kev(slope_hu_per_mg_cm3);
    scale.kappa = kappa_at(policy, scale.effective_energy_kev);
    scale.sigma_ct_hu_per_mg_cm3 = slope_hu_per_mg_cm3 - water_displaced_per_k2hpo4;
    scale.beta_ct_hu = intercept_hu + water_of_solution_mg_cm3;
    return scale;
  }
  scale.effective_energy_kev = energy_of_hydroxyapatite_slope(slope_hu_per_mg_cm3);
  scale.kappa = kappa_at(policy, scale.effective_energy_kev);
  // HA = k * K2HPO4 + c in the plain line of the image.
  scale.sigma_ct_hu_per_mg_cm3 = slope_hu_per_mg_cm3 * scale.kappa.k;
  scale.beta_ct_hu = intercept_hu + slope_hu_per_mg_cm3 * scale.kappa.c_mg_cm3;
  return scale;
}

double sigma_ct_at(double effective_energy_kev) {
  return k2hpo4_ratio(effective_energy_kev) - water_displaced_per_k2hpo4;
}

}  // namespace focalhip
