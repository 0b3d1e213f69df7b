#pragma once

namespace focalhip {

// The energy of a single-energy beam in which K2HPO4 and water attenuate in the ratio sigma_ref of the
// phantom fit. keV; 58 .. 92, the ends of the table and of its extrapolation. [NistXcom] through [Ogo],
// science qct 2.5.
[[nodiscard]] double effective_energy_kev(double sigma_ref);

// The same for a phantom of hydroxyapatite, from HU per mg/cm3 HA in its image.
[[nodiscard]] double energy_of_hydroxyapatite_slope(double slope_hu_per_mg_cm3);

// Attenuation ratios to water per mass at an energy (58 .. 92 keV).
[[nodiscard]] double k2hpo4_ratio(double energy_kev);
[[nodiscard]] double hydroxyapatite_ratio(double energy_kev);

// CT numbers of soft tissue of standard composition in an ideal scanner, HU (58 .. 92 keV).
[[nodiscard]] double adipose_hu(double energy_kev);
[[nodiscard]] double muscle_hu(double energy_kev);

// kappa = HA-equivalent / K2HPO4-equivalent density of the same HU, policy "energy".
[[nodiscard]] double ha_per_k2hpo4(double energy_kev);

}  // namespace focalhip
