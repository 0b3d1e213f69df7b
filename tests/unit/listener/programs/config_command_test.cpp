#include "listener/programs/config_command.h"

#include <fstream>
#include <sstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_ct_writer.h"

namespace focalhip {
namespace {

struct Outcome {
  int status = 0;
  std::string out;
  std::string errors;
};

Outcome run(const std::vector<std::string>& args) {
  std::ostringstream out;
  std::ostringstream errors;
  const int status = config_command(args, out, errors);
  return {status, out.str(), errors.str()};
}

TEST(ConfigCommand, IsSilentAboutAGoodFile) {
  const Outcome outcome = run({"check", std::string(FOCALHIP_SOURCE_DIR) + "/config/focalhip.toml"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, "");
}

TEST(ConfigCommand, PrintsOneLineAProblem) {
  const test::TemporaryFolder folder;
  const std::string file = (folder.path() / "c.toml").string();
  std::ofstream(file) << "[node]\nport = -1\nprot = 2\n";
  const Outcome outcome = run({"check", file});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.out,
            file + ":2: node.port: must be a whole number from 0 to 65535\n" + file +
                ":3: node.prot: unknown key; did you mean port?\n");
}

TEST(ConfigCommand, ExplainsItself) {
  EXPECT_EQ(run({"--help"}).status, 0);
  EXPECT_THAT(run({"--help"}).out, testing::HasSubstr("config check FILE"));
  EXPECT_EQ(run({}).status, 2);
  EXPECT_EQ(run({"verify", "x"}).status, 2);
  EXPECT_EQ(run({"check", "a", "b"}).status, 2);
}

}  // namespace
}  // namespace focalhip
