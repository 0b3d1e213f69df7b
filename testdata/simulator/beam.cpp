#include "testdata/simulator/beam.h"

#include <cmath>

#include "testdata/simulator/attenuation.h"

namespace focalhip::simulator {
namespace {

constexpr double lowest_kev = 20.0;
constexpr double step_kev = 0.5;
constexpr double filter_aluminium_mm = 9.0;  // tube, filter and the middle of the bow tie
constexpr double tungsten_k_edge_kev = 69.5;

// An aqueous K2HPO4 solution holds 999.6 - 0.2174 rho mg/cm3 of water.
constexpr double water_displaced_k2hpo4 = 0.2174;
constexpr double water_of_solution_mg_cm3 = 999.6;

// Photons per keV that leave the target, any scale. The K lines (here 59.0 and 67.3 keV, 1 keV wide) grow
// with (U - 1)^1.63 of the overvoltage U.
double target_photons(double kev, double kvp) {
  double photons = (kvp - kev) / kev;
  if (kvp <= tungsten_k_edge_kev) return photons;
  const double lines = 4.4e-4 * kvp * std::pow(kvp / tungsten_k_edge_kev - 1.0, 1.63);
  const auto line = [&](double centre) { return std::exp(-0.5 * (kev - centre) * (kev - centre)); };
  photons += lines * (0.8 * line(59.0) + 0.2 * line(67.3));
  return photons;
}

double k2hpo4_ratio_at(double kev) {
  return mass_attenuation_cm2_g(Material::k2hpo4, kev) / mass_attenuation_cm2_g(Material::water, kev);
}

// The energy at which the ratio is this one; it falls with energy.
double energy_of_ratio(double ratio) {
  double low = 30.0;
  double high = 140.0;
  for (int i = 0; i < 50; ++i) {
    const double middle = 0.5 * (low + high);
    (k2hpo4_ratio_at(middle) > ratio ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

// Mean attenuation over a spectrum.
struct Sums {
  double water = 0.0;
  double k2hpo4 = 0.0;
  double hydroxyapatite = 0.0;
  double adipose = 0.0;
  double muscle = 0.0;

  void add(double weight, double kev) {
    water += weight * mass_attenuation_cm2_g(Material::water, kev);
    k2hpo4 += weight * mass_attenuation_cm2_g(Material::k2hpo4, kev);
    hydroxyapatite += weight * mass_attenuation_cm2_g(Material::hydroxyapatite, kev);
    adipose += weight * adipose_density * mass_attenuation_cm2_g(Material::adipose, kev);
    muscle += weight * muscle_density * mass_attenuation_cm2_g(Material::muscle, kev);
  }
  [[nodiscard]] Beam beam() const {
    Beam result;
    result.k2hpo4_ratio = k2hpo4 / water;
    result.hydroxyapatite_ratio = hydroxyapatite / water;
    result.adipose_hu = 1000.0 * (adipose / water - 1.0);
    result.muscle_hu = 1000.0 * (muscle / water - 1.0);
    result.energy_kev = energy_of_ratio(result.k2hpo4_ratio);
    return result;
  }
};

}  // namespace

Beam monochromatic_beam(double energy_kev) {
  Sums sums;
  sums.add(1.0, energy_kev);
  Beam beam = sums.beam();
  beam.energy_kev = energy_kev;
  return beam;
}

Beam tube_beam(double tube_kvp, double water_mm) {
  Sums sums;
  for (double kev = lowest_kev + 0.5 * step_kev; kev < tube_kvp; kev += step_kev) {
    const double path =
        0.1 * filter_aluminium_mm * aluminium_density * mass_attenuation_cm2_g(Material::aluminium, kev) +
        0.1 * water_mm * mass_attenuation_cm2_g(Material::water, kev);
    sums.add(target_photons(kev, tube_kvp) * kev * std::exp(-path), kev);
  }
  return sums.beam();
}

CalibrationTruth calibration_of(const Beam& beam) {
  CalibrationTruth truth;
  truth.energy_kev = beam.energy_kev;
  truth.sigma_reference = beam.k2hpo4_ratio;
  truth.beta_reference_hu = -1000.0;
  // Solution of rho mg/cm3: mu = ratio rho + 999.6 - 0.2174 rho, HU = mu - 1000.
  truth.sigma_hu_per_mg_cm3 = beam.k2hpo4_ratio - water_displaced_k2hpo4;
  truth.beta_hu = water_of_solution_mg_cm3 - 1000.0;
  truth.ha_per_k2hpo4 =
      truth.sigma_hu_per_mg_cm3 / (beam.hydroxyapatite_ratio - water_displaced_hydroxyapatite);
  return truth;
}

}  // namespace focalhip::simulator
