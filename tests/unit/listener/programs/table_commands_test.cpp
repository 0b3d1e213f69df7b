// `focalhip odds` and `mannwhitney`: what they say about tables that are wrong, and that nothing is written.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/files/csv_table.h"
#include "listener/programs/mannwhitney_command.h"
#include "listener/programs/odds_command.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class TableCommands : public testing::Test {
 protected:
  std::string file(const std::string& text) {
    std::ofstream(folder_.path() / "t.csv", std::ios::binary) << text;
    return (folder_.path() / "t.csv").string();
  }
  int run(const auto& command, const std::string& text, std::vector<std::string> args) {
    args.insert(args.begin(), file(text));
    args.insert(args.end(), {"--out", result().string()});
    errors_.str("");
    return command(args, said_, errors_);
  }
  int odds(const std::string& text,
           const std::vector<std::string>& more = {},
           const std::string& variables = "x") {
    std::vector<std::string> args = {"--outcome", "y", "--variables", variables};
    args.insert(args.end(), more.begin(), more.end());
    return run(odds_command, text, args);
  }
  int mannwhitney(const std::string& text) {
    return run(mannwhitney_command, text, {"--group", "g", "--variables", "x"});
  }
  void expect_said(int status, int expected, const std::string& sentence) {
    EXPECT_EQ(status, expected) << sentence;
    EXPECT_THAT(errors_.str(), HasSubstr(sentence));
    EXPECT_FALSE(fs::exists(result())) << sentence;
  }
  [[nodiscard]] std::string status_of(const std::string& text, const std::vector<std::string>& more = {}) {
    if (odds(text, more) != 0) return errors_.str();
    const CsvTable table = read_csv_table(result());
    return table.rows.at(0).at(table.column("status"));
  }
  [[nodiscard]] fs::path result() const { return folder_.path() / "o.csv"; }

  testing_support::TemporaryFolder folder_;
  std::ostringstream said_;
  std::ostringstream errors_;
};

TEST_F(TableCommands, NameFileLineColumnAndReason) {
  expect_said(odds("y,x\n1,2\n0\n"), 2, "t.csv:3: 1 fields, the first row has 2");
  expect_said(odds("y,x\n1,2\n2,3\n"), 2, "t.csv:3: column 1 (y): 0 or 1 is needed");
  expect_said(odds("y,x\n1,2\n0,inf\n"), 2, "t.csv:3: column 2 (x): \"inf\" is not a finite number");
  expect_said(odds("y,x\n1,2\n,3\n"), 2, "t.csv:3: column 1 (y): a number is missing");
  expect_said(odds("y,z\n1,2\n"), 2, "t.csv:1: no column \"x\"; there are y, z");
  expect_said(odds("y,y\n1,2\n"), 2, "t.csv:1: two columns are named \"y\"");
  expect_said(odds("y,\n1,2\n"), 2, "t.csv:1: column 2 has no name");
  expect_said(odds(""), 2, "t.csv: the file is empty");
  expect_said(odds("y,x\n\"1,2\n"), 2, "t.csv:2: a quote that is opened here is never closed");
  expect_said(mannwhitney("g,x\n0,1\n,2\n"), 2, "t.csv:3: column 1 (g): the group is missing");
  expect_said(mannwhitney("g,x\n0,1\n1,2\n2,3\n"), 2, "column \"g\" has 3 values, 2 are needed");
  expect_said(mannwhitney("g,x\n0,1\n1,two\n"), 2, "t.csv:3: column 2 (x): \"two\" is not a finite number");
}

TEST_F(TableCommands, RefuseWrongUsage) {
  const std::string good = "y,x\n1,2\n0,3\n1,4\n0,1\n";
  expect_said(odds(good, {"--where", "x"}), 2, "--where needs COLUMN=VALUE");
  expect_said(odds(good, {"--where", "x=9"}), 2, "no row has x=9");
  expect_said(odds(good, {"--sd-from", "-1"}), 2, "--sd-from needs sample, controls or a number above 0");
  expect_said(odds(good, {}, "x,x"), 2, "--variables names x twice");
  expect_said(odds(good, {}, "x,,y"), 2, "--variables has an empty name");
  expect_said(run(odds_command, good, {"--variables", "x"}), 2, "--outcome is missing");
  expect_said(run(mannwhitney_command, good, {"--group", "y"}), 2, "--variables is missing");
  expect_said(run(mannwhitney_command, good, {"--covariates", "y"}), 2, "--covariates");
}

TEST_F(TableCommands, AMissingCovariateIsLeftOutOrImputedOrRefused) {
  const std::string text = "y,x,c,g\n1,2,5,a\n0,3,,a\n1,4,6,a\n0,1,7,a\n1,1,3,a\n0,2,,b\n1,5,1,a\n0,3,2,a\n";
  ASSERT_EQ(odds(text, {"--covariates", "c"}), 0) << errors_.str();
  EXPECT_EQ(read_csv_table(result()).rows[0][1], "6");
  fs::remove(result());
  expect_said(odds(text, {"--covariates", "c", "--impute-by", "g"}),
              2,
              "t.csv:7: column 3 (c): missing, and so in its whole group");
  ASSERT_EQ(odds(text, {"--covariates", "c", "--impute-by", "y"}), 0) << errors_.str();
  EXPECT_EQ(read_csv_table(result()).rows[0][1], "8");
}

TEST_F(TableCommands, SayWhyThereIsNoOddsRatio) {
  EXPECT_EQ(status_of("y,x\n1,3\n0,3\n1,3\n0,3\n"), "constant variable");
  EXPECT_EQ(status_of("y,x\n1,3\n1,4\n1,5\n1,6\n"), "one class");
  EXPECT_EQ(status_of("y,x\n1,5\n1,6\n0,1\n0,2\n1,7\n0,3\n"), "complete separation");
  EXPECT_EQ(status_of("y,x,c\n1,1,2\n0,2,4\n1,3,6\n0,4,8\n1,2,4\n0,1,2\n", {"--covariates", "c"}),
            "collinear variable");
  EXPECT_EQ(status_of("y,x\n1,\n0,\n"), "too few subjects");
}

TEST_F(TableCommands, AllValuesEqualHaveNoRankTest) {
  ASSERT_EQ(mannwhitney("g,x\n0,1\n1,1\n0,1\n1,1\n"), 0) << errors_.str();
  EXPECT_EQ(read_csv_table(result()).rows[0],
            (std::vector<std::string>{"x", "2", "2", "1", "2", "NA", "not defined"}));
}

}  // namespace
}  // namespace focalhip
