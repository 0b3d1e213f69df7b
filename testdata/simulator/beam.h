#pragma once

// The X-ray beam as the reconstructed image sees it. A CT number is HU = mu - 1000 with mu the attenuation in
// units of water * 1 mg/cm3, so that water of 1000 mg/cm3 has 0 HU at every beam.
namespace focalhip::simulator {

// Water displaced by 1 mg of solid hydroxyapatite of 3.156 g/cm3, mg.
inline constexpr double water_displaced_hydroxyapatite = 0.3169;

struct Beam {
  double energy_kev = 70.0;   // the one energy that gives K2HPO4 the same contrast
  double k2hpo4_ratio = 0.0;  // attenuation per mass relative to water
  double hydroxyapatite_ratio = 0.0;
  double adipose_hu = 0.0;
  double muscle_hu = 0.0;
};

[[nodiscard]] Beam monochromatic_beam(double energy_kev);

// Tungsten tube behind 9 mm of aluminium, seen through water by a detector that adds up energy.
// Bremsstrahlung after Kramers with the two characteristic lines; every ratio is the mean over the detected
// spectrum, which is what a water-corrected scanner makes of a little mineral deep in the body. 80 .. 140
// kVp.
[[nodiscard]] Beam tube_beam(double tube_kvp, double water_mm);

// What a perfect reading of the Mindways rods gives: HU = sigma * rho_K2HPO4 + beta, and HA = kappa * K2HPO4.
struct CalibrationTruth {
  double energy_kev = 70.0;
  double sigma_reference = 0.0;  // slope against the rods' K2HPO4 at the rods' water equivalence
  double beta_reference_hu = 0.0;
  double sigma_hu_per_mg_cm3 = 0.0;  // K2HPO4
  double beta_hu = 0.0;
  double ha_per_k2hpo4 = 1.0;  // kappa
};
[[nodiscard]] CalibrationTruth calibration_of(const Beam& beam);
[[nodiscard]] inline CalibrationTruth calibration_at(double energy_kev) {
  return calibration_of(monochromatic_beam(energy_kev));
}

}  // namespace focalhip::simulator
