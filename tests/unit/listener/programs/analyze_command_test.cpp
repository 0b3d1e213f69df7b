#include "listener/programs/analyze_command.h"

#include <fstream>
#include <sstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/test_ct_writer.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::put;
using test::TestSeries;
using testing::HasSubstr;

std::string read_bytes(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class AnalyzeCommand : public testing::Test {
 protected:
  int run(std::vector<std::string> args) {
    out_.str("");
    errors_.str("");
    return analyze_command(args, out_, errors_);
  }
  int run_on(const fs::path& series, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {series.string(), "--out", result().string(), "--threads", "2"});
    return run(more);
  }
  // A CT of nothing: readable, but neither a hip nor a phantom is in it.
  fs::path series_of_air(const TestSeries& given = {}) {
    TestSeries series = given;
    series.word = [](int, int, int) { return static_cast<std::uint16_t>(24); };
    test::write_series(series, folder_.path() / "series");
    return folder_.path() / "series";
  }
  [[nodiscard]] fs::path result() const { return folder_.path() / "result"; }
  [[nodiscard]] json report() const { return json::parse(read_bytes(result() / "report.json")); }
  [[nodiscard]] std::vector<std::string> result_files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(result()))
      names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
  }

  test::TemporaryFolder folder_;
  std::ostringstream out_;
  std::ostringstream errors_;
};

TEST_F(AnalyzeCommand, WritesEveryResultOfARefusedSeries) {
  EXPECT_EQ(run_on(series_of_air()), 3) << errors_.str();
  EXPECT_THAT(result_files(), testing::ElementsAre("report.json", "sc-1.dcm", "sr.dcm"));
  EXPECT_FALSE(report()["refusal"].is_null());
  EXPECT_EQ(report()["grade"], "R");
  EXPECT_EQ(report()["series_instance_uid"], TestSeries{}.series_uid);
  EXPECT_EQ(report()["subject"]["age_years"], 72);
  EXPECT_THAT(errors_.str(), HasSubstr("not analysed: R_"));
  for (const char* file : {"sr.dcm", "sc-1.dcm"}) {
    DcmFileFormat object;
    ASSERT_TRUE(object.loadFile((result() / file).c_str()).good()) << file;
    OFString study;
    object.getDataset()->findAndGetOFString(DCM_StudyInstanceUID, study);
    EXPECT_EQ(study, "1.2.826.0.1.3680043.9999.1");
  }
}

TEST_F(AnalyzeCommand, GivesTheSameBytesAgain) {
  const fs::path series = series_of_air();
  ASSERT_EQ(run_on(series), 3);
  const std::string first = read_bytes(result() / "sr.dcm");
  const std::string first_report = read_bytes(result() / "report.json");
  ASSERT_EQ(run_on(series, {"--quiet"}), 3);
  EXPECT_EQ(read_bytes(result() / "sr.dcm"), first);
  EXPECT_EQ(read_bytes(result() / "report.json"), first_report);
  ASSERT_EQ(run_on(series, {"--height-cm", "170"}), 3);  // another input is another object
  EXPECT_NE(read_bytes(result() / "sr.dcm"), first);
}

TEST_F(AnalyzeCommand, RemovesTheResultsOfAnEarlierRunAndNothingElse) {
  fs::create_directories(result() / "left");
  for (const char* name : {"left/mask.nrrd", "left/voi.nrrd", "sc-2.dcm", "sr-enhanced.dcm", "notes.txt"}) {
    std::ofstream(result() / name) << "earlier";
  }
  ASSERT_EQ(run_on(series_of_air()), 3);
  EXPECT_THAT(result_files(), testing::ElementsAre("notes.txt", "report.json", "sc-1.dcm", "sr.dcm"));
}

TEST_F(AnalyzeCommand, PutsTheCommandLineBeforeTheHeader) {
  ASSERT_EQ(run_on(series_of_air(), {"--height-cm", "171.5", "--weight-kg", "80", "--t2dm", "yes"}), 3);
  EXPECT_EQ(report()["subject"]["height_cm"], 171.5);
  EXPECT_EQ(report()["subject"]["weight_kg"], 80.0);
  EXPECT_EQ(report()["subject"]["t2dm"], "yes");
}

TEST_F(AnalyzeCommand, RefusesWithACodeWhatCannotBecomeAVolume) {
  TestSeries series;
  series.adjust = [](DcmDataset& dataset, int) { delete dataset.remove(DCM_RescaleSlope); };
  ASSERT_EQ(run_on(series_of_air(series)), 3);
  EXPECT_EQ(report()["refusal"]["code"], "R_NOT_HU");
  EXPECT_TRUE(fs::exists(result() / "sr.dcm"));
}

TEST_F(AnalyzeCommand, ReportsAFolderWithoutDicom) {
  fs::create_directories(folder_.path() / "nothing");
  std::ofstream(folder_.path() / "nothing" / "a.txt") << "text";
  ASSERT_EQ(run_on(folder_.path() / "nothing"), 3);
  EXPECT_EQ(report()["refusal"]["code"], "R_NO_IMAGES");
  EXPECT_THAT(result_files(), testing::ElementsAre("report.json"));
}

TEST_F(AnalyzeCommand, PrintsNoPatientData) {
  ASSERT_EQ(run_on(series_of_air(), {"--progress"}), 3);
  EXPECT_THAT(errors_.str(), HasSubstr("read 60 slices"));
  for (const char* secret : {"ller", "T1", "A1"}) {
    EXPECT_EQ(errors_.str().find(secret), std::string::npos) << errors_.str();
    EXPECT_EQ(out_.str().find(secret), std::string::npos);
  }
}

TEST_F(AnalyzeCommand, RefusesWrongUsageWithStatusTwo) {
  const std::string series = series_of_air().string();
  const std::string out = result().string();
  const std::vector<std::vector<std::string>> wrong{
      {},
      {series},
      {(folder_.path() / "gone").string(), "--out", out},
      {series, "--out", out, "--bogus"},
      {series, "--out", out, "--side", "up"},
      {series, "--out", out, "--fracture-side", "up"},
      {series, "--out", out, "--side", "left", "--fracture-side", "right"},
      {series, "--out", out, "--t2dm", "maybe"},
      {series, "--out", out, "--height-cm", "nan"},
      {series, "--out", out, "--weight-kg", "0"},
      {series, "--out", out, "--threads", "0"},
      {series, "--out", out, "--atlas", "f.h5"},
      {series, "--out", out, "--quiet", "--progress"},
      {series, "--out", out, "--config", "/nonexistent.toml"}};
  for (const auto& args : wrong) {
    EXPECT_EQ(run(args), 2) << errors_.str();
    EXPECT_NE(errors_.str(), "");
  }
  EXPECT_FALSE(fs::exists(result()));
}

TEST_F(AnalyzeCommand, PrintsTheProblemsOfItsConfiguration) {
  std::ofstream(folder_.path() / "c.toml") << "[node]\nport = -1\n[analysis]\nside = \"up\"\n";
  EXPECT_EQ(run_on(series_of_air(), {"--config", (folder_.path() / "c.toml").string()}), 2);
  EXPECT_THAT(errors_.str(), HasSubstr("c.toml:2: node.port"));
  EXPECT_THAT(errors_.str(), HasSubstr("c.toml:4: analysis.side"));
}

TEST_F(AnalyzeCommand, FailsWithStatusOneWhereItCannotWrite) {
  std::ofstream(folder_.path() / "file") << "in the way";
  EXPECT_EQ(run({series_of_air().string(), "--out", (folder_.path() / "file").string()}), 1);
}

TEST_F(AnalyzeCommand, ExplainsItself) {
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("--t2dm yes|no|unknown"));
}

}  // namespace
}  // namespace focalhip
