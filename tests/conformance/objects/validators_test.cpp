// What we send, against the validators of dicom3tools (Debian package), in every variant. A missing validator
// is a visible skip. Warnings are allowed by exact text only.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>

#include <unistd.h>

#include <gtest/gtest.h>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcuid.h>

#include "dicom_sr/codes.h"
#include "dicom_sr/encode_results.h"
#include "tests/support/fake_results.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;

bool is_installed(const std::string& program) {
  return std::system(("command -v " + program + " > /dev/null 2>&1").c_str()) == 0;  // NOLINT: fixed words
}

std::vector<std::string> output_lines(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");  // NOLINT: names made by this file
  std::vector<std::string> lines;
  char buffer[4096];
  while (pipe != nullptr && fgets(buffer, sizeof buffer, pipe) != nullptr) {
    std::string line(buffer);
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    lines.push_back(line);
  }
  if (pipe != nullptr) pclose(pipe);
  return lines;
}

bool is_allowed_warning(const std::string& line) {
  const std::string term = "Warning - Unrecognized defined term <";
  return line == term + std::string(codes::own_scheme) +
                     "> for value 1 of attribute <Coding Scheme Designator>" ||
         line == term + std::string(codes::own_scheme_uid) + "> for value 1 of attribute <Coding Scheme UID>";
}

bool is_allowed_entity_warning(const std::string& line) {
  static const std::regex accession(
      "Warning - Different information entities for attribute - Element=<AccessionNumber> IE <Series> versus "
      "<Study> for file <[^>]*> versus <[^>]*>");
  return std::regex_match(line, accession);
}

// A folder of its own for one case, removed at the end.
class Folder {
 public:
  explicit Folder(const std::string& name) : path_(fs::temp_directory_path() / name) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return (path_ / name).string();
  }

 private:
  fs::path path_;
};

struct Case {
  std::string name;
  HipReport report;
  std::string charset = "ISO_IR 100";
  std::string patient_name = std::string(test::patient_name);
  bool bare = false;  // a study without frame of reference, date and sources
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

StudyContext study_of(const Case& c) {
  StudyContext study = test::study_of(c.report);
  study.specific_character_set = c.charset;
  study.patient_and_study[0].value = c.patient_name;
  if (c.bare) {
    study.frame_of_reference_uid.clear();
    study.study_date.clear();
    study.sources.clear();
  }
  return study;
}

ResultStamp stamp_of(const Case& c) {
  ResultStamp stamp = test::stamp_with("2.25.3141592653589793" + c.name);
  if (c.name == "revised") stamp.predecessors = {{UID_Comprehensive3DSRStorage, "2.25.1001", "2.25.1002"}};
  return stamp;
}

class Objects : public ::testing::TestWithParam<Case> {
 protected:
  [[nodiscard]] std::string folder_name(const char* program) const {
    return std::string("focalhip-") + program + "-" + GetParam().name + "-" + std::to_string(::getpid());
  }
};

TEST_P(Objects, PassDciodvfyWithoutErrors) {
  if (!is_installed("dciodvfy")) GTEST_SKIP() << "dciodvfy is missing (Debian package dicom3tools)";
  const Folder folder(folder_name("dciodvfy"));
  for (const EncodedObject& object :
       encode_results(GetParam().report, study_of(GetParam()), stamp_of(GetParam()))) {
    const std::vector<std::string> lines =
        output_lines("dciodvfy " + folder.write(object.file_name, object.bytes));
    ASSERT_FALSE(lines.empty()) << "the validator names the kind of object it found";
    for (const std::string& line : lines) {
      EXPECT_NE(line.rfind("Error", 0), 0U) << object.file_name << ": " << line;
      EXPECT_NE(line.rfind("Abort", 0), 0U) << object.file_name << ": " << line;
      if (line.rfind("Warning", 0) == 0) {
        EXPECT_TRUE(is_allowed_warning(line)) << object.file_name << ": " << line;
      }
    }
  }
}

TEST_P(Objects, AgreeWithTheirSourcesInDcentvfy) {
  if (!is_installed("dcentvfy")) GTEST_SKIP() << "dcentvfy is missing (Debian package dicom3tools)";
  const Folder folder(folder_name("dcentvfy"));
  std::string command = "dcentvfy";
  const StudyContext study = study_of(GetParam());
  const std::vector<std::string> sources = test::source_files(study, GetParam().report);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    command.append(" ").append(folder.write("ct" + std::to_string(i), sources[i]));
  }
  for (const EncodedObject& object : encode_results(GetParam().report, study, stamp_of(GetParam()))) {
    command.append(" ").append(folder.write(object.file_name, object.bytes));
  }
  for (const std::string& line : output_lines(command)) {
    EXPECT_TRUE(line.empty() || is_allowed_entity_warning(line)) << line;
  }
}

// The source images must be good themselves, or the comparison above would prove nothing.
TEST(Sources, PassDciodvfyWithoutErrors) {
  if (!is_installed("dciodvfy")) GTEST_SKIP() << "dciodvfy is missing (Debian package dicom3tools)";
  const HipReport report = test::refused_report_without_volume();
  const Folder folder("focalhip-sources-" + std::to_string(::getpid()));
  const std::string file = folder.write("ct", test::source_files(test::study_of(report), report)[0]);
  for (const std::string& line : output_lines("dciodvfy " + file)) {
    EXPECT_NE(line.rfind("Error", 0), 0U) << line;
  }
}

// A validator that cannot fail would prove nothing either.
TEST(Validators, FindAnErrorWeMake) {
  if (!is_installed("dciodvfy")) GTEST_SKIP() << "dciodvfy is missing (Debian package dicom3tools)";
  const Case broken{"broken", test::refused_report_without_volume()};
  StudyContext study = study_of(broken);
  study.patient_and_study.push_back({0x0010, 0x0040, "QUITE UNLIKELY SEX"});
  const Folder folder("focalhip-broken-" + std::to_string(::getpid()));
  const auto objects = encode_results(broken.report, study, stamp_of(broken));
  int errors = 0;
  for (const std::string& line : output_lines("dciodvfy " + folder.write("sc", objects[0].bytes))) {
    if (line.rfind("Error", 0) == 0) ++errors;
  }
  EXPECT_GT(errors, 0);
}

std::vector<Case> cases() {
  const std::string japanese =
      "Yamada^Tarou=\033$B;3ED\033(B^\033$BB@O:\033(B=\033$B$d$^$@\033(B^\033$B$?$m$&\033(B";
  return {{"both_sides", test::both_sides_report()},
          {"one_side", test::one_side_report()},
          {"asynchronous", test::asynchronous_report()},
          {"internal", test::internal_report()},
          {"missing_values", test::missing_values_report()},
          {"crowded", test::crowded_report()},
          {"refused", test::refused_report_with_pictures()},
          {"calibrated", test::refused_report_with_calibration()},
          {"no_volume", test::refused_report_without_volume()},
          {"bare_study", test::refused_report_without_volume(), "", "", true},
          {"revised", test::both_sides_report()},
          {"japanese", test::both_sides_report(), "\\ISO 2022 IR 87", japanese},
          {"chinese", test::both_sides_report(), "GB18030", "Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB="},
          {"utf8", test::refused_report_with_pictures(), "ISO_IR 192", "M\xC3\xBCller^J\xC3\xBCrgen"}};
}

INSTANTIATE_TEST_SUITE_P(Variants, Objects, ::testing::ValuesIn(cases()), [](const auto& tested) {
  return tested.param.name;
});

}  // namespace
}  // namespace focalhip
