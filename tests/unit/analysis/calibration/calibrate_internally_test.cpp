#include "analysis/calibration/calibrate_internally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/calibration/calibrate.h"
#include "tests/support/phantom_volume.h"

namespace focalhip {
namespace {

using test::DrawnPhantom;

// Fat and muscle of the table at 70 keV (science qct 2.5).
DrawnPhantom without_phantom() {
  DrawnPhantom drawn;
  drawn.phantom = false;
  drawn.rods = test::mindways_rods(1.587);
  drawn.fat_hu = -79.0;
  drawn.muscle_hu = 43.0;
  drawn.columns = drawn.rows = 340;
  return drawn;
}

std::string refusal_of(const CtVolume& ct) {
  try {
    static_cast<void>(calibrate_internally(ct, {}, {}, 1));
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.code(), RefusalCode::calibration_failed);
    return refusal.what();
  }
  ADD_FAILURE() << "calibrated";
  return {};
}

// Noise 15 HU over many thousand voxels leaves 0.1 HU; clipping and rounding are below 1.
TEST(ReadTissues, FindsAirFatAndMuscle) {
  const TissueReadings read = read_tissues(test::draw(without_phantom()), 2);
  EXPECT_NEAR(read.air_hu, -1000.0, 1.0);
  EXPECT_NEAR(read.adipose_hu, -79.0, 1.5);
  EXPECT_NEAR(read.muscle_hu, 43.0, 1.5);
}

// 1024 is as low as many scanners go: half of the noise of air is cut off, its median is not.
TEST(ReadTissues, CutOffNoiseDoesNotMoveTheAir) {
  DrawnPhantom drawn = without_phantom();
  drawn.noise_sd_hu = 60.0;
  EXPECT_NEAR(read_tissues(test::draw(drawn), 2).air_hu, -1000.0, 2.0);
}

TEST(CalibrateInternally, HasTheZeroAndTheScaleOfThePhantom) {
  const Calibration calibration = calibrate_internally(test::draw(without_phantom()), 70.0, {}, 2);
  EXPECT_EQ(calibration.method, CalibrationMethod::internal);
  EXPECT_EQ(calibration.grade, Grade::c);
  EXPECT_NEAR(calibration.k2hpo4({0.0}, 0.0).value, 0.0, 1.5);  // water; the two-component method says +63
  EXPECT_NEAR(calibration.k2hpo4({300.0 * 1.3696}, 0.0).value, 300.0, 3.0);
  EXPECT_FALSE(calibration.density_uncertainty);
  ASSERT_EQ(calibration.notes.size(), 1U);
  EXPECT_EQ(calibration.notes[0].code, NoteCode::calibration_internal);
}

TEST(CalibrateInternally, TakesTheErrorOfTheScannerOut) {
  // A scanner that shows HU * 1.02 + 8.
  DrawnPhantom drawn = without_phantom();
  drawn.air_hu = -1000.0 * 1.02 + 8.0;
  drawn.fat_hu = -79.0 * 1.02 + 8.0;
  drawn.muscle_hu = 43.0 * 1.02 + 8.0;
  drawn.noise_sd_hu = 3.0;
  const Calibration calibration = calibrate_internally(test::draw(drawn), 70.0, {}, 2);
  EXPECT_NEAR(calibration.k2hpo4({8.0}, 0.0).value, 0.0, 1.5);
  EXPECT_NEAR(calibration.k2hpo4({300.0 * 1.3696 * 1.02 + 8.0}, 0.0).value, 300.0, 3.0);
}

// 71 keV at 120 kVp (science qct 2.7): 1.9 % of density per keV.
TEST(CalibrateInternally, WithoutHistoryTheTubeVoltageTellsTheEnergy) {
  const Calibration calibration = calibrate_internally(test::draw(without_phantom()), {}, {}, 2);
  EXPECT_DOUBLE_EQ(calibration.effective_energy_kev, 71.0);
  EXPECT_DOUBLE_EQ(calibration.density_uncertainty.value_or(0.0), 0.10);
  EXPECT_NEAR(calibration.k2hpo4({300.0 * 1.3696}, 0.0).value, 300.0 * 1.0175, 4.0);
}

TEST(CalibrateInternally, RefusesContrastUnknownVoltageAndMissingTissue) {
  CtVolume ct = test::draw(without_phantom());
  ct.acquisition.contrast_agent = true;
  EXPECT_THAT(refusal_of(ct), testing::HasSubstr("contrast"));
  ct.acquisition.contrast_agent = false;
  ct.acquisition.kvp.reset();
  EXPECT_THAT(refusal_of(ct), testing::HasSubstr("tube voltage"));
  ct.acquisition.kvp = 80.0;
  EXPECT_THAT(refusal_of(ct), testing::HasSubstr("80 kVp"));
  ct.acquisition.kvp = 120.0;
  std::ranges::fill(ct.hu, static_cast<std::int16_t>(40));
  EXPECT_THAT(refusal_of(ct), testing::HasSubstr("air"));
  EXPECT_THAT(refusal_of(CtVolume{}), testing::HasSubstr("tube voltage"));
}

TEST(Calibrate, UsesThePatientsTissuesOnlyWhenAllowed) {
  const CtVolume ct = test::draw(without_phantom());
  EXPECT_THROW(static_cast<void>(calibrate(ct, {})), Refusal);
  CalibrationOptions options;
  options.internal = true;
  EXPECT_EQ(calibrate(ct, options).method, CalibrationMethod::internal);
  CtVolume with_contrast = ct;
  with_contrast.acquisition.contrast_agent = true;
  try {
    static_cast<void>(calibrate(with_contrast, options));
    FAIL() << "calibrated";
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.code(), RefusalCode::no_phantom);
    EXPECT_THAT(refusal.what(), testing::HasSubstr("contrast"));
  }
}

}  // namespace
}  // namespace focalhip
