#include "listener/series/read_subject.h"

#include <gtest/gtest.h>

#include <dcmtk/dcmdata/dctk.h>

namespace focalhip {
namespace {

std::optional<Side> laterality_with(const char* image, const char* series, const char* frame = "") {
  DcmDataset header;
  if (*image != '\0') header.putAndInsertString(DCM_ImageLaterality, image);
  if (*series != '\0') header.putAndInsertString(DCM_Laterality, series);
  if (*frame != '\0') {
    DcmItem* groups = nullptr;
    header.findOrCreateSequenceItem(DCM_SharedFunctionalGroupsSequence, groups);
    DcmItem* anatomy = nullptr;
    groups->findOrCreateSequenceItem(DCM_FrameAnatomySequence, anatomy);
    anatomy->putAndInsertString(DCM_FrameLaterality, frame);
  }
  return read_subject(header).laterality;
}

TEST(ReadSubject, TakesTheLateralityOfImageSeriesOrFrames) {
  EXPECT_EQ(laterality_with("R", ""), Side::right);
  EXPECT_EQ(laterality_with("", "L"), Side::left);
  EXPECT_EQ(laterality_with("", "", "L"), Side::left);
  EXPECT_EQ(laterality_with("L", "L", "L"), Side::left);
}

TEST(ReadSubject, TakesNoLateralityWhereTheHeaderNamesNoneBothOrContradictsItself) {
  EXPECT_EQ(laterality_with("", ""), std::nullopt);
  EXPECT_EQ(laterality_with("B", ""), std::nullopt);  // both
  EXPECT_EQ(laterality_with("U", ""), std::nullopt);  // unpaired
  EXPECT_EQ(laterality_with("R", "L"), std::nullopt);
  EXPECT_EQ(laterality_with("R", "R", "L"), std::nullopt);
  EXPECT_EQ(laterality_with("right", "x"), std::nullopt);  // no code string of the standard
}

}  // namespace
}  // namespace focalhip
