#include "listener/support/log.h"

#include <string>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

std::string fields_of(const std::string& line) { return line.substr(line.find("] ") + 2); }

TEST(Log, WritesOneLineOfKeysAndValues) {
  const std::string line =
      log_line("info", "receiver", "STORED", {{"bytes", 526336}, {"ratio", 0.5}, {"peer", "CT1"}});
  EXPECT_EQ(fields_of(line), "STORED bytes=526336 ratio=0.5 peer=CT1");
  EXPECT_NE(line.find("Z info receiver["), std::string::npos);
}

TEST(Log, NoValueCanForgeALineOrAField) {
  const std::string line =
      log_line("info", "x", "E", {{"a", "one\ntwo"}, {"b", "c d=e"}, {"c", "\x1b[2J\"q\""}, {"d", ""}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(fields_of(line), "E a=one\\x0atwo b=\"c d=e\" c=\"\\x1b[2J\\x22q\\x22\" d=\"\"");
}

TEST(Log, CutsLongValues) {
  EXPECT_EQ(fields_of(log_line("info", "x", "E", {{"a", std::string(1000, 'y')}})).size(),
            std::string("E a=...").size() + 200);
}

}  // namespace
}  // namespace focalhip
