#include "listener/programs/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace focalhip {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const CommandLineRules rules{
    .flags = {"--quiet"}, .values = {"--out"}, .repeatable_values = {"--atlas"}, .positionals = 1};

CommandLine parsed(const std::vector<std::string>& args) { return parse_command_line(args, rules); }

std::string complaint(const std::vector<std::string>& args) {
  try {
    (void)parsed(args);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(CommandLine, TakesValuesInBothForms) {
  EXPECT_EQ(parsed({"series", "--out", "dir"}).value("--out"), "dir");
  EXPECT_EQ(parsed({"--out=dir=x", "series"}).value("--out"), "dir=x");
  EXPECT_EQ(parsed({"series"}).value("--out", "otherwise"), "otherwise");
}

TEST(CommandLine, CollectsRepeatableValuesInOrder) {
  EXPECT_THAT(parsed({"--atlas", "f", "s", "--atlas=m"}).values.at("--atlas"), ElementsAre("f", "m"));
}

TEST(CommandLine, EndsOptionsAtTwoDashes) {
  EXPECT_THAT(parsed({"--quiet", "--", "--out"}).positionals, ElementsAre("--out"));
}

TEST(CommandLine, KnowsHelpWhateverElseIsWrong) {
  EXPECT_TRUE(parsed({"--help"}).has("--help"));
  EXPECT_TRUE(parsed({"--bogus", "--help"}).has("--help"));
  EXPECT_THAT(complaint({"--", "--help", "x"}), HasSubstr("superfluous"));
}

TEST(CommandLine, RefusesEverythingElse) {
  EXPECT_THAT(complaint({}), HasSubstr("too few"));
  EXPECT_THAT(complaint({"a", "b"}), HasSubstr("superfluous argument b"));
  EXPECT_THAT(complaint({"a", "--bogus"}), HasSubstr("unknown option --bogus"));
  EXPECT_THAT(complaint({"a", "-x"}), HasSubstr("unknown option -x"));
  EXPECT_THAT(complaint({"a", "--out"}), HasSubstr("--out needs a value"));
  EXPECT_THAT(complaint({"a", "--out="}), HasSubstr("--out needs a value"));
  EXPECT_THAT(complaint({"a", "--out", "x", "--out", "y"}), HasSubstr("given twice"));
  EXPECT_THAT(complaint({"a", "--quiet=yes"}), HasSubstr("takes no value"));
}

TEST(CommandLine, ReadsNumbersWhole) {
  EXPECT_EQ(number_in("--x", "1.5", 0.0, 2.0), 1.5);
  EXPECT_EQ(integer_in("--n", "3", 1, 8), 3);
  for (const char* wrong : {"", "1.5x", "nan", "inf", "1e400", "3", "-1", "1,5", " 1"}) {
    EXPECT_THROW((void)number_in("--x", wrong, 0.0, 2.0), UsageError) << wrong;
  }
  for (const char* wrong : {"0", "9", "1.5", "99999999999999"}) {
    EXPECT_THROW((void)integer_in("--n", wrong, 1, 8), UsageError) << wrong;
  }
}

}  // namespace
}  // namespace focalhip
