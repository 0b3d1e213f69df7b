#pragma once

// Photon attenuation of what a CT of the hip contains. Elements: NIST tables of X-ray mass attenuation
// coefficients (Hubbell and Seltzer, NISTIR 5632, version 1.4); mixtures by mass; tissues after ICRU 44.
// Between the tabulated energies a cubic in log-log: a straight line would run up to 1.5 % too high, because
// the photoelectric part falls faster than the scattered part.
namespace focalhip::simulator {

enum class Material { water, k2hpo4, hydroxyapatite, adipose, muscle, aluminium };

// cm2/g. Energy 20 .. 150 keV, clamped.
[[nodiscard]] double mass_attenuation_cm2_g(Material material, double energy_kev);

// g/cm3
inline constexpr double adipose_density = 0.95;
inline constexpr double muscle_density = 1.05;
inline constexpr double aluminium_density = 2.70;

}  // namespace focalhip::simulator
