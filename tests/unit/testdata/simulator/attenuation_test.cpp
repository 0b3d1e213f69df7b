#include "testdata/simulator/attenuation.h"
#include "testdata/simulator/beam.h"
#include "testdata/simulator/phantom_rods.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace focalhip::simulator {
namespace {

// Ratios of mass attenuation to water at the energies NIST tabulates, where nothing is interpolated (NIST
// tables shipped with Bonelab Ogo, worked out in the specification, table 2.5).
TEST(Attenuation, MineralsHaveTheTabulatedRatioToWater) {
  const auto ratio = [](Material m, double kev) {
    return mass_attenuation_cm2_g(m, kev) / mass_attenuation_cm2_g(Material::water, kev);
  };
  // Third decimal of the table; the fourth figure of NIST's numbers.
  EXPECT_NEAR(ratio(Material::k2hpo4, 60.0), 1.889, 1.5e-3);
  EXPECT_NEAR(ratio(Material::k2hpo4, 80.0), 1.365, 1.5e-3);
  EXPECT_NEAR(ratio(Material::hydroxyapatite, 60.0), 1.975, 1.5e-3);
  EXPECT_NEAR(ratio(Material::hydroxyapatite, 80.0), 1.409, 1.5e-3);
}

// NIST's own compound table for water: 0.2269, 0.2059, 0.1837, 0.1707 cm2/g.
TEST(Attenuation, WaterIsMixedFromItsElements) {
  EXPECT_NEAR(mass_attenuation_cm2_g(Material::water, 50.0), 0.2269, 2e-4);
  EXPECT_NEAR(mass_attenuation_cm2_g(Material::water, 60.0), 0.2059, 2e-4);
  EXPECT_NEAR(mass_attenuation_cm2_g(Material::water, 80.0), 0.1837, 2e-4);
  EXPECT_NEAR(mass_attenuation_cm2_g(Material::water, 100.0), 0.1707, 2e-4);
}

// A sum of powers of the energy is convex in log-log: between two nodes it runs below their chord.
TEST(Attenuation, RunsBelowTheChordBetweenTwoNodes) {
  for (const Material m : {Material::k2hpo4, Material::hydroxyapatite, Material::water}) {
    const double share = std::log(70.0 / 60.0) / std::log(80.0 / 60.0);
    const double chord = std::pow(mass_attenuation_cm2_g(m, 60.0), 1.0 - share) *
                         std::pow(mass_attenuation_cm2_g(m, 80.0), share);
    EXPECT_LT(mass_attenuation_cm2_g(m, 70.0), chord);
    EXPECT_GT(mass_attenuation_cm2_g(m, 70.0), 0.97 * chord);
  }
}

// HU of the five rods at 60 keV, computed independently (specification of the phantom, table 2.1).
TEST(Attenuation, RodsHaveTheTabulatedHu) {
  constexpr std::array<double, 5> expected_hu{-86, -44, 215, 416, 633};
  for (std::size_t rod = 0; rod < 5; ++rod) {
    // 0.5 HU from rounding of the table, 0.2 HU from the third decimal of the ratio times 376 mg/cm3.
    EXPECT_NEAR(rod_hu(mindways_model_3()[rod], monochromatic_beam(60.0)), expected_hu[rod], 0.7)
        << mindways_model_3()[rod].name;
  }
}

TEST(Attenuation, RodsRiseFromAToEAtEveryEnergy) {
  for (double kev = 60.0; kev <= 90.0; kev += 1.0) {
    for (std::size_t rod = 1; rod < 5; ++rod) {
      EXPECT_GT(rod_hu(mindways_model_3()[rod], monochromatic_beam(kev)),
                rod_hu(mindways_model_3()[rod - 1], monochromatic_beam(kev)))
          << kev;
    }
  }
}

// Regression of HU - water on K2HPO4 over the rods, and the two published constants: slope - 0.2174, offset +
// 999.6.
TEST(Attenuation, PublishedFitOfTheRodsGivesTheTrueCalibration) {
  for (const double kev : {60.0, 66.0, 70.0, 77.0, 90.0}) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (const Rod& rod : mindways_model_3()) {
      const double mu = rod_hu(rod, monochromatic_beam(kev)) - rod.water_mg_cm3;
      n += 1;
      x += rod.k2hpo4_mg_cm3;
      y += mu;
      xx += rod.k2hpo4_mg_cm3 * rod.k2hpo4_mg_cm3;
      xy += rod.k2hpo4_mg_cm3 * mu;
    }
    const double slope = (n * xy - x * y) / (n * xx - x * x);
    const double offset = (y - slope * x) / n;
    const CalibrationTruth truth = calibration_at(kev);
    EXPECT_NEAR(slope, truth.sigma_reference, 1e-9);
    EXPECT_NEAR(offset, truth.beta_reference_hu, 1e-9);
    EXPECT_NEAR(slope - 0.2174, truth.sigma_hu_per_mg_cm3, 1e-9);
    EXPECT_NEAR(offset + 999.6, truth.beta_hu, 1e-9);
  }
}

TEST(Beam, KappaIsTheTabulatedOne) {
  constexpr std::array<std::array<double, 2>, 7> expected{
      {{60, 1.008}, {64, 1.016}, {68, 1.025}, {70, 1.029}, {74, 1.037}, {78, 1.046}, {80, 1.051}}};
  // Third decimal of a quotient of two numbers of three decimals; both interpolations cancel in it.
  for (const auto& [kev, kappa] : expected)
    EXPECT_NEAR(calibration_at(kev).ha_per_k2hpo4, kappa, 1.5e-3) << kev;
}

// Adipose and muscle, specification table 2.5.
TEST(Beam, TissuesHaveTheTabulatedHu) {
  constexpr std::array<std::array<double, 3>, 3> expected{{{60, -89, 44}, {70, -79, 43}, {80, -69, 42}}};
  for (const auto& [kev, adipose, muscle] : expected) {
    // Fourth figure of the coefficients: 1 HU; compositions differ between editions of ICRU 44.
    EXPECT_NEAR(monochromatic_beam(kev).adipose_hu, adipose, 3.0);
    EXPECT_NEAR(monochromatic_beam(kev).muscle_hu, muscle, 3.0);
  }
}

// Effective energies expected of CT behind an adult pelvis: 58 .. 68, 64 .. 80, 70 .. 84 keV.
TEST(Beam, TubeVoltageAndThicknessHardenTheBeam) {
  constexpr double pelvis_mm = 250.0;
  EXPECT_NEAR(tube_beam(100.0, pelvis_mm).energy_kev, 63.0, 5.0);
  EXPECT_NEAR(tube_beam(120.0, pelvis_mm).energy_kev, 70.0, 2.0);
  EXPECT_NEAR(tube_beam(140.0, pelvis_mm).energy_kev, 77.0, 7.0);
  double before = 0.0;
  for (double kvp = 80.0; kvp <= 140.0; kvp += 10.0) {
    const Beam beam = tube_beam(kvp, pelvis_mm);
    EXPECT_GT(beam.energy_kev, before);
    before = beam.energy_kev;
    EXPECT_GT(tube_beam(kvp, 300.0).energy_kev, beam.energy_kev + 1.0);
    // The one energy of the same contrast; kappa of a spectrum is close to, not the same as, kappa there.
    const Beam single = monochromatic_beam(beam.energy_kev);
    EXPECT_NEAR(single.k2hpo4_ratio, beam.k2hpo4_ratio, 1e-6);
    EXPECT_NEAR(calibration_of(single).ha_per_k2hpo4, calibration_of(beam).ha_per_k2hpo4, 2e-3);
  }
}

}  // namespace
}  // namespace focalhip::simulator
