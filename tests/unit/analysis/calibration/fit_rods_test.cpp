#include "analysis/calibration/fit_mindways.h"

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

TEST(FitMindways, GivesTheNumbersOfThePublishedExample) {
  const MindwaysFit fit = fit_mindways(ogo_readings());
  // One unit of the last published digit: the source cuts digits off instead of rounding.
  EXPECT_NEAR(fit.sigma_ref, 1.466958, 1e-6);
  EXPECT_NEAR(fit.beta_ref_hu, -1009.7500, 1e-4);
  EXPECT_NEAR(fit.sigma_ct_hu_per_mg_cm3(), 1.249558, 1e-6);
  EXPECT_NEAR(fit.beta_ct_hu(), -10.15005, 1e-5);
  EXPECT_NEAR(std::sqrt(fit.r_squared), 0.9998533, 1e-7);
}

TEST(FitMindways, GivesSlopeAndInterceptOfTheDensityLine) {
  const MindwaysFit fit = fit_mindways(ogo_readings());
  Calibration calibration;
  calibration.sigma_ct_hu_per_mg_cm3 = fit.sigma_ct_hu_per_mg_cm3();
  calibration.beta_ct_hu = fit.beta_ct_hu();
  const double intercept = calibration.k2hpo4({0.0}).value;
  EXPECT_NEAR(intercept, 8.12291, 1e-5);
  EXPECT_NEAR(calibration.k2hpo4({1.0}).value - intercept, 0.800283, 1e-6);
}

TEST(FitMindways, ResidualsAreMeasuredMinusFitted) {
  const MindwaysFit fit = fit_mindways(ogo_readings());
  const std::vector<double> expected{-1.8, 5.6, -3.5, -4.2, 4.0};  // science qct 2.1, one decimal
  ASSERT_EQ(fit.residual_hu.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(fit.residual_hu[i], expected[i], 0.05) << i;
  EXPECT_NEAR(fit.residual_max_hu, 5.6, 0.05);
}

// An ideal scanner: mu - water = sigma_ref * K - 1000 exactly.
TEST(FitMindways, FindsAnIdealScannerExactly) {
  for (const double sigma_ref : {1.25, 1.587, 1.889}) {
    std::vector<RodReading> readings;
    for (const PhantomRod& rod : mindways_model_3().rods) {
      readings.push_back({rod, {rod.water_mg_cm3 + sigma_ref * rod.k2hpo4_mg_cm3 - 1000.0}});
    }
    const MindwaysFit fit = fit_mindways(readings);
    EXPECT_NEAR(fit.sigma_ref, sigma_ref, 1e-12);  // rounding of doubles
    EXPECT_NEAR(fit.beta_ct_hu(), -0.4, 1e-9);     // a solution holds 999.6 mg/cm3 of water, not 1000
    EXPECT_NEAR(fit.r_squared, 1.0, 1e-12);
    EXPECT_NEAR(fit.residual_max_hu, 0.0, 1e-9);
  }
}

TEST(FitMindways, ARodLeftOutShowsItsWholeError) {
  std::vector<RodReading> readings;
  for (const PhantomRod& rod : mindways_model_3().rods) {
    readings.push_back({rod, {rod.water_mg_cm3 + 1.5 * rod.k2hpo4_mg_cm3 - 1000.0}});
  }
  readings[4].hu.value += 40.0;
  EXPECT_NEAR(leave_one_out_residual_hu(readings, 4), 40.0, 1e-9);
  // The same rod hardly shows it in the common fit: it has most of the weight.
  EXPECT_LT(fit_mindways(readings).residual_hu[4], 10.0);
}

TEST(FitMindways, TheDefaultCertificateIsThePublishedOne) {
  const Phantom phantom = mindways_model_3();
  const std::vector<RodReading> published = ogo_readings();
  ASSERT_EQ(phantom.rods.size(), 5U);
  for (const RodReading& reading : published) {
    const auto& rod = phantom.rods[static_cast<std::size_t>(reading.rod.name[0] - 'A')];
    EXPECT_EQ(rod.name, reading.rod.name);
    EXPECT_DOUBLE_EQ(rod.k2hpo4_mg_cm3, reading.rod.k2hpo4_mg_cm3);
    EXPECT_DOUBLE_EQ(rod.water_mg_cm3, reading.rod.water_mg_cm3);
  }
}

}  // namespace
}  // namespace focalhip
