#include "testdata/simulator/attenuation.h"
#include "testdata/simulator/phantom_rods.h"

#include <gtest/gtest.h>

#include <array>

namespace focalhip::simulator {
namespace {

// HU of the five rods computed independently for four energies (specification of the phantom, table 2.1).
TEST(Attenuation, RodsHaveTheTabulatedHu) {
  constexpr std::array<double, 4> energies_kev{60, 65, 70, 75};
  constexpr std::array<std::array<double, 4>, 5> expected_hu{{{-86, -77, -70, -64},
                                                              {-44, -35, -28, -21},
                                                              {215, 205, 197, 190},
                                                              {416, 391, 369, 350},
                                                              {633, 572, 520, 475}}};
  for (std::size_t rod = 0; rod < 5; ++rod) {
    for (std::size_t e = 0; e < 4; ++e) {
      // 0.5 HU from rounding of the table, 0.2 HU from the third decimal of the ratio times 376 mg/cm3.
      EXPECT_NEAR(rod_hu(mindways_model_3()[rod], energies_kev[e]), expected_hu[rod][e], 0.7)
          << mindways_model_3()[rod].name << " at " << energies_kev[e] << " keV";
    }
  }
}

TEST(Attenuation, RodsRiseFromAToEAtEveryEnergy) {
  for (double kev = 60.0; kev <= 90.0; kev += 1.0) {
    for (std::size_t rod = 1; rod < 5; ++rod) {
      EXPECT_GT(rod_hu(mindways_model_3()[rod], kev), rod_hu(mindways_model_3()[rod - 1], kev)) << kev;
    }
  }
}

// Regression of HU - water on K2HPO4 over the rods, and the two published constants: slope - 0.2174, offset +
// 999.6.
TEST(Attenuation, PublishedFitOfTheRodsGivesTheTrueCalibration) {
  for (const double kev : {60.0, 66.0, 70.0, 77.0, 90.0}) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (const Rod& rod : mindways_model_3()) {
      const double mu = rod_hu(rod, kev) - rod.water_mg_cm3;
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

TEST(Attenuation, HydroxyapatiteFollowsTheTabulatedRatio) {
  constexpr std::array<std::array<double, 2>, 7> expected{
      {{60, 1.008}, {64, 1.016}, {68, 1.025}, {70, 1.029}, {74, 1.037}, {78, 1.046}, {80, 1.051}}};
  // Third decimal of a quotient of two numbers given to three decimals.
  for (const auto& [kev, kappa] : expected)
    EXPECT_NEAR(calibration_at(kev).ha_per_k2hpo4, kappa, 1.0e-3) << kev;
}

TEST(Attenuation, LowerTubeVoltageIsSofter) {
  EXPECT_LT(effective_energy_kev(100), effective_energy_kev(120));
  EXPECT_LT(effective_energy_kev(120), effective_energy_kev(140));
  EXPECT_DOUBLE_EQ(effective_energy_kev(120), 70.0);
}

}  // namespace
}  // namespace focalhip::simulator
