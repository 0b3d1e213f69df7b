#include "listener/programs/cpd_command.h"

#include <fstream>
#include <sstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/files/read_points_csv.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class CpdCommand : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
    return (folder_.path() / name).string();
  }
  static std::string points(double shift_mm) {
    std::ostringstream text;
    for (int i = 0; i < 60; ++i) {
      text << (i * 7) % 13 + shift_mm << ',' << (i * 5) % 17 << ',' << (i * 3) % 19 << "\n";
    }
    return text.str();
  }
  int run(std::vector<std::string> args) {
    errors_.str("");
    args.insert(args.end(), {"--out", result().string()});
    return cpd_command(args, out_, errors_);
  }
  // Bad input: this status, this sentence, nothing written.
  void expect_refusal(const std::string& text,
                      int status,
                      const std::string& sentence,
                      const std::string& mode) {
    const std::string bad = file("bad.csv", text);
    EXPECT_EQ(run({bad, file("target.csv", points(0)), "--mode", mode}), status) << sentence;
    EXPECT_THAT(errors_.str(), HasSubstr(sentence));
    EXPECT_THAT(errors_.str(), HasSubstr("bad.csv"));
    EXPECT_FALSE(fs::exists(result()));
  }
  [[nodiscard]] fs::path result() const { return folder_.path() / "out"; }

  testing_support::TemporaryFolder folder_;
  std::ostringstream out_;
  std::ostringstream errors_;
};

TEST_F(CpdCommand, WritesTheMovedPointsAndTheMap) {
  const std::string source = file("source.csv", "x,y,z\r\n" + points(0));
  const std::string target = file("target.csv", points(25));
  ASSERT_EQ(run({source, target, "--mode", "affine", "--max-iterations", "80", "--tolerance", "0"}), 0)
      << errors_.str();
  EXPECT_EQ(errors_.str(), "");  // no terminal, no progress
  const Points moved = read_points_csv(result() / "transformed.csv");
  EXPECT_LT((moved - read_points_csv(target)).cwiseAbs().maxCoeff(), 1e-3);
  std::ostringstream json;
  json << std::ifstream(result() / "result.json").rdbuf();
  for (const char* part : {"\"sigma2\"", "\"iterations\": 80", "\"converged\": false", "\"B\"", "\"t\""}) {
    EXPECT_THAT(json.str(), HasSubstr(part));
  }
}

TEST_F(CpdCommand, NamesFileLineAndReasonOfWhatItCannotRead) {
  expect_refusal("", 2, "bad.csv: the file is empty", "rigid");
  expect_refusal("x,y,z\n", 2, "bad.csv:1: no points", "rigid");
  expect_refusal("1,2,3\n4,5\n", 2, "bad.csv:2: 2 fields, the first row has 3", "rigid");
  expect_refusal("1,2,3\n4,5,6,7\n", 2, "bad.csv:2: 4 fields, the first row has 3", "rigid");
  expect_refusal("1,2\n4,5\n", 2, "bad.csv:1: 2 columns, x,y,z are needed", "rigid");
  expect_refusal("1,2,3,4\n4,5,6,7\n", 2, "bad.csv:1: 4 columns, x,y,z are needed", "rigid");
  expect_refusal("1,2,3\n4,nan,6\n", 2, "bad.csv:2: column 2: \"nan\" is not a finite number", "rigid");
  expect_refusal("1,2,3\n4,5,inf\n", 2, "bad.csv:2: column 3: \"inf\" is not a finite number", "rigid");
  expect_refusal("1,2,3\n4,five,6\n", 2, "bad.csv:2: column 2: \"five\" is not a finite number", "rigid");
  expect_refusal("1,2,3\n4,5,\n", 2, "bad.csv:2: column 3: \"\" is not a finite number", "rigid");
  expect_refusal("1,2,3\n\n4,5,6\n", 2, "bad.csv:2: the line is empty", "rigid");
}

TEST_F(CpdCommand, RefusesPointsThatDetermineNothing) {
  expect_refusal("1,2,3\n", 3, "source has one point", "rigid");
  expect_refusal("1,2,3\n1,2,3\n1,2,3\n", 3, "all points are equal", "nonrigid");
  expect_refusal("0,0,0\n1,1,1\n2,2,2\n3,3,3\n", 3, "on one line", "rigid");
  expect_refusal("0,0,5\n1,0,5\n0,1,5\n1,1,5\n3,2,5\n", 3, "in one plane", "affine");
}

TEST_F(CpdCommand, RefusesWrongUsage) {
  const std::string source = file("source.csv", points(0));
  EXPECT_EQ(run({source, source}), 2);
  EXPECT_THAT(errors_.str(), HasSubstr("--mode is missing"));
  EXPECT_EQ(run({source, source, "--mode", "elastic"}), 2);
  EXPECT_EQ(run({source, source, "--mode", "rigid", "--outliers", "1"}), 2);
  EXPECT_EQ(run({source, source, "--mode", "rigid", "--beta", "0"}), 2);
  EXPECT_EQ(run({source, source + "x", "--mode", "rigid"}), 2);
  EXPECT_THAT(errors_.str(), HasSubstr("no such file"));
  EXPECT_FALSE(fs::exists(result()));
}

}  // namespace
}  // namespace focalhip
