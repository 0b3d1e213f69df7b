#include "analysis/femur/precision.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace focalhip {
namespace {

// ISCD's rule for 95 % confidence: 1.96 times the root of two, rounded.
TEST(Precision, TheLeastSignificantChangeIsThatOfTheSociety) {
  EXPECT_NEAR(least_significant_change(1.0), 1.96 * std::sqrt(2.0), 0.005);
  EXPECT_DOUBLE_EQ(least_significant_change(0.010), 0.0277);
}

TEST(Precision, EveryValueOfEveryRegionHasAnErrorFromThatSource) {
  ASSERT_FALSE(precision_source().empty());
  for (const VoiName voi : all_vois) {
    for (const VoiQuantity quantity : all_voi_quantities) {
      const std::optional<double> error = precision_errors(voi)[static_cast<std::size_t>(quantity)];
      ASSERT_TRUE(error);
      EXPECT_GT(*error, 0.0);
      EXPECT_DOUBLE_EQ(least_significant_change(voi, quantity).value_or(0.0), 2.77 * *error);
    }
  }
}

// Figures of the repeats in femur_proof: TH vBMD 1.21 mg/cm3, FN aBMD 12.67 mg/cm2, IT volume 1055.41 mm3.
TEST(Precision, TheTableIsThatOfTheProof) {
  EXPECT_NEAR(least_significant_change(VoiName::th, VoiQuantity::vbmd).value_or(0.0), 1.21, 1e-9);
  EXPECT_NEAR(least_significant_change(VoiName::fn, VoiQuantity::abmd).value_or(0.0), 12.67, 1e-9);
  EXPECT_NEAR(least_significant_change(VoiName::it, VoiQuantity::volume).value_or(0.0), 1055.41, 1e-9);
}

TEST(Precision, IsThatOfScansWithAPhantomAndGradeAOrB) {
  EXPECT_TRUE(table_holds(CalibrationMethod::phantom, Grade::a));
  EXPECT_TRUE(table_holds(CalibrationMethod::phantom, Grade::b));
  EXPECT_FALSE(table_holds(CalibrationMethod::phantom, Grade::c));
  EXPECT_FALSE(table_holds(CalibrationMethod::internal, Grade::a));
  EXPECT_FALSE(table_holds(CalibrationMethod::asynchronous, Grade::b));
}

TEST(Precision, TheWordsNameTheDefinitionAndTheSourceOrThatNothingIsClaimed) {
  EXPECT_THAT(least_significant_change_words(true), testing::HasSubstr("2.77 x precision error"));
  EXPECT_THAT(least_significant_change_words(true), testing::HasSubstr("scanned twice"));
  EXPECT_THAT(least_significant_change_words(false), testing::HasSubstr("2.77 x precision error"));
  EXPECT_THAT(least_significant_change_words(false), testing::HasSubstr("of grade A or B"));
  EXPECT_THAT(least_significant_change_words(false), testing::Not(testing::HasSubstr("scanned twice")));
}

}  // namespace
}  // namespace focalhip
