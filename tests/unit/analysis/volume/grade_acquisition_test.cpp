#include "analysis/volume/grade_acquisition.h"

#include <limits>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// The protocol of the paper: 120 kVp, 50 cm field of view in 512 pixels, 1 mm slices, a standard kernel.
AcquisitionQuality protocol_of_the_paper() {
  return {.slice_spacing_mm = 1.0,
          .pixel_mm = 500.0 / 512.0,
          .slice_thickness_mm = 1.0,
          .kvp = 120.0,
          .contrast_agent = false};
}

TEST(GradeAcquisition, TheProtocolOfThePaperIsGradeAWithoutNotes) {
  const AcquisitionGrade grade = grade_acquisition(protocol_of_the_paper());
  EXPECT_EQ(grade.grade, Grade::a);
  EXPECT_TRUE(grade.notes.empty());
  EXPECT_FALSE(grade.refusal);
}

struct SpacingRow {
  double spacing_mm;
  Grade expected;
};
class GradeAcquisitionSpacing : public testing::TestWithParam<SpacingRow> {};

// Limits of science qct 1.2, "slice spacing mm": 1.25, 2.0, 3.0.
INSTANTIATE_TEST_SUITE_P(TableOfTheScience,
                         GradeAcquisitionSpacing,
                         testing::Values(SpacingRow{1.25, Grade::a},
                                         SpacingRow{1.26, Grade::b},
                                         SpacingRow{2.0, Grade::b},
                                         SpacingRow{2.01, Grade::c},
                                         SpacingRow{3.0, Grade::c},
                                         SpacingRow{3.01, Grade::r}));

TEST_P(GradeAcquisitionSpacing, FollowsTheTable) {
  AcquisitionQuality quality = protocol_of_the_paper();
  quality.slice_spacing_mm = GetParam().spacing_mm;
  const AcquisitionGrade grade = grade_acquisition(quality);
  EXPECT_EQ(grade.grade, GetParam().expected);
  EXPECT_EQ(grade.refusal.has_value(), GetParam().expected == Grade::r);
  if (grade.refusal) {
    EXPECT_EQ(grade.refusal->code, RefusalCode::too_coarse);
  }
}

TEST(GradeAcquisition, TheWorstRowDecides) {
  AcquisitionQuality quality = protocol_of_the_paper();
  quality.slice_thickness_mm = 2.4;  // B
  quality.pixel_mm = 1.3;            // C
  const AcquisitionGrade grade = grade_acquisition(quality);
  EXPECT_EQ(grade.grade, Grade::c);
  EXPECT_EQ(grade.notes.size(), 2U);
}

TEST(GradeAcquisition, OtherTubeVoltagesAreNotedAndExtremeOnesRefused) {
  AcquisitionQuality quality = protocol_of_the_paper();
  quality.kvp = 100.0;
  EXPECT_EQ(grade_acquisition(quality).grade, Grade::b);
  quality.kvp = 80.0;
  const AcquisitionGrade refused = grade_acquisition(quality);
  ASSERT_TRUE(refused.refusal);
  EXPECT_EQ(refused.refusal->code, RefusalCode::kvp);
}

TEST(GradeAcquisition, ContrastIsGradeC) {
  AcquisitionQuality quality = protocol_of_the_paper();
  quality.contrast_agent = true;
  const AcquisitionGrade grade = grade_acquisition(quality);
  EXPECT_EQ(grade.grade, Grade::c);
  ASSERT_EQ(grade.notes.size(), 1U);
  EXPECT_EQ(grade.notes.front().code, NoteCode::contrast_agent);
}

TEST(GradeAcquisition, NotANumberIsNeverGood) {
  AcquisitionQuality quality = protocol_of_the_paper();
  quality.slice_spacing_mm = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(grade_acquisition(quality).grade, Grade::r);
  quality = protocol_of_the_paper();
  quality.kvp = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(grade_acquisition(quality).grade, Grade::r);
}

}  // namespace
}  // namespace focalhip
