#include <array>
#include <filesystem>
#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "listener/spool/scanned_instance.h"

// Replays tests/fuzz/corpus/scan_instance; a file's name begins with its outcome. New findings of the fuzzer
// go there as "any-...": they must not crash, whatever the outcome.
namespace focalhip {
namespace {

std::string outcome(const std::variant<ScannedInstance, ScanProblem>& scanned) {
  constexpr std::array names = {"not_dicom", "malformed", "too_deep", "too_large", "unsupported"};
  if (std::holds_alternative<ScannedInstance>(scanned)) return "scanned";
  return names.at(static_cast<std::size_t>(std::get<ScanProblem>(scanned).kind));
}

TEST(ScanCorpus, EveryFileHasTheOutcomeOfItsName) {
  const std::filesystem::path corpus =
      std::filesystem::path(FOCALHIP_SOURCE_DIR) / "tests" / "fuzz" / "corpus" / "scan_instance";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    const std::string name = entry.path().filename().string();
    const std::string expected = name.substr(0, name.find('-'));
    const std::string found = outcome(scan_instance(entry.path(), {}));
    EXPECT_TRUE(expected == "any" || expected == found) << name << ": " << found;
    ++count;
  }
  EXPECT_GE(count, 18);
}

}  // namespace
}  // namespace focalhip
