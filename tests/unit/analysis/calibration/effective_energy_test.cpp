#include "analysis/calibration/effective_energy.h"

#include <vector>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// The table of science qct 2.5 (NIST mass attenuation coefficients).
struct Row {
  double energy_kev;
  double sigma_ref;
  double sigma_ct;
  double ha_slope;
  double kappa;
};
const std::vector<Row> table{{60, 1.889, 1.672, 1.658, 1.008},
                             {64, 1.756, 1.539, 1.514, 1.016},
                             {68, 1.640, 1.423, 1.389, 1.025},
                             {70, 1.587, 1.370, 1.332, 1.029},
                             {74, 1.491, 1.274, 1.228, 1.037},
                             {78, 1.405, 1.187, 1.135, 1.046},
                             {80, 1.365, 1.148, 1.093, 1.051},
                             {90, 1.250, 1.033, 0.968, 1.067}};

TEST(EffectiveEnergy, ReadsTheTableBackwards) {
  for (const Row& row : table) EXPECT_NEAR(effective_energy_kev(row.sigma_ref), row.energy_kev, 1e-9);
}

TEST(EffectiveEnergy, KappaIsThatOfTheTable) {
  // Both columns are rounded to three decimals; their quotient then is good to one unit of the third.
  for (const Row& row : table) {
    EXPECT_NEAR(ha_per_k2hpo4(row.energy_kev), row.kappa, 1.0e-3) << row.energy_kev;
    EXPECT_NEAR(k2hpo4_ratio(row.energy_kev) - 0.2174, row.sigma_ct, 6e-4) << row.energy_kev;
    EXPECT_NEAR(hydroxyapatite_ratio(row.energy_kev) - 0.3169, row.ha_slope, 1.1e-3) << row.energy_kev;
  }
}

TEST(EffectiveEnergy, FallsSteadilyWithTheSlopeBetweenTheRowsOfTheTable) {
  double before = effective_energy_kev(1.20);
  for (double sigma_ref = 1.21; sigma_ref < 1.95; sigma_ref += 0.01) {
    const double energy = effective_energy_kev(sigma_ref);
    EXPECT_LE(energy, before);
    before = energy;
  }
}

TEST(EffectiveEnergy, StaysWithinTheLimitsOfTheTable) {
  EXPECT_DOUBLE_EQ(effective_energy_kev(5.0), 58.0);
  EXPECT_DOUBLE_EQ(effective_energy_kev(0.5), 92.0);
  EXPECT_DOUBLE_EQ(ha_per_k2hpo4(20.0), ha_per_k2hpo4(58.0));
}

}  // namespace
}  // namespace focalhip
