#include "analysis/calibration/asynchronous.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/calibration/calibrate.h"
#include "tests/support/phantom_volume.h"

namespace focalhip {
namespace {

CtVolume series() {
  CtVolume ct;
  ct.acquisition = {.kvp = 120.0,
                    .reconstruction_diameter_mm = 500.0,
                    .table_height_mm = 120.0,
                    .acquisition_date = "20261201",
                    .kernel = "B30f",
                    .model = "M",
                    .station_name = "CT1",
                    .device_serial_number = "4711"};
  return ct;
}

CalibrationEntry entry(const std::string& date = "20261120") {
  return {.date = date,
          .time = "080000",
          .device_serial_number = "4711",
          .station_name = "CT1",
          .model = "M",
          .kvp = 120.0,
          .kernel = "B30f",
          .field_of_view_mm = 480.0,
          .table_height_mm = 131.0,
          .phantom = "mindways-3",
          .sigma_ct_hu_per_mg_cm3 = 1.40,
          .beta_ct_hu = -2.0,
          .effective_energy_kev = 69.0,
          .kappa_policy = "energy/1",
          .in_plane_psf_sigma_mm = 0.55,
          .series_instance_uid = "1.2.3"};
}

EntryChoice choice(const CtVolume& ct, const std::vector<CalibrationEntry>& entries) {
  return choose_entry(ct, entries, {}, 31);
}

TEST(DayNumber, CountsDaysAcrossMonthsAndLeapYears) {
  EXPECT_EQ(day_number("19700101"), 0);
  EXPECT_EQ(*day_number("20240301") - *day_number("20240228"), 2);
  EXPECT_EQ(*day_number("20261201") - *day_number("20261031"), 31);
  for (const char* bad : {"", "20260230", "2026120", "2026-1-1", "20261301"}) EXPECT_FALSE(day_number(bad));
}

TEST(ChooseEntry, ServesASeriesMadeAlike) {
  const std::vector<CalibrationEntry> entries{entry()};
  const EntryChoice found = choice(series(), entries);
  ASSERT_EQ(found.entry, &entries[0]);
  EXPECT_EQ(found.age_days, 11);
}

TEST(ChooseEntry, TakesTheYoungestAndOfOneDayTheLatest) {
  CalibrationEntry later = entry("20261125");
  later.time = "150000";
  const std::vector<CalibrationEntry> entries{later, entry("20261125"), entry("20261101"), entry("20261202")};
  EXPECT_EQ(choice(series(), entries).entry, &entries[0]);  // 2 December is after the series
}

// 31 days serve, 32 do not; the day itself serves, the day after does not.
TEST(ChooseEntry, CountsTheAgeFromTheDateOfTheSeries) {
  EXPECT_EQ(choice(series(), std::vector{entry("20261031")}).age_days, 31);
  EXPECT_THAT(choice(series(), std::vector{entry("20261030")}).why_none, testing::HasSubstr("32 days old"));
  EXPECT_NE(choice(series(), std::vector{entry("20261201")}).entry, nullptr);
  EXPECT_THAT(choice(series(), std::vector{entry("20261202")}).why_none,
              testing::HasSubstr("after this series"));
}

TEST(ChooseEntry, EveryConditionIsAsked) {
  const std::vector<CalibrationEntry> entries{entry()};
  struct Change {
    std::function<void(CtVolume&)> apply;
    std::string reason;
  };
  const std::vector<Change> changes{
      {[](CtVolume& ct) { ct.acquisition.device_serial_number = "4712"; }, "none of this scanner"},
      {[](CtVolume& ct) { ct.acquisition.kvp = 100.0; }, "120 kVp"},
      {[](CtVolume& ct) { ct.acquisition.kvp.reset(); }, "120 kVp"},
      {[](CtVolume& ct) { ct.acquisition.kernel = "B70f"; }, "kernel B30f"},
      {[](CtVolume& ct) { ct.acquisition.reconstruction_diameter_mm = 350.0; }, "field of view"},
      {[](CtVolume& ct) { ct.acquisition.table_height_mm = 110.9; }, "table height 131 mm"},
      {[](CtVolume& ct) { ct.acquisition.table_height_mm.reset(); }, "no table height"},
      {[](CtVolume& ct) { ct.acquisition.acquisition_date.clear(); }, "no acquisition date"}};
  for (const Change& change : changes) {
    CtVolume ct = series();
    change.apply(ct);
    const EntryChoice found = choice(ct, entries);
    EXPECT_EQ(found.entry, nullptr) << change.reason;
    EXPECT_THAT(found.why_none, testing::HasSubstr(change.reason));
  }
  EXPECT_EQ(choose_entry(series(), entries, {.rule = KappaRule::none}, 31).entry, nullptr);
}

TEST(ChooseEntry, WithoutSerialNumberStationAndModelTellTheScanner) {
  CtVolume ct = series();
  ct.acquisition.device_serial_number.clear();
  EXPECT_NE(choice(ct, std::vector{entry()}).entry, nullptr);
  ct.acquisition.station_name = "CT2";
  EXPECT_EQ(choice(ct, std::vector{entry()}).entry, nullptr);
}

TEST(CalibrationFromEntry, HoldsTheScaleAndTheGradeB) {
  const Calibration calibration = calibration_from(entry(), 11, {});
  EXPECT_EQ(calibration.method, CalibrationMethod::asynchronous);
  EXPECT_EQ(calibration.grade, Grade::b);
  EXPECT_DOUBLE_EQ(calibration.k2hpo4({138.0}, 0.0).value, 100.0);
  EXPECT_NEAR(calibration.ha_per_k2hpo4, 1.027, 0.001);  // between 1.025 and 1.029, science qct 2.5
  ASSERT_TRUE(calibration.source);
  EXPECT_EQ(calibration.source->age_days, 11);
  EXPECT_EQ(calibration.source->series_instance_uid, "1.2.3");
  EXPECT_FALSE(calibration.r_squared);
  EXPECT_TRUE(calibration.rods.empty());
  ASSERT_EQ(calibration.notes.size(), 1U);
  EXPECT_EQ(calibration.notes[0].code, NoteCode::calibration_asynchronous);
}

TEST(EntryOf, NamesEverythingThatIsMissing) {
  CtVolume ct = series();
  EXPECT_EQ(entry_of(ct, {}, "1.2").series_instance_uid, "1.2");
  ct.acquisition.station_name = std::string(70, 'x');
  EXPECT_THROW(static_cast<void>(entry_of(ct, {}, "1.2")), Refusal);
  ct.acquisition.station_name = "CT1";
  ct.acquisition.kernel.clear();
  ct.acquisition.table_height_mm.reset();
  ct.acquisition.acquisition_date = "unknown";
  try {
    static_cast<void>(entry_of(ct, {}, "1.2"));
    FAIL() << "entered";
  } catch (const Refusal& refusal) {
    for (const char* key : {"date", "kernel", "table_height_mm"}) {
      EXPECT_THAT(refusal.what(), testing::HasSubstr(key));
    }
  }
}

// A phantom scan is entered; a scan of a patient without phantom on the same scanner is then measured by it.
TEST(Calibrate, UsesAnEntryWhenThereAreNoRods) {
  test::DrawnPhantom drawn;
  drawn.rods = test::mindways_rods(1.587);
  CtVolume phantom_scan = test::draw(drawn);
  phantom_scan.acquisition = series().acquisition;
  CalibrationOptions options;
  options.entries = {entry_of(phantom_scan, calibrate(phantom_scan, {}), "1.2.3")};

  drawn.phantom = false;
  CtVolume patient = test::draw(drawn);
  patient.acquisition = series().acquisition;
  const Calibration calibration = calibrate(patient, options);
  EXPECT_EQ(calibration.method, CalibrationMethod::asynchronous);
  EXPECT_NEAR(calibration.sigma_ct_hu_per_mg_cm3 / 1.3696, 1.0, 0.005);
  EXPECT_EQ(calibration.source->age_days, 0);
  EXPECT_NEAR(calibration.muscle_noise_sd_hu.value_or(0.0), drawn.noise_sd_hu, 1.0);

  patient.acquisition.kvp = 140.0;
  try {
    static_cast<void>(calibrate(patient, options));
    FAIL() << "calibrated";
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.code(), RefusalCode::no_phantom);
    EXPECT_THAT(refusal.what(), testing::HasSubstr("no entered phantom scan serves: measured at 120 kVp"));
  }
}

// A phantom that is there but bad is not passed over.
TEST(Calibrate, DoesNotUseAnEntryBesideABadPhantom) {
  test::DrawnPhantom drawn;
  drawn.rods = test::mindways_rods(1.587);
  for (auto& rod : drawn.rods) rod.hu += 40.0;
  CtVolume patient = test::draw(drawn);
  patient.acquisition = series().acquisition;
  CalibrationOptions options;
  options.entries = {entry()};
  EXPECT_THROW(static_cast<void>(calibrate(patient, options)), Refusal);
}

TEST(KnownEnergy, IsTheMedianOfTheScannersEntriesWhateverTheirAge) {
  std::vector<CalibrationEntry> entries{entry("20200101"), entry("20210101"), entry("20220101"), entry()};
  entries[0].effective_energy_kev = 66.0;
  entries[1].effective_energy_kev = 67.0;
  entries[2].effective_energy_kev = 75.0;
  entries[2].kvp = 140.0;
  EXPECT_DOUBLE_EQ(*known_energy_kev(series().acquisition, entries), 67.0);
  Acquisition other = series().acquisition;
  other.device_serial_number = "1";
  EXPECT_FALSE(known_energy_kev(other, entries));
}

}  // namespace
}  // namespace focalhip
