#include "analysis/calibration/fit_rods.h"

#include <cmath>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// Input and result published with the tests of Bonelab/Ogo (mindways calibration, serial 4541A): the
// reference implementation's own numbers.
std::vector<RodReading> ogo_readings() {
  return {{{"E", 375.83, 923.20}, {462.9364}},
          {{"D", 157.05, 1119.52}, {345.7381}},
          {{"C", 58.88, 1103.57}, {176.7120}},
          {{"B", -53.40, 1056.95}, {-35.3782}},
          {{"A", -51.83, 1012.25}, {-69.5492}}};
}

DensityScale scale_of(const RodFit& fit, const KappaPolicy& policy = {}) {
  return density_scale(fit.slope_hu_per_mg_cm3, fit.intercept_hu, MineralBasis::k2hpo4, policy);
}

TEST(FitRods, GivesTheNumbersOfThePublishedExample) {
  const RodFit fit = fit_rods(ogo_readings());
  // One unit of the last published digit: the source cuts digits off instead of rounding.
  EXPECT_NEAR(fit.slope_hu_per_mg_cm3, 1.466958, 1e-6);
  EXPECT_NEAR(fit.intercept_hu, -1009.7500, 1e-4);
  const DensityScale scale = scale_of(fit);
  EXPECT_NEAR(scale.sigma_ct_hu_per_mg_cm3, 1.249558, 1e-6);
  EXPECT_NEAR(scale.beta_ct_hu, -10.15005, 1e-5);
  EXPECT_NEAR(std::sqrt(fit.r_squared), 0.9998533, 1e-7);
}

TEST(FitRods, GivesSlopeAndInterceptOfTheDensityLine) {
  const RodFit fit = fit_rods(ogo_readings());
  Calibration calibration;
  calibration.sigma_ct_hu_per_mg_cm3 = scale_of(fit).sigma_ct_hu_per_mg_cm3;
  calibration.beta_ct_hu = scale_of(fit).beta_ct_hu;
  const double intercept = calibration.k2hpo4({0.0}, 0.0).value;
  EXPECT_NEAR(intercept, 8.12291, 1e-5);
  EXPECT_NEAR(calibration.k2hpo4({1.0}, 0.0).value - intercept, 0.800283, 1e-6);
}

TEST(FitRods, ResidualsAreMeasuredMinusFitted) {
  const RodFit fit = fit_rods(ogo_readings());
  const std::vector<double> expected{-1.8, 5.6, -3.5, -4.2, 4.0};  // science qct 2.1, one decimal
  ASSERT_EQ(fit.residual_hu.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(fit.residual_hu[i], expected[i], 0.05) << i;
  EXPECT_NEAR(fit.residual_max_hu, 5.6, 0.05);
}

// An ideal scanner: mu - water = sigma_ref * K - 1000 exactly.
TEST(FitRods, FindsAnIdealScannerExactly) {
  for (const double sigma_ref : {1.25, 1.587, 1.889}) {
    std::vector<RodReading> readings;
    for (const PhantomRod& rod : mindways_model_3().rods) {
      readings.push_back({rod, {rod.water_mg_cm3 + sigma_ref * rod.mineral_mg_cm3 - 1000.0}});
    }
    const RodFit fit = fit_rods(readings);
    EXPECT_NEAR(fit.slope_hu_per_mg_cm3, sigma_ref, 1e-12);  // rounding of doubles
    EXPECT_NEAR(scale_of(fit).beta_ct_hu, -0.4, 1e-9);  // a solution holds 999.6 mg/cm3 of water, not 1000
    EXPECT_NEAR(fit.r_squared, 1.0, 1e-12);
    EXPECT_NEAR(fit.residual_max_hu, 0.0, 1e-9);
  }
}

TEST(FitRods, ARodLeftOutShowsItsWholeError) {
  std::vector<RodReading> readings;
  for (const PhantomRod& rod : mindways_model_3().rods) {
    readings.push_back({rod, {rod.water_mg_cm3 + 1.5 * rod.mineral_mg_cm3 - 1000.0}});
  }
  readings[4].hu.value += 40.0;
  EXPECT_NEAR(leave_one_out_residual_hu(readings, 4), 40.0, 1e-9);
  // The same rod hardly shows it in the common fit: it has most of the weight.
  EXPECT_LT(fit_rods(readings).residual_hu[4], 10.0);
}

// Both minerals of the table of science qct 2.5 in one ideal scanner: whichever phantom lies in it, the scale
// of K2HPO4 is the same. The table's own rounding is 0.0005 of a ratio.
TEST(DensityScale, IsTheSameFromEitherMineral) {
  struct Row {
    double energy_kev, k2hpo4_ratio, ha_slope;
  };
  for (const Row& row : {Row{60, 1.889, 1.658}, Row{70, 1.587, 1.332}, Row{80, 1.365, 1.093}}) {
    const DensityScale from_k2hpo4 = density_scale(row.k2hpo4_ratio, -1000.0, MineralBasis::k2hpo4, {});
    const DensityScale from_ha = density_scale(row.ha_slope, 0.0, MineralBasis::hydroxyapatite, {});
    EXPECT_NEAR(from_ha.sigma_ct_hu_per_mg_cm3, from_k2hpo4.sigma_ct_hu_per_mg_cm3, 2e-3) << row.energy_kev;
    EXPECT_NEAR(from_ha.effective_energy_kev, row.energy_kev, 0.1);
    EXPECT_NEAR(from_k2hpo4.effective_energy_kev, row.energy_kev, 0.1);
  }
}

TEST(DensityScale, FollowsTheConversionOfTheSite) {
  // Plain line of an HA phantom: HU = 5 + 1.3 HA.
  const auto scale = [](const KappaPolicy& policy) {
    return density_scale(1.3, 5.0, MineralBasis::hydroxyapatite, policy);
  };
  const DensityScale none = scale({.rule = KappaRule::none});
  EXPECT_DOUBLE_EQ(none.sigma_ct_hu_per_mg_cm3, 1.3);
  EXPECT_DOUBLE_EQ(none.beta_ct_hu, 5.0);
  // HA = 1.2 K + 10: a voxel of 100 mg/cm3 HA reads 135 HU and holds 75 mg/cm3 K2HPO4.
  const DensityScale fixed = scale({.rule = KappaRule::fixed, .fixed_k = 1.2, .fixed_c_mg_cm3 = 10.0});
  EXPECT_NEAR((135.0 - fixed.beta_ct_hu) / fixed.sigma_ct_hu_per_mg_cm3, 75.0, 1e-9);
}

TEST(KappaPolicy, NamesRuleVersionAndParameters) {
  EXPECT_EQ(text_of({}), "energy/1");
  EXPECT_EQ(text_of({.rule = KappaRule::none}), "none/1");
  EXPECT_EQ(text_of({.rule = KappaRule::fixed, .fixed_k = 1.16, .fixed_c_mg_cm3 = -2.5}),
            "fixed/1 k=1.16 c=-2.5");
  EXPECT_FALSE(problems_in({.rule = KappaRule::fixed, .fixed_k = 3.0}).empty());
}

TEST(Calibration, ChangesAlongZBetweenTheEndsOfTheRodsOnly) {
  Calibration calibration;
  calibration.sigma_ct_hu_per_mg_cm3 = 1.5;
  calibration.beta_ct_hu = 10.0;
  calibration.sigma_ct_drift_hu_per_mg_cm3_per_mm = 0.001;
  calibration.beta_ct_drift_hu_per_mm = 0.1;
  calibration.rods_lowest_z_mm = -100.0;
  calibration.rods_highest_z_mm = 60.0;
  calibration.reference_z_mm = -20.0;
  EXPECT_NEAR(calibration.k2hpo4({310.0}, -20.0).value, 300.0 / 1.5, 1e-9);
  EXPECT_NEAR(calibration.k2hpo4({310.0}, 30.0).value, 295.0 / 1.55, 1e-9);
  EXPECT_NEAR(calibration.k2hpo4({310.0}, 500.0).value, 292.0 / 1.58, 1e-9);
  EXPECT_NEAR(calibration.k2hpo4({310.0}, -500.0).value, 308.0 / 1.42, 1e-9);
}

TEST(FitRods, TheDefaultCertificateIsThePublishedOne) {
  const Phantom phantom = mindways_model_3();
  const std::vector<RodReading> published = ogo_readings();
  ASSERT_EQ(phantom.rods.size(), 5U);
  for (const RodReading& reading : published) {
    const auto& rod = phantom.rods[static_cast<std::size_t>(reading.rod.name[0] - 'A')];
    EXPECT_EQ(rod.name, reading.rod.name);
    EXPECT_DOUBLE_EQ(rod.mineral_mg_cm3, reading.rod.mineral_mg_cm3);
    EXPECT_DOUBLE_EQ(rod.water_mg_cm3, reading.rod.water_mg_cm3);
  }
}

}  // namespace
}  // namespace focalhip
