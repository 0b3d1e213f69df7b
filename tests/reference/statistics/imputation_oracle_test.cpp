// Group means in place of missing heights and weights, against R.
#include <gtest/gtest.h>

#include "analysis/statistics/impute_group_means.h"
#include "tests/reference/statistics/oracle_files.h"

namespace focalhip {
namespace {

std::vector<std::optional<double>> imputed(const CsvTable& cohort,
                                           const std::string& column,
                                           const std::vector<std::string>& by) {
  std::vector<std::optional<double>> values;
  std::vector<std::string> groups;
  for (std::size_t row = 0; row < cohort.rows.size(); ++row) {
    values.push_back(cohort.number(row, cohort.column(column)));
    std::string group;
    for (const std::string& name : by) group += cohort.rows[row][cohort.column(name)] + ',';
    groups.push_back(group);
  }
  return impute_group_means(values, groups);
}

TEST(ImputeGroupMeans, FillsHeightAndWeightAsR) {
  FOCALHIP_NEED_STATISTICS("odds/expected_imputation.csv");
  const CsvTable cohort = read_csv_table(test::statistics_file("odds/cohort.csv"));
  const CsvTable theirs = read_csv_table(test::statistics_file("odds/expected_imputation.csv"));
  int filled = 0;
  for (const auto& [suffix, by] : {std::pair<std::string, std::vector<std::string>>{
                                       "_by_sex_fracture_t2dm", {"sex", "fracture", "t2dm"}},
                                   {"_by_sex_fracture", {"sex", "fracture"}}}) {
    for (const std::string name : {"height", "weight"}) {
      const std::string column = name + (name == "height" ? "_cm" : "_kg");
      const auto ours = imputed(cohort, column, by);
      for (std::size_t line = 0; line < theirs.rows.size(); ++line) {
        std::size_t row = 0;
        while (cohort.rows.at(row)[0] != theirs.rows[line][0]) ++row;
        const bool is_missing = test::oracle_number(theirs, line, name + "_missing") == 1.0;
        EXPECT_EQ(is_missing, !cohort.number(row, cohort.column(column)).has_value());
        ASSERT_TRUE(ours[row].has_value());
        EXPECT_LE(test::relative_error(*ours[row], test::oracle_number(theirs, line, name + suffix)), 1e-9)
            << theirs.lines[line] << ' ' << name << suffix;
        filled += is_missing ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(filled, 2 * (9 + 11 + 13 + 16));  // the oracle's README, two ways of grouping
}

}  // namespace
}  // namespace focalhip
