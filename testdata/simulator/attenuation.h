#pragma once

// X-ray physics of the simulated scanner in the mono-energetic approximation. A CT number is
// HU = mu - 1000 with mu the attenuation in units of water * 1 mg/cm3, so that water of 1000 mg/cm3 has 0 HU.
namespace focalhip::simulator {

// Attenuation of K2HPO4 and of hydroxyapatite per unit of mass, relative to water. E in keV, 60 .. 90.
[[nodiscard]] double k2hpo4_attenuation_ratio(double energy_kev);
[[nodiscard]] double hydroxyapatite_attenuation_ratio(double energy_kev);

// Water displaced by 1 mg of solid hydroxyapatite of 3.156 g/cm3, mg.
inline constexpr double water_displaced_hydroxyapatite = 0.3169;

// What a perfect reading of the five rods gives: HU = sigma * rho_K2HPO4 + beta, and HA = kappa * K2HPO4.
struct CalibrationTruth {
  double energy_kev = 70.0;
  double sigma_reference = 0.0;  // slope against the rods' K2HPO4 at the rods' water equivalence
  double beta_reference_hu = 0.0;
  double sigma_hu_per_mg_cm3 = 0.0;  // K2HPO4
  double beta_hu = 0.0;
  double ha_per_k2hpo4 = 1.0;  // kappa
};
[[nodiscard]] CalibrationTruth calibration_at(double energy_kev);

// Usual effective energy of a tube voltage behind an adult pelvis.
[[nodiscard]] double effective_energy_kev(double tube_kvp);

}  // namespace focalhip::simulator
