#include "analysis/statistics/rank_tests.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// Of the 6 orders of two x among four values two are as extreme as x above all y.
TEST(MannWhitney, OfTwoAgainstTwoIsCountedByHand) {
  const std::vector<double> x = {3.0, 4.0};
  const std::vector<double> y = {1.0, 2.0};
  const MannWhitney test = mann_whitney(x, y);
  EXPECT_EQ(test.w_x, 4.0);
  EXPECT_EQ(test.method, MannWhitney::Method::exact);
  EXPECT_NEAR(*test.p, 1.0 / 3.0, 1e-14);
  EXPECT_NEAR(*mann_whitney(y, x).p, 1.0 / 3.0, 1e-14);
}

TEST(MannWhitney, DoesNotChangeWithTheScale) {
  const std::vector<double> x = {0.1, 0.7, 0.4, 2.0, 1.1};
  const std::vector<double> y = {0.3, 0.2, 0.9, 0.05};
  std::vector<double> x3;
  std::vector<double> y3;
  for (const double v : x) x3.push_back(v * v * v);
  for (const double v : y) y3.push_back(v * v * v);
  EXPECT_EQ(mann_whitney(x, y).p, mann_whitney(x3, y3).p);
}

TEST(MannWhitney, IsNotDefinedWithoutValuesOrDifferences) {
  const std::vector<double> none;
  const std::vector<double> same = {2.0, 2.0, 2.0};
  EXPECT_FALSE(mann_whitney(none, same).p.has_value());
  EXPECT_FALSE(mann_whitney(same, same).p.has_value());
  EXPECT_EQ(mann_whitney(same, same).w_x, 4.5);
}

TEST(PearsonChiSquare, OfIndependentCountsIsZero) {
  Eigen::MatrixXd counts(2, 3);
  counts << 10, 20, 30, 20, 40, 60;
  const auto test = pearson_chi_square(counts);
  ASSERT_TRUE(test.has_value());
  EXPECT_NEAR(test->statistic, 0.0, 1e-12);
  EXPECT_EQ(test->df, 2.0);
  EXPECT_NEAR(test->p, 1.0, 1e-12);
  EXPECT_FALSE(pearson_chi_square(Eigen::MatrixXd::Zero(2, 2)).has_value());
}

TEST(IntraclassCorrelation, OfEqualRepeatsIsOneAndNeedsVariance) {
  Eigen::MatrixXd ratings(4, 2);
  ratings << 1, 1, 2, 2, 4, 4, 7, 7;
  ASSERT_TRUE(icc_2_1(ratings).has_value());
  EXPECT_NEAR(icc_2_1(ratings)->icc, 1.0, 1e-12);
  EXPECT_FALSE(icc_2_1(Eigen::MatrixXd::Ones(4, 2)).has_value());
  EXPECT_FALSE(icc_2_1(Eigen::MatrixXd::Ones(1, 2)).has_value());
}

}  // namespace
}  // namespace focalhip
