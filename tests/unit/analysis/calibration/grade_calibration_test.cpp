#include "analysis/calibration/grade_calibration.h"

#include <functional>
#include <string>

#include <cmath>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// One row of the table of science qct 2.4: the last value of each grade and the first beyond it.
struct Limit {
  std::string row;
  std::function<void(CalibrationQuality&, double)> set;
  double value;
  Grade expected;
};

const auto r_squared = [](CalibrationQuality& q, double v) { q.r_squared = v; };
const auto residual = [](CalibrationQuality& q, double v) { q.residual_max_hu = v; };
const auto sigma = [](CalibrationQuality& q, double v) { q.sigma_ct_hu_per_mg_cm3 = v; };
const auto beta = [](CalibrationQuality& q, double v) { q.beta_ct_hu = v; };
const auto noise = [](CalibrationQuality& q, double v) { q.noise_ratio_max = v; };
const auto pitch = [](CalibrationQuality& q, double v) { q.pitch_spread = v; };
const auto radius = [](CalibrationQuality& q, double v) { q.radius_spread = v; };
const auto drift = [](CalibrationQuality& q, double v) { q.drift_max_hu_per_mm = v; };
const auto density = [](CalibrationQuality& q, double v) { q.density_drift = v; };
const auto rods = [](CalibrationQuality& q, double v) { q.rods_used = static_cast<std::size_t>(v); };

const std::vector<Limit> limits{
    {"R2", r_squared, 0.9990, Grade::a},    {"R2", r_squared, 0.9989, Grade::b},
    {"R2", r_squared, 0.9980, Grade::b},    {"R2", r_squared, 0.9979, Grade::r},
    {"residual", residual, 8.0, Grade::a},  {"residual", residual, 8.1, Grade::b},
    {"residual", residual, 15.0, Grade::b}, {"residual", residual, 15.1, Grade::r},
    {"sigma", sigma, 1.15, Grade::a},       {"sigma", sigma, 1.14, Grade::b},
    {"sigma", sigma, 1.05, Grade::b},       {"sigma", sigma, 1.04, Grade::r},
    {"sigma", sigma, 1.55, Grade::a},       {"sigma", sigma, 1.56, Grade::b},
    {"sigma", sigma, 1.70, Grade::b},       {"sigma", sigma, 1.71, Grade::r},
    {"beta", beta, -15.0, Grade::a},        {"beta", beta, 15.1, Grade::b},
    {"beta", beta, 30.0, Grade::b},         {"beta", beta, -30.1, Grade::r},
    {"noise", noise, 1.3, Grade::a},        {"noise", noise, 1.31, Grade::b},
    {"noise", noise, 1.6, Grade::b},        {"noise", noise, 1.61, Grade::c},
    {"noise", noise, 2.01, Grade::r},       {"pitch", pitch, 0.05, Grade::a},
    {"pitch", pitch, 0.051, Grade::b},      {"pitch", pitch, 0.10, Grade::b},
    {"pitch", pitch, 0.101, Grade::r},      {"radius", radius, 0.05, Grade::a},
    {"radius", radius, 0.051, Grade::b},    {"radius", radius, 0.101, Grade::r},
    {"drift", drift, 0.03, Grade::a},       {"drift", drift, 0.031, Grade::b},
    {"drift", drift, 0.10, Grade::b},       {"drift", drift, 0.101, Grade::r},
    {"density", density, 0.0, Grade::a},    {"density", density, 0.0101, Grade::b},
    {"density", density, 0.5, Grade::b},    {"rods", rods, 5.0, Grade::a},
    {"rods", rods, 4.0, Grade::b},          {"rods", rods, 3.0, Grade::r}};

TEST(GradeCalibration, HoldsTheTableOfTheScienceAtItsLimits) {
  for (const Limit& limit : limits) {
    CalibrationQuality quality;
    limit.set(quality, limit.value);
    const CalibrationGrade result = grade_calibration(quality);
    EXPECT_EQ(result.grade, limit.expected) << limit.row << " " << limit.value;
    EXPECT_EQ(result.failures.empty(), limit.expected != Grade::r) << limit.row << " " << limit.value;
  }
}

TEST(GradeCalibration, AGoodCalibrationHasNothingToSay) {
  const CalibrationGrade result = grade_calibration({});
  EXPECT_EQ(result.grade, Grade::a);
  EXPECT_TRUE(result.notes.empty());
}

TEST(GradeCalibration, TheNoteNamesTheCheckTheFigureAndTheLimit) {
  CalibrationQuality quality;
  quality.residual_max_hu = 9.27;
  const CalibrationGrade result = grade_calibration(quality);
  ASSERT_EQ(result.notes.size(), 1U);
  EXPECT_EQ(result.notes[0].code, NoteCode::grade_calibration);
  EXPECT_EQ(result.notes[0].detail, "largest rod residual (HU) 9.3, at most 8.0 for grade A");
}

TEST(GradeCalibration, TheWorstCheckDecidesAndEveryCheckIsNamed) {
  CalibrationQuality quality;
  quality.beta_ct_hu = 20.0;
  quality.noise_ratio_max = 1.8;
  const CalibrationGrade result = grade_calibration(quality);
  EXPECT_EQ(result.grade, Grade::c);
  EXPECT_EQ(result.notes.size(), 2U);
}

TEST(GradeCalibration, OtherTubeVoltagesAreJudgedByTheirEffectiveEnergy) {
  CalibrationQuality quality;
  quality.kvp = 100.0;
  quality.sigma_ct_hu_per_mg_cm3 = 1.60;  // would be B at 120 kVp
  quality.effective_energy_kev = 62.0;
  EXPECT_EQ(grade_calibration(quality).grade, Grade::a);
  quality.effective_energy_kev = 72.0;  // more than 6 keV above the usual 63
  EXPECT_EQ(grade_calibration(quality).grade, Grade::b);
  quality.kvp = 140.0;
  EXPECT_EQ(grade_calibration(quality).grade, Grade::a);
}

// 100 kVp 58 .. 68 keV and 140 kVp 70 .. 84 keV are grade A in science qct 2.4.
TEST(GradeCalibration, HoldsTheEnergiesOfTheScience) {
  const auto grade = [](double kvp, double kev) {
    CalibrationQuality quality;
    quality.kvp = kvp;
    quality.effective_energy_kev = kev;
    return grade_calibration(quality).grade;
  };
  EXPECT_EQ(grade(100, 58.0), Grade::a);
  EXPECT_EQ(grade(100, 68.0), Grade::a);
  EXPECT_EQ(grade(100, 68.1), Grade::b);
  EXPECT_EQ(grade(100, 73.1), Grade::r);
  EXPECT_EQ(grade(140, 70.0), Grade::a);
  EXPECT_EQ(grade(140, 69.9), Grade::b);
  EXPECT_EQ(grade(140, 84.0), Grade::a);
  EXPECT_EQ(grade(140, 91.1), Grade::r);
}

TEST(GradeCalibration, PhantomsOfTwoOrThreeRodsAreGradeBAtBestAndNeedAllOfThem) {
  CalibrationQuality quality;
  quality.rods_in_phantom = quality.rods_used = 3;
  quality.r_squared.reset();
  EXPECT_EQ(grade_calibration(quality).grade, Grade::b);
  quality.rods_used = 2;
  EXPECT_EQ(grade_calibration(quality).grade, Grade::r);
  quality.rods_in_phantom = quality.rods_used = 6;
  quality.r_squared = 1.0;
  EXPECT_EQ(grade_calibration(quality).grade, Grade::a);
  quality.rods_used = 5;
  EXPECT_EQ(grade_calibration(quality).grade, Grade::b);
  quality.rods_used = 4;
  EXPECT_EQ(grade_calibration(quality).grade, Grade::r);
}

TEST(GradeCalibration, AFigureThatIsNotANumberNeverPasses) {
  CalibrationQuality quality;
  quality.r_squared = std::nan("");
  EXPECT_EQ(grade_calibration(quality).grade, Grade::r);
}

}  // namespace
}  // namespace focalhip
