#include "analysis/calibration/fit_mindways.h"

#include <algorithm>
#include <cmath>

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

double MindwaysFit::sigma_ct_hu_per_mg_cm3() const { return sigma_ref - water_displaced_per_k2hpo4; }
double MindwaysFit::beta_ct_hu() const { return beta_ref_hu + water_of_solution_mg_cm3; }
Hu MindwaysFit::predicted(const PhantomRod& rod) const {
  return {rod.water_mg_cm3 + sigma_ref * rod.k2hpo4_mg_cm3 + beta_ref_hu};
}

MindwaysFit fit_mindways(std::span<const RodReading> readings) {
  expects(readings.size() >= 3, "three rods for a line that can be judged");
  const double n = static_cast<double>(readings.size());
  double mean_k = 0.0;
  double mean_y = 0.0;
  for (const RodReading& reading : readings) {
    mean_k += reading.rod.k2hpo4_mg_cm3 / n;
    mean_y += attenuation_beside_water_hu(reading) / n;
  }
  double s_kk = 0.0;
  double s_ky = 0.0;
  double s_yy = 0.0;
  for (const RodReading& reading : readings) {
    const double k = reading.rod.k2hpo4_mg_cm3 - mean_k;
    const double y = attenuation_beside_water_hu(reading) - mean_y;
    s_kk += k * k;
    s_ky += k * y;
    s_yy += y * y;
  }
  expects(s_kk > 0.0, "rods of different density");

  MindwaysFit fit;
  fit.sigma_ref = s_ky / s_kk;
  fit.beta_ref_hu = mean_y - fit.sigma_ref * mean_k;
  fit.r_squared = s_yy > 0.0 ? s_ky * s_ky / (s_kk * s_yy) : 0.0;
  double sum_squares = 0.0;
  for (const RodReading& reading : readings) {
    const double residual = reading.hu.value - fit.predicted(reading.rod).value;
    fit.residual_hu.push_back(residual);
    fit.residual_max_hu = std::max(fit.residual_max_hu, std::abs(residual));
    sum_squares += residual * residual;
  }
  fit.residual_sd_hu = std::sqrt(sum_squares / (n - 2.0));
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
  return left_out.hu.value - fit_mindways(without(readings, index)).predicted(left_out.rod).value;
}

}  // namespace focalhip
