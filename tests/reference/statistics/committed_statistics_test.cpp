// The committed part of the oracle is a part of the whole, unchanged.
#include <fstream>
#include <iterator>
#include <set>

#include <gtest/gtest.h>

#include "tests/reference/statistics/oracle_files.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

TEST(CommittedStatistics, AreLinesOfTheWholeSet) {
  if (!fs::exists(test::shared_statistics() / "odds"))
    GTEST_SKIP() << "oracles/stats is not beside the repository";
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(test::committed_statistics())) {
    if (!entry.is_regular_file()) continue;
    bytes += entry.file_size();
    const fs::path name = fs::relative(entry.path(), test::committed_statistics());
    const bool is_single = *name.begin() == "surf_single";
    const fs::path whole =
        test::shared_statistics() / (is_single ? fs::path("surf_small") / name.filename() : name);
    ASSERT_TRUE(fs::exists(whole)) << whole;
    if (is_single && name.extension() == ".json") continue;  // another number of rows
    const std::string part = text_of(entry.path());
    const std::string all = text_of(whole);
    if (name.extension() != ".csv") {
      EXPECT_TRUE(is_single || part == all) << name;
      continue;
    }
    const std::set<std::string> known = lines_of(all);
    for (const std::string& line : lines_of(part)) EXPECT_TRUE(known.contains(line)) << name << ": " << line;
  }
  EXPECT_LT(bytes, 2'000'000U);
}

TEST(CommittedStatistics, SubjectsAreThoseOfTheWholeSet) {
  const fs::path whole = test::shared_statistics() / "surf_small/data.bin";
  if (!fs::exists(whole)) GTEST_SKIP() << "oracles/stats is not beside the repository";
  const std::string all = text_of(whole);
  const fs::path folder = test::committed_statistics() / "surf_single";
  const std::string part = text_of(folder / "data.bin");
  const CsvTable design = read_csv_table(folder / "design.csv");
  constexpr std::size_t row_bytes = 2562 * 4;
  ASSERT_EQ(part.size(), design.rows.size() * row_bytes);
  for (std::size_t row = 0; row < design.rows.size(); ++row) {
    const auto from = static_cast<std::size_t>(design.required_number(row, 0));
    EXPECT_TRUE(part.compare(row * row_bytes, row_bytes, all, from * row_bytes, row_bytes) == 0) << row;
  }
}

}  // namespace
}  // namespace focalhip
