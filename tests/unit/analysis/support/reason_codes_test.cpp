#include "analysis/support/reason_codes.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

TEST(ReasonCodes, AreUniqueAndFitASpeakingDicomCodeMeaning) {
  std::set<std::string> seen;
  for (const RefusalCode code : all_refusal_codes()) {
    EXPECT_TRUE(code_string(code).starts_with("R_")) << code_string(code);
    EXPECT_TRUE(seen.insert(std::string(code_string(code))).second) << code_string(code);
    EXPECT_FALSE(meaning(code).empty());
    EXPECT_LE(meaning(code).size(), 64U) << "a code meaning is a DICOM LO";
  }
  for (const NoteCode code : all_note_codes()) {
    EXPECT_TRUE(seen.insert(std::string(code_string(code))).second) << code_string(code);
    EXPECT_FALSE(meaning(code).empty());
    EXPECT_LE(meaning(code).size(), 64U);
  }
}

TEST(ReasonCodes, TheCodesOfTheContractKeepTheirSpelling) {
  EXPECT_EQ(code_string(NoteCode::atlas_none), "ATLAS_NONE");
  EXPECT_EQ(code_string(RefusalCode::not_hu), "R_NOT_HU");
  EXPECT_EQ(code_string(RefusalCode::orientation), "R_ORIENT");
  EXPECT_EQ(code_string(RefusalCode::no_intact_side), "R_NO_INTACT_SIDE");
  EXPECT_EQ(code_string(RefusalCode::fracture), "R_FRACTURE");
  EXPECT_EQ(code_string(NoteCode::contralateral), "CONTRALATERAL");
}

TEST(Grade, WorseTakesTheLaterLetter) {
  EXPECT_EQ(worse(Grade::a, Grade::c), Grade::c);
  EXPECT_EQ(worse(Grade::r, Grade::b), Grade::r);
  EXPECT_EQ(letter(Grade::a), 'A');
  EXPECT_EQ(letter(Grade::r), 'R');
}

}  // namespace
}  // namespace focalhip
