#include "testdata/simulator/attenuation.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace focalhip::simulator {
namespace {

// Mass attenuation ratios computed from the NIST tables (XCOM) for the effective energies of diagnostic CT.
constexpr std::array<double, 8> table_kev{60, 64, 68, 70, 74, 78, 80, 90};
constexpr std::array<double, 8> table_k2hpo4{1.889, 1.756, 1.640, 1.587, 1.491, 1.405, 1.365, 1.250};
constexpr std::array<double, 8> table_hydroxyapatite{1.975, 1.831, 1.705, 1.648, 1.544, 1.452, 1.409, 1.285};

// Water displaced by 1 mg of solute: an aqueous K2HPO4 solution holds 999.6 - 0.2174 rho mg/cm3 of water;
// hydroxyapatite of 3.156 g/cm3 takes the place of 1 / 3.156 mg of water.
constexpr double water_displaced_k2hpo4 = 0.2174;
constexpr double water_of_solution_mg_cm3 = 999.6;

// Lagrange parabola through the three nearest nodes.
double interpolated(const std::array<double, 8>& values, double kev) {
  const auto above = std::upper_bound(table_kev.begin(), table_kev.end(), kev);
  const auto index = std::clamp<std::ptrdiff_t>(above - table_kev.begin() - 2, 0, 5);
  double sum = 0.0;
  for (std::ptrdiff_t i = index; i < index + 3; ++i) {
    double weight = 1.0;
    for (std::ptrdiff_t j = index; j < index + 3; ++j) {
      if (i == j) continue;
      const auto at = [](std::ptrdiff_t n) { return table_kev[static_cast<std::size_t>(n)]; };
      weight *= (kev - at(j)) / (at(i) - at(j));
    }
    sum += weight * values[static_cast<std::size_t>(i)];
  }
  return sum;
}

}  // namespace

double k2hpo4_attenuation_ratio(double energy_kev) { return interpolated(table_k2hpo4, energy_kev); }
double hydroxyapatite_attenuation_ratio(double energy_kev) {
  return interpolated(table_hydroxyapatite, energy_kev);
}

CalibrationTruth calibration_at(double energy_kev) {
  const double ratio = k2hpo4_attenuation_ratio(energy_kev);
  CalibrationTruth truth;
  truth.energy_kev = energy_kev;
  truth.sigma_reference = ratio;
  truth.beta_reference_hu = -1000.0;
  // Solution of rho mg/cm3: mu = ratio rho + 999.6 - 0.2174 rho, HU = mu - 1000.
  truth.sigma_hu_per_mg_cm3 = ratio - water_displaced_k2hpo4;
  truth.beta_hu = water_of_solution_mg_cm3 - 1000.0;
  truth.ha_per_k2hpo4 = truth.sigma_hu_per_mg_cm3 /
                        (hydroxyapatite_attenuation_ratio(energy_kev) - water_displaced_hydroxyapatite);
  return truth;
}

double effective_energy_kev(double tube_kvp) {
  // 100 kVp: 63, 120 kVp: 70, 140 kVp: 77 keV.
  return std::clamp(70.0 + 0.35 * (tube_kvp - 120.0), 60.0, 90.0);
}

}  // namespace focalhip::simulator
