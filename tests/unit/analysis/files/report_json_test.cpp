#include "analysis/files/report_json.h"

#include <fstream>
#include <limits>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analysis/femur/precision.h"

namespace focalhip {
namespace {

using nlohmann::json;
using testing::HasSubstr;

FemurMeasurement example_femur() {
  FemurMeasurement femur;
  femur.side = Side::right;
  femur.grade = Grade::b;
  femur.frame.head_centre_patient_mm = {-88.0, 9.5, 1106.0};
  femur.frame.head_radius_mm = 24.5;
  femur.frame.neck_shaft_angle_rad = 128.0 * std::numbers::pi / 180.0;
  femur.vois[static_cast<std::size_t>(VoiName::th)] = {.abmd_mg_cm2 = 850.0,
                                                       .area_mm2 = 3900.0,
                                                       .bmc_mg = 33150.0,
                                                       .vbmd_mg_cm3 = 270.5,
                                                       .trabecular_vbmd_mg_cm3 = std::nullopt,
                                                       .cortical_vbmd_mg_cm3 = 610.0,
                                                       .volume_mm3 = 122000.0};
  return femur;
}

HipReport example_report() {
  HipReport report;
  report.software = {.name = "FocalHip", .version = "1.2.3", .build = "Release"};
  report.subject = {.sex = Sex::female,
                    .age_years = 72.0,
                    .height_cm = 160.0,
                    .weight_kg = std::nullopt,
                    .t2dm = DiabetesStatus::yes};
  report.grade = Grade::b;
  report.notes = {{NoteCode::atlas_none, "densitometry only"}};
  report.calibration = Calibration{};
  report.calibration->phantom = "mindways-3";
  report.calibration->sigma_ct_hu_per_mg_cm3 = 1.25;
  report.calibration->beta_ct_hu = -10.1;
  report.calibration->in_plane_psf_sigma_mm = 0.53;
  report.calibration->rods = {
      {.name = "A", .mean_hu = -69.5, .expected_mg_cm3 = -51.83, .centre_patient_mm = {1, 2, 3}}};
  report.femurs.push_back({.side = Side::right, .used_for_atlas = true, .outcome = example_femur()});
  report.femurs.push_back({.side = Side::left,
                           .used_for_atlas = false,
                           .outcome = UnmeasuredFemur{.reason = {RefusalCode::metal, "implant"},
                                                      .head_centre_patient_mm = std::nullopt,
                                                      .head_radius_mm = std::nullopt,
                                                      .notes = {}}});
  return report;
}

json parsed(const HipReport& report) { return json::parse(report_json(report, {"1.2", "1.1"})); }

// Paths of all keys, array elements as [].
void collect_keys(const json& value, const std::string& path, std::vector<std::string>& keys) {
  if (value.is_array()) {
    for (const json& element : value) collect_keys(element, path + "[]", keys);
  }
  if (!value.is_object()) return;
  for (const auto& [key, inner] : value.items()) {
    keys.push_back(path + "." + key);
    collect_keys(inner, path + "." + key, keys);
  }
}

TEST(ReportJson, ClaimsNoChangeWhereThePrecisionIsNotKnown) {
  HipReport report = example_report();
  for (FemurResult& femur : report.femurs) {
    if (auto* measured = std::get_if<FemurMeasurement>(&femur.outcome)) measured->precision_holds = false;
  }
  const json th = parsed(report)["femurs"][0]["vois"]["TH"];
  for (const auto& [key, value] : th["least_significant_change"].items()) EXPECT_TRUE(value.is_null()) << key;
  EXPECT_DOUBLE_EQ(th["abmd_g_cm2"], 0.85);
}

TEST(ReportJson, ConvertsIntoTheUnitsOfItsKeys) {
  const json report = parsed(example_report());
  const json th = report["femurs"][0]["vois"]["TH"];
  const double change = least_significant_change(VoiName::th, VoiQuantity::abmd).value_or(0.0);
  EXPECT_DOUBLE_EQ(th["least_significant_change"]["abmd_g_cm2"].get<double>(), change / 1000.0);
  EXPECT_DOUBLE_EQ(th["abmd_g_cm2"], 0.85);
  EXPECT_DOUBLE_EQ(th["area_cm2"], 39.0);
  EXPECT_DOUBLE_EQ(th["bmc_g"], 33.15);
  EXPECT_DOUBLE_EQ(th["volume_cm3"], 122.0);
  EXPECT_DOUBLE_EQ(th["vbmd_mg_cm3"], 270.5);
  EXPECT_NEAR(report["femurs"][0]["neck_shaft_angle_deg"].get<double>(), 128.0, 1e-12);  // one rounding
  // The identity aBMD = BMC / area survives the change of units.
  EXPECT_NEAR(
      th["bmc_g"].get<double>() / th["area_cm2"].get<double>(), th["abmd_g_cm2"].get<double>(), 1e-12);
}

TEST(ReportJson, WritesNullForWhatIsMissing) {
  const json report = parsed(example_report());
  EXPECT_TRUE(report["subject"]["weight_kg"].is_null());
  EXPECT_TRUE(report["femurs"][0]["vois"]["TH"]["trabecular_vbmd_mg_cm3"].is_null());
  EXPECT_TRUE(report["femurs"][0]["vois"]["FN"]["abmd_g_cm2"].is_null());
  EXPECT_TRUE(report["femurs"][1]["head_centre_mm"].is_null());
  EXPECT_TRUE(report["femurs"][1]["vois"].is_null());
  EXPECT_TRUE(report["refusal"].is_null());
  EXPECT_TRUE(parsed(HipReport{})["calibration"].is_null());
  EXPECT_TRUE(parsed(HipReport{})["psf"]["in_plane_sigma_mm"].is_null());
}

TEST(ReportJson, NamesWhyAFemurOrASeriesWasNotMeasured) {
  HipReport report = example_report();
  report.refusal = NotMeasured{RefusalCode::no_phantom, "no rods"};
  const json written = parsed(report);
  EXPECT_EQ(written["refusal"], (json{{"code", "R_NO_PHANTOM"}, {"detail", "no rods"}}));
  EXPECT_EQ(written["femurs"][1]["not_measured"], (json{{"code", "R_METAL"}, {"detail", "implant"}}));
  EXPECT_TRUE(written["femurs"][0]["not_measured"].is_null());
  EXPECT_EQ(written["notes"][0], (json{{"code", "ATLAS_NONE"}, {"detail", "densitometry only"}}));
}

TEST(ReportJson, KeepsTheWordsOfTheInterface) {
  const json report = parsed(example_report());
  EXPECT_EQ(report["schema"], 1);
  EXPECT_EQ(report["series_instance_uid"], "1.2");
  EXPECT_EQ(report["study_instance_uid"], "1.1");
  EXPECT_EQ(report["subject"]["sex"], "F");
  EXPECT_EQ(report["subject"]["t2dm"], "yes");
  EXPECT_EQ(report["grade"], "B");
  EXPECT_EQ(report["calibration"]["method"], "phantom");
  EXPECT_EQ(report["calibration"]["sigma_basis"], "K2HPO4");
  EXPECT_EQ(report["femurs"][0]["side"], "right");
  EXPECT_EQ(report["femurs"][0]["vois"]["mineral_basis"], "K2HPO4");
  EXPECT_EQ(report["atlas"], json::array());
}

TEST(ReportJson, SaysWhereACalibrationWithoutRodsComesFrom) {
  HipReport report = example_report();
  Calibration& calibration = *report.calibration;
  calibration.method = CalibrationMethod::asynchronous;
  calibration.rods.clear();
  calibration.source = CalibrationSource{.date = "20261120", .age_days = 11, .series_instance_uid = "1.9"};
  json written = parsed(report)["calibration"];
  EXPECT_EQ(written["method"], "asynchronous");
  EXPECT_EQ(written["phantom"], "mindways-3");
  EXPECT_EQ(written["source"],
            (json{{"date", "20261120"}, {"age_days", 11}, {"series_instance_uid", "1.9"}}));
  EXPECT_TRUE(written["r_squared"].is_null());
  EXPECT_TRUE(written["phantom_basis"].is_null());
  EXPECT_EQ(written["rods"], json::array());

  calibration.method = CalibrationMethod::internal;
  calibration.phantom.clear();
  calibration.source.reset();
  calibration.density_uncertainty = 0.1;
  calibration.kappa_policy = {.rule = KappaRule::fixed, .fixed_k = 1.16, .fixed_c_mg_cm3 = 0.0};
  written = parsed(report)["calibration"];
  EXPECT_EQ(written["method"], "internal");
  EXPECT_TRUE(written["phantom"].is_null());
  EXPECT_TRUE(written["source"].is_null());
  EXPECT_EQ(written["density_uncertainty"], 0.1);
  EXPECT_EQ(written["kappa_policy"], "fixed/1 k=1.16 c=0");
}

// The example of the interface's page, read from there: every key of it that belongs to what is measured so
// far must be in the file. Parts of later stages are null or empty there, so their inner keys cannot show.
TEST(ReportJson, HasEveryKeyOfTheInterface) {
  std::ifstream page(std::filesystem::path(FOCALHIP_SHARED_DIR) / "INTERFACE.md");
  if (!page) GTEST_SKIP() << "the interface's page is not beside the source";
  const std::string text{std::istreambuf_iterator<char>(page), {}};
  const std::size_t begin = text.find("```json\n{\"schema\": 1") + 8;
  const json example = json::parse(text.substr(begin, text.find("```", begin) - begin));
  std::vector<std::string> wanted;
  std::vector<std::string> written;
  collect_keys(example, "", wanted);
  collect_keys(parsed(example_report()), "", written);
  for (const std::string& key : wanted) {
    const bool later = key.starts_with(".femurs[].cortex.") || key.starts_with(".femurs[].registration.") ||
                       key.starts_with(".femurs[].comparisons[]") || key.starts_with(".femurs[].patches[]") ||
                       key.starts_with(".femurs[].odds_ratios[]") || key.starts_with(".atlas[]");
    if (later) continue;
    EXPECT_THAT(written, testing::Contains(key));
  }
}

TEST(ReportJson, FailsRatherThanWriteWhatIsNotANumber) {
  HipReport report = example_report();
  report.calibration->beta_ct_hu = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW((void)report_json(report, {}), std::runtime_error);
  report = example_report();
  report.notes[0].detail = "\xfc";
  EXPECT_THROW((void)report_json(report, {}), std::runtime_error);
}

TEST(ReportJson, IsTheSameTextForTheSameReport) {
  EXPECT_EQ(report_json(example_report(), {"1", "2"}), report_json(example_report(), {"1", "2"}));
  EXPECT_EQ(report_json(example_report(), {}).substr(0, 16), "{\n  \"schema\": 1,");
}

}  // namespace
}  // namespace focalhip
