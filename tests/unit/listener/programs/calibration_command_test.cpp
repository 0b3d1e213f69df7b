#include "listener/programs/calibration_command.h"

#include <fstream>
#include <sstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/calibration_file.h"
#include "tests/support/phantom_volume.h"
#include "tests/support/test_ct_writer.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using test::put;
using test::TestSeries;
using testing::HasSubstr;

class CalibrationCommand : public testing::Test {
 protected:
  int run(const std::vector<std::string>& args) {
    out_.str("");
    errors_.str("");
    return calibration_command(args, "20260120", out_, errors_);
  }
  // A phantom scan of 2 January 2026 as a scanner sends it.
  fs::path phantom_scan(const std::string& series_uid, bool with_table_height = true) {
    test::DrawnPhantom drawn;
    drawn.rods = test::mindways_rods(1.587);
    drawn.columns = drawn.rows = 280;
    drawn.slices = 36;
    const CtVolume ct = test::draw(drawn);
    TestSeries series;
    series.rows = drawn.rows;
    series.columns = drawn.columns;
    series.slices = drawn.slices;
    series.spacing_mm = drawn.spacing_mm;
    series.row_spacing_mm = series.column_spacing_mm = drawn.pixel_mm;
    series.first_x_mm = ct.grid.origin_patient_mm.x();
    series.first_y_mm = ct.grid.origin_patient_mm.y();
    series.first_z_mm = ct.grid.origin_patient_mm.z();
    series.series_uid = series_uid;
    series.word = [&](int column, int row, int slice) {
      return static_cast<std::uint16_t>(ct.hu[ct.grid.index(column, row, slice)] + 1024);
    };
    series.adjust = [&](DcmDataset& dataset, int) {
      put(dataset, DCM_AcquisitionDate, "20260102");
      put(dataset, DCM_AcquisitionTime, "081500.120");
      put(dataset, DCM_DeviceSerialNumber, "4711");
      if (with_table_height) put(dataset, DCM_TableHeight, "131.5");
    };
    const fs::path folder = folder_.path() / series_uid;
    test::write_series(series, folder);
    return folder;
  }
  [[nodiscard]] std::string file() const { return (folder_.path() / "calibrations.toml").string(); }
  void write(const std::string& text, const std::string& name) {
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
  }

  test::TemporaryFolder folder_;
  std::ostringstream out_;
  std::ostringstream errors_;
};

TEST_F(CalibrationCommand, EntersAPhantomScanOnce) {
  const std::string scan = phantom_scan("1.2.3.1").string();
  ASSERT_EQ(run({"enter", scan, "--file", file()}), 0) << errors_.str();
  EXPECT_THAT(out_.str(), HasSubstr("20260102, serial 4711, 120 kVp, kernel FC13, mindways-3"));

  const auto loaded = load_calibration_file(file());
  ASSERT_TRUE(std::holds_alternative<std::vector<LocatedEntry>>(loaded));
  const auto& entries = std::get<std::vector<LocatedEntry>>(loaded);
  ASSERT_EQ(entries.size(), 1U);
  const CalibrationEntry& entry = entries[0].entry;
  EXPECT_EQ(entry.time, "081500");
  EXPECT_EQ(entry.table_height_mm, 131.5);
  EXPECT_EQ(entry.series_instance_uid, "1.2.3.1");
  EXPECT_NEAR(entry.sigma_ct_hu_per_mg_cm3 / 1.3696, 1.0, 0.005);

  EXPECT_EQ(run({"enter", scan, "--file", file()}), 2);
  EXPECT_THAT(errors_.str(), HasSubstr("already entered"));
  ASSERT_EQ(run({"enter", phantom_scan("1.2.3.2").string(), "--file", file()}), 0) << errors_.str();
  EXPECT_EQ(std::get<std::vector<LocatedEntry>>(load_calibration_file(file())).size(), 2U);
}

TEST_F(CalibrationCommand, RefusesAScanThatLaterSeriesCannotBeComparedWith) {
  EXPECT_EQ(run({"enter", phantom_scan("1.2.3.1", false).string(), "--file", file()}), 3);
  EXPECT_THAT(errors_.str(), HasSubstr("table_height_mm"));
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(CalibrationCommand, RefusesAScanWithoutPhantom) {
  test::write_series(TestSeries{}, folder_.path() / "air");
  EXPECT_EQ(run({"enter", (folder_.path() / "air").string(), "--file", file()}), 3);
  EXPECT_THAT(errors_.str(), HasSubstr("R_"));
}

TEST_F(CalibrationCommand, CheckTellsAgesAndWhatHasExpired) {
  const CalibrationEntry young{.date = "20260102",
                               .device_serial_number = "1",
                               .kernel = "B30f",
                               .phantom = "mindways-3",
                               .kappa_policy = "energy/1"};
  CalibrationEntry old = young;
  old.date = "20251201";
  CalibrationEntry coming = young;
  coming.date = "20260201";
  write(calibration_file_header() + entry_text(young) + entry_text(old) + entry_text(coming),
        "calibrations.toml");
  EXPECT_EQ(run({"check", "--file", file()}), 0);
  EXPECT_THAT(out_.str(), HasSubstr(":5: 20260102"));
  EXPECT_THAT(out_.str(), HasSubstr("18 days old, serves until 20260202"));
  EXPECT_THAT(out_.str(), HasSubstr("50 days old, expired: served until 20260101"));
  EXPECT_THAT(out_.str(), HasSubstr("dated after this day"));
  EXPECT_EQ(run({"check", "--file", file(), "--date", "20260102", "--days", "5"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("0 days old, serves until 20260107"));
}

TEST_F(CalibrationCommand, CheckNamesEveryProblemWithItsLine) {
  write(
      "[[entry]]\ndate = \"20260230\"\nkvp = 120\nkernel = \"\"\nfield_of_view_mm = 500\ntable_height_mm = "
      "1\n"
      "sigma_ct = 1.4\nbeta_ct = 0\neffective_energy_kev = 70\nkappa_policy = \"energy/1\"\ngrade = \"A\"\n"
      "[[entry]]\nsigma_ct = 14\nsigma = 1\n",
      "calibrations.toml");
  EXPECT_EQ(run({"check", "--file", file()}), 2);
  for (const char* problem : {":2: entry[0].date: a day as",
                              ":4: entry[0].kernel: needed",
                              "entry[0].serial: needed",
                              ":13: entry[1].sigma_ct: must be a number from 0.8 to 2.5",
                              ":12: entry[1].date: missing",
                              ":14: entry[1].sigma: unknown key"}) {
    EXPECT_THAT(errors_.str(), HasSubstr(problem));
  }
  EXPECT_EQ(run({"check", "--file", (folder_.path() / "none.toml").string()}), 2);
}

TEST_F(CalibrationCommand, TheConfigurationNamesFileAndDays) {
  write("[calibration]\nasynchronous_file = \"calibrations.toml\"\nasynchronous_days = 3\n", "focalhip.toml");
  const std::string config = (folder_.path() / "focalhip.toml").string();
  ASSERT_EQ(run({"enter", phantom_scan("1.2.3.1").string(), "--config", config}), 0) << errors_.str();
  EXPECT_EQ(run({"check", "--config", config}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("18 days old, expired: served until 20260105"));
}

TEST_F(CalibrationCommand, WrongUsageIsStatusTwo) {
  EXPECT_EQ(run({"enter"}), 2);
  EXPECT_EQ(run({"enter", "/nowhere", "--file", file()}), 2);
  EXPECT_EQ(run({"check"}), 2);
  EXPECT_EQ(run({"forget", "--file", file()}), 2);
  EXPECT_EQ(run({"check", "--file", file(), "--date", "20261301"}), 2);
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("calibration enter"));
}

}  // namespace
}  // namespace focalhip
