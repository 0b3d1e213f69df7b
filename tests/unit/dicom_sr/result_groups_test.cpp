#include "dicom_sr/result_groups.h"

#include <limits>

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_results.h"

namespace focalhip {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> tracking_ids(const std::vector<ResultGroup>& groups) {
  std::vector<std::string> ids;
  for (const ResultGroup& group : groups) ids.push_back(group.tracking_id);
  return ids;
}

std::vector<std::string> numbers(const ResultGroup& group) {
  std::vector<std::string> result;
  for (const ResultValue& value : group.values) result.push_back(value.number.value_or("none"));
  return result;
}

TEST(ResultGroups, FollowRightThenLeftThenGeometryThenCalibration) {
  EXPECT_THAT(tracking_ids(result_groups(test::both_sides_report())),
              ElementsAre("R-FN",
                          "R-TR",
                          "R-IT",
                          "R-TH",
                          "L-FN",
                          "L-TR",
                          "L-IT",
                          "L-TH",
                          "R-FN-CTX",
                          "R-TR-CTX",
                          "R-IT-CTX",
                          "R-TH-CTX",
                          "L-FN-CTX",
                          "L-TR-CTX",
                          "L-IT-CTX",
                          "L-TH-CTX",
                          "R-GEO",
                          "L-GEO",
                          "CALIB"));
  EXPECT_THAT(
      tracking_ids(result_groups(test::one_side_report())),
      ElementsAre(
          "L-FN", "L-TR", "L-IT", "L-TH", "L-FN-CTX", "L-TR-CTX", "L-IT-CTX", "L-TH-CTX", "L-GEO", "CALIB"));
  EXPECT_TRUE(result_groups(test::refused_report_with_pictures()).empty());
}

// Converted by hand from the native units below.
TEST(ResultGroups, ConvertNativeUnitsToThoseOfTheReport) {
  HipReport report = test::both_sides_report();
  std::get<FemurMeasurement>(report.femurs[0].outcome).vois[0] = {.abmd_mg_cm2 = 612.44,
                                                                  .area_mm2 = 521.4,
                                                                  .bmc_mg = 3193.3,
                                                                  .vbmd_mg_cm3 = 248.64,
                                                                  .trabecular_vbmd_mg_cm3 = 104.46,
                                                                  .cortical_vbmd_mg_cm3 = 646.31,
                                                                  .volume_mm3 = 14872.0};
  const std::vector<ResultGroup> groups = result_groups(report);
  const ResultGroup* neck = find_group(groups, Side::right, VoiName::fn);
  ASSERT_NE(neck, nullptr);
  EXPECT_THAT(numbers(*neck), ElementsAre("0.612", "248.6", "5.21", "14.87", "3.19", "104.5", "646.3"));
}

TEST(ResultGroups, TellTheCortexOfARegionAndHowMuchOfItsDensityIsAssumed) {
  HipReport report = test::both_sides_report();
  report.femurs[0].cortex->regions[1] = CortexMeans{.vertices = 900,
                                                    .area_mm2 = 2500.0,
                                                    .cth_mm = 0.8349,
                                                    .cm_mg_cm2 = 93.26,
                                                    .cbmd_mg_cm3 = 1117.4,
                                                    .ectd_mg_cm3 = -3.21,
                                                    .density_from_prior_share = 0.834,
                                                    .told_cbmd_mg_cm3 = {}};
  const std::vector<ResultGroup> groups = result_groups(report);
  const ResultGroup* cortex = find_cortex_group(groups, Side::right, VoiName::tr);
  ASSERT_NE(cortex, nullptr);
  EXPECT_THAT(numbers(*cortex), ElementsAre("0.83", "93.3", "1117", "-3.2", "83"));
  EXPECT_EQ(cortex->method, codes::cortical_bone_mapping);
  EXPECT_NE(find_group(groups, Side::right, VoiName::tr), cortex);
  report.femurs[0].cortex->regions[1].reset();
  EXPECT_EQ(find_cortex_group(result_groups(report), Side::right, VoiName::tr), nullptr);
  report.femurs[0].cortex.reset();
  EXPECT_EQ(find_cortex_group(result_groups(report), Side::right, VoiName::fn), nullptr);
}

// sigma 1.25 HU per mg/cm3 and beta -10 HU: density = 0.8 HU + 8.
TEST(ResultGroups, GiveSlopeAndInterceptOfTheMindwaysEquation) {
  HipReport report = test::both_sides_report();
  report.calibration->sigma_ct_hu_per_mg_cm3 = 1.25;
  report.calibration->beta_ct_hu = -10.0;
  report.calibration->rods[4].used = false;
  const ResultGroup calibration = result_groups(report).back();
  EXPECT_EQ(calibration.values[0].number, "0.8000");
  EXPECT_EQ(calibration.values[1].number, "8.00");
  EXPECT_EQ(calibration.values[7].quantity, codes::rods_used);
  EXPECT_EQ(calibration.values[7].number, "4");
  EXPECT_EQ(calibration.method, codes::phantom_calibration);
}

bool states(const ResultGroup& group, const Code& quantity) {
  return std::ranges::any_of(group.values,
                             [&](const ResultValue& value) { return value.quantity == quantity; });
}

TEST(ResultGroups, SayWhatACalibrationWithoutRodsIsAndNothingOfRods) {
  const ResultGroup asynchronous = result_groups(test::asynchronous_report()).back();
  EXPECT_EQ(asynchronous.method, codes::asynchronous_calibration);
  const ResultGroup internal = result_groups(test::internal_report()).back();
  EXPECT_EQ(internal.method, codes::internal_calibration);
  for (const ResultGroup* group : {&asynchronous, &internal}) {
    EXPECT_TRUE(states(*group, codes::sigma_ct));
    for (const Code& quantity : {codes::rods_used, codes::calibration_r_squared, codes::residual_sd}) {
      EXPECT_FALSE(states(*group, quantity)) << quantity.meaning;
    }
  }
}

// 0.0002 HU per mg/cm3 and mm are 0.002 per cm.
TEST(ResultGroups, StateTheChangeAlongZPerCentimetre) {
  HipReport report = test::both_sides_report();
  EXPECT_FALSE(states(result_groups(report).back(), codes::beta_ct_drift));
  report.calibration->sigma_ct_drift_hu_per_mg_cm3_per_mm = 0.0002;
  report.calibration->beta_ct_drift_hu_per_mm = -0.05;
  std::map<std::string_view, std::string> found;
  const ResultGroup calibration = result_groups(report).back();
  for (const ResultValue& value : calibration.values) {
    found[value.quantity.value] = value.number.value_or("");
  }
  EXPECT_EQ(found[codes::sigma_ct_drift.value], "0.00200");
  EXPECT_EQ(found[codes::beta_ct_drift.value], "-0.500");
}

TEST(ResultGroups, SayWhyANumberIsMissing) {
  const std::vector<ResultGroup> groups = result_groups(test::missing_values_report());
  const ResultGroup* neck = find_group(groups, Side::right, VoiName::fn);
  const ResultGroup* trochanter = find_group(groups, Side::right, VoiName::tr);
  EXPECT_EQ(neck->values[0].number, std::nullopt);
  EXPECT_EQ(neck->values[0].missing, codes::measurement_failure);
  EXPECT_EQ(trochanter->values[1].number, std::nullopt);
  EXPECT_EQ(trochanter->values[1].missing, codes::not_a_number);
}

TEST(ResultGroups, StateTheMineralOfEveryDensityAndMass) {
  for (const ResultGroup& group : result_groups(test::both_sides_report())) {
    for (const ResultValue& value : group.values) {
      const bool is_density = value.unit == codes::unit_g_cm2 || value.unit == codes::unit_mg_cm3 ||
                              value.unit == codes::unit_g || value.unit == codes::unit_mg_cm3_per_hu ||
                              value.unit == codes::unit_mg_cm2;
      const bool is_cortex = group.finding == codes::cortical_region;
      EXPECT_EQ(value.is_k2hpo4, is_density && !is_cortex)
          << group.tracking_id << " " << value.quantity.meaning;
      EXPECT_EQ(value.is_hydroxyapatite, is_density && is_cortex)
          << group.tracking_id << " " << value.quantity.meaning;
    }
  }
}

// The labels of the fake are drawn around these places; 15 mm is half the height of a region.
TEST(ResultGroups, LieInTheirRegion) {
  const std::vector<ResultGroup> groups = result_groups(test::both_sides_report());
  const ResultGroup* right = find_group(groups, Side::right, VoiName::fn);
  const ResultGroup* left = find_group(groups, Side::left, VoiName::fn);
  EXPECT_NEAR(right->centre_patient_mm.x(), -108.0, 15.0);
  EXPECT_NEAR(left->centre_patient_mm.x(), 108.0, 15.0);
  EXPECT_NEAR(right->centre_patient_mm.z(), 100.0, 15.0);
}

}  // namespace
}  // namespace focalhip
