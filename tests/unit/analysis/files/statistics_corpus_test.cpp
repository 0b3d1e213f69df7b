// The corpus of the fuzz target of the statistics' readers, replayed.
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "tests/fuzz/read_statistics_bytes.h"

namespace focalhip {
namespace {

TEST(StatisticsCorpus, EveryFileHasTheOutcomeOfItsName) {
  const std::filesystem::path corpus =
      std::filesystem::path(FOCALHIP_SOURCE_DIR) / "tests/fuzz/corpus/statistics_files";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    const std::string name = entry.path().filename().string();
    const std::string expected = name.substr(0, name.find('-'));
    const std::string found = fuzz::read_statistics_bytes(bytes);
    EXPECT_TRUE(expected == "any" || expected == found) << name << ": " << found;
    ++count;
  }
  EXPECT_GE(count, 35);
}

}  // namespace
}  // namespace focalhip
