// A 2 x 2 table has the odds ratio ad / bc and the standard error sqrt(1/a + 1/b + 1/c + 1/d) of its
// logarithm.
#include "analysis/statistics/logistic_regression.h"

#include <cmath>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

struct Sample {
  Eigen::MatrixXd x;
  Eigen::VectorXd y;
};

// a exposed cases, b exposed controls, c other cases, d other controls.
Sample table_of(int a, int b, int c, int d) {
  Sample sample{Eigen::MatrixXd::Ones(a + b + c + d, 2), Eigen::VectorXd::Zero(a + b + c + d)};
  for (int i = 0; i < a + b + c + d; ++i) {
    sample.x(i, 1) = i < a + b ? 1.0 : 0.0;
    sample.y(i) = i < a || (i >= a + b && i < a + b + c) ? 1.0 : 0.0;
  }
  return sample;
}

TEST(EstimateEffect, OfATableIsItsOddsRatio) {
  const Sample sample = table_of(20, 10, 15, 30);
  const ColumnEffect effect = estimate_effect(sample.x, sample.y, 1);
  ASSERT_EQ(effect.status, OddsStatus::ok);
  const double error = std::sqrt(1.0 / 20 + 1.0 / 10 + 1.0 / 15 + 1.0 / 30);
  EXPECT_NEAR(*effect.beta, std::log(20.0 * 30.0 / (10.0 * 15.0)), 1e-9);
  EXPECT_NEAR(*effect.standard_error, error, 1e-7);
  EXPECT_NEAR(*effect.wald_high - *effect.wald_low, 2.0 * 1.959963984540054 * error, 1e-6);
  EXPECT_LT(*effect.profile_low, *effect.beta);
  EXPECT_GT(*effect.profile_high, *effect.beta);
}

// Turning the outcome round turns beta round.
TEST(EstimateEffect, OfTheOtherOutcomeHasTheOtherSign) {
  const Sample sample = table_of(20, 10, 15, 30);
  const ColumnEffect effect = estimate_effect(sample.x, sample.y, 1);
  const ColumnEffect turned = estimate_effect(sample.x, (1.0 - sample.y.array()).matrix(), 1);
  EXPECT_NEAR(*turned.beta, -*effect.beta, 1e-10);
  EXPECT_NEAR(*turned.profile_low, -*effect.profile_high, 1e-7);
  EXPECT_NEAR(*turned.p_likelihood_ratio, *effect.p_likelihood_ratio, 1e-12);
}

TEST(EstimateEffect, OfAnEmptyCellIsInfiniteWithAFiniteLimit) {
  const Sample sample = table_of(12, 0, 15, 20);
  const ColumnEffect effect = estimate_effect(sample.x, sample.y, 1);
  EXPECT_EQ(effect.status, OddsStatus::quasi_separation);
  EXPECT_TRUE(std::isinf(*effect.beta) && *effect.beta > 0.0);
  EXPECT_TRUE(std::isfinite(*effect.profile_low));
  EXPECT_FALSE(effect.p_wald.has_value());
  EXPECT_LT(*effect.p_likelihood_ratio, 0.01);
}

TEST(EstimateEffect, SaysWhyThereIsNone) {
  Sample sample = table_of(5, 5, 5, 5);
  EXPECT_EQ(estimate_effect(sample.x, Eigen::VectorXd::Ones(20), 1).status, OddsStatus::one_class);
  Eigen::MatrixXd twice(20, 3);
  twice << sample.x, 2.0 * sample.x.col(1);
  EXPECT_EQ(estimate_effect(twice, sample.y, 2).status, OddsStatus::collinear_variable);
  sample.x.col(1).setConstant(4.0);
  EXPECT_EQ(estimate_effect(sample.x, sample.y, 1).status, OddsStatus::constant_variable);
}

}  // namespace
}  // namespace focalhip
