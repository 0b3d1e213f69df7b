#include "dicom_sr/codes.h"

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

std::string key(const std::string& scheme, const std::string& value) { return scheme + "|" + value; }

// The constants of DCMTK's header for one scheme, read from the text so that none can be forgotten.
std::map<std::string, std::string> dcmtk_constants(const std::string& header) {
  std::ifstream file("/usr/include/dcmtk/dcmsr/codes/" + header);
  std::stringstream text;
  text << file.rdbuf();
  const std::string content = text.str();
  const std::regex entry(R"re(DSRBasicCodedEntry\("([^"]*)", "([^"]*)", "([^"]*)"\))re");
  std::map<std::string, std::string> constants;
  for (std::sregex_iterator it(content.begin(), content.end(), entry), end; it != end; ++it) {
    constants[key((*it)[2], (*it)[1])] = (*it)[3];
  }
  return constants;
}

// Truth: PS3.16 as DCMTK ships it, an outside source.
TEST(Codes, EveryDcmEntryHasTheMeaningOfTheStandard) {
  const std::map<std::string, std::string> standard = dcmtk_constants("dcm.h");
  ASSERT_GT(standard.size(), 3000U) << "DCMTK's dcm.h could not be read";
  int compared = 0;
  for (const Code& code : all_codes()) {
    if (code.scheme != "DCM") continue;
    const auto found = standard.find(key("DCM", std::string(code.value)));
    ASSERT_NE(found, standard.end()) << code.value << " is no DICOM code";
    EXPECT_EQ(found->second, code.meaning) << code.value;
    ++compared;
  }
  EXPECT_GE(compared, 35);
}

TEST(Codes, EntriesOfOtherSchemesAgreeWithDcmtkWhereItKnowsThem) {
  int compared = 0;
  for (const char* header : {"sct.h", "umls.h"}) {
    for (const auto& [name, meaning] : dcmtk_constants(header)) {
      for (const Code& code : all_codes()) {
        if (key(std::string(code.scheme), std::string(code.value)) != name) continue;
        EXPECT_EQ(meaning, code.meaning) << name;
        ++compared;
      }
    }
  }
  EXPECT_GE(compared, 5);
}

TEST(Codes, FitTheirAttributesAndAreUnique) {
  std::set<std::string> seen;
  for (const Code& code : all_codes()) {
    EXPECT_TRUE(seen.insert(key(std::string(code.scheme), std::string(code.value))).second) << code.value;
    EXPECT_FALSE(code.value.empty() || code.scheme.empty() || code.meaning.empty());
    EXPECT_LE(code.value.size(), 16U) << code.value;      // SH
    EXPECT_LE(code.scheme.size(), 16U) << code.scheme;    // SH
    EXPECT_LE(code.meaning.size(), 64U) << code.meaning;  // LO
  }
}

// Values a reader may have stored: changing one of these lines would change the meaning of old reports.
TEST(Codes, StoredValuesOfReasonsAndNotesStay) {
  EXPECT_EQ(code_of(RefusalCode::no_images).value, "FH-X01");
  EXPECT_EQ(code_of(RefusalCode::no_phantom).value, "FH-X11");
  EXPECT_EQ(code_of(RefusalCode::processing_failed).value, "FH-X18");
  EXPECT_EQ(code_of(RefusalCode::fracture).value, "FH-X19");
  EXPECT_EQ(code_of(NoteCode::atlas_none).value, "FH-N01");
  EXPECT_EQ(code_of(NoteCode::contralateral).value, "FH-N28");
  EXPECT_EQ(code_of(NoteCode::fracture_suspected).value, "FH-N29");
  EXPECT_EQ(code_of(NoteCode::side_instructed).value, "FH-N30");
  EXPECT_EQ(code_of(NoteCode::sides_differ).value, "FH-N31");
  EXPECT_EQ(code_of(NoteCode::cortex_not_mapped).value, "FH-N32");
  EXPECT_EQ(code_of(NoteCode::cortex_incomplete).value, "FH-N33");
  EXPECT_EQ(code_of(NoteCode::cortex_density_assumed).value, "FH-N34");
  EXPECT_EQ(code_of(NoteCode::cortex_density_uneven).value, "FH-N37");
  EXPECT_EQ(code_of(NoteCode::cortex_tilt_removed).value, "FH-N38");
  EXPECT_EQ(code_of(NoteCode::side_refused).value, "FH-N19");
  EXPECT_EQ(code_of(Grade::r).value, "FH-G04");
}

TEST(Codes, SidesAreNotSwapped) {
  EXPECT_EQ(code_of(Side::right).meaning, "Right");
  EXPECT_EQ(code_of(Side::left).meaning, "Left");
}

}  // namespace
}  // namespace focalhip
