#include "analysis/statistics/impute_group_means.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

TEST(ImputeGroupMeans, FillsFromTheOwnGroupOnly) {
  const std::vector<std::optional<double>> values = {
      1.0, std::nullopt, 3.0, 10.0, std::nullopt, std::nullopt};
  const std::vector<std::string> groups = {"a", "a", "a", "b", "b", "c"};
  const auto filled = impute_group_means(values, groups);
  EXPECT_EQ(filled[1], 2.0);
  EXPECT_EQ(filled[4], 10.0);
  EXPECT_EQ(filled[5], std::nullopt);  // its whole group is missing
  EXPECT_EQ(filled[0], 1.0);
}

}  // namespace
}  // namespace focalhip
