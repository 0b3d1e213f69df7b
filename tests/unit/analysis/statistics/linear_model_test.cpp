#include "analysis/statistics/linear_model.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

constexpr int subjects = 24;
constexpr int points = 5;

std::vector<int> all_rows(int count) {
  std::vector<int> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

// Numbers without pattern, the same on every machine.
double scattered(int i) { return std::fmod(std::abs(std::sin(12.9898 * (i + 1)) * 43758.5453), 1.0) - 0.5; }

FieldData data_of() {
  FieldData data{.subjects = subjects, .points = points, .values = {}};
  for (int i = 0; i < subjects * points; ++i) data.values.push_back(static_cast<float>(2.0 + scattered(i)));
  return data;
}

Eigen::MatrixXd design_of() {
  Eigen::MatrixXd x(subjects, 3);
  for (int i = 0; i < subjects; ++i) x.row(i) << 1.0, i < 10 ? 1.0 : 0.0, 160.0 + 30.0 * scattered(1000 + i);
  return x;
}

SearchRegion loose_points() {
  SearchRegion region;
  region.points = points;
  return region;
}

std::vector<double> t_of(const Eigen::MatrixXd& x, const Eigen::VectorXd& contrast, const FieldData& data) {
  const LinearModel model(x);
  return test_contrast(model, fit_field(model, data, all_rows(subjects), loose_points()), contrast).t;
}

TEST(LinearModel, OfTwoGroupsIsStudentsTest) {
  const FieldData data = data_of();
  const std::vector<double> t = t_of(design_of().leftCols(2), Eigen::Vector2d(0.0, -1.0), data);
  for (int p = 0; p < points; ++p) {
    std::array<double, 2> sum{};
    std::array<double, 2> square{};
    const std::array<double, 2> n = {14.0, 10.0};
    for (int i = 0; i < subjects; ++i) {
      const double y = data.values[static_cast<std::size_t>(i * points + p)];
      sum[i < 10 ? 1 : 0] += y;
      square[i < 10 ? 1 : 0] += y * y;
    }
    const double within = square[0] - sum[0] * sum[0] / n[0] + square[1] - sum[1] * sum[1] / n[1];
    const double error = std::sqrt(within / (subjects - 2) * (1.0 / n[0] + 1.0 / n[1]));
    EXPECT_NEAR(t[static_cast<std::size_t>(p)], (sum[0] / n[0] - sum[1] / n[1]) / error, 1e-10);
  }
}

TEST(LinearModel, DoesNotDependOnUnitsAndOriginsOfCovariates) {
  const FieldData data = data_of();
  Eigen::MatrixXd moved = design_of();
  moved.col(2) = (1000.0 * moved.col(2)).array() + 3e6;
  const auto t = t_of(design_of(), Eigen::Vector3d(0.0, -1.0, 0.0), data);
  const auto again = t_of(moved, Eigen::Vector3d(0.0, -1.0, 0.0), data);
  for (std::size_t p = 0; p < points; ++p) EXPECT_NEAR(t[p], again[p], 1e-9);
}

TEST(LinearModel, TwoIndicatorColumnsBesideAConstantAreOneColumn) {
  const FieldData data = data_of();
  Eigen::MatrixXd both(subjects, 3);
  both << design_of().leftCols(2), (1.0 - design_of().col(1).array()).matrix();
  const LinearModel model(both);
  EXPECT_EQ(model.rank(), 2);
  EXPECT_EQ(model.dependent_column(), 2);
  EXPECT_TRUE(model.is_estimable(Eigen::Vector3d(0.0, -1.0, 1.0)));
  EXPECT_FALSE(model.is_estimable(Eigen::Vector3d(0.0, -1.0, 0.0)));
  const auto t = t_of(design_of().leftCols(2), Eigen::Vector2d(0.0, -1.0), data);
  const auto again = t_of(both, Eigen::Vector3d(0.0, -1.0, 1.0), data);
  for (std::size_t p = 0; p < points; ++p) EXPECT_NEAR(t[p], again[p], 1e-10);
}

TEST(LinearModel, LeveragesOfTheSubjectsSumToTheRank) {
  const LinearModel model(design_of());
  double sum = 0.0;
  for (int i = 0; i < subjects; ++i) sum += model.leverage(design_of().row(i).transpose());
  EXPECT_NEAR(sum, 3.0, 1e-12);
}

// [CrawfordHowell1998]: t = (mean - y) / (sd sqrt(1 + 1/n)), n - 1 degrees of freedom.
TEST(LinearModel, OneCaseAgainstAConstantIsCrawfordAndHowellsTest) {
  const FieldData data = data_of();
  const LinearModel model(Eigen::MatrixXd::Ones(subjects, 1));
  const FieldFit fit = fit_field(model, data, all_rows(subjects), loose_points());
  const std::vector<float> y = {1.0F, 2.0F, 3.0F, 1.5F, 2.5F};
  const ContrastMap map = test_new_case(model, fit, Eigen::VectorXd::Ones(1), y);
  EXPECT_EQ(model.df(), subjects - 1);
  for (std::size_t p = 0; p < points; ++p) {
    double mean = 0.0;
    double square = 0.0;
    for (std::size_t i = 0; i < subjects; ++i) mean += data.values[i * points + p] / double{subjects};
    for (std::size_t i = 0; i < subjects; ++i) square += std::pow(data.values[i * points + p] - mean, 2);
    const double sd = std::sqrt(square / (subjects - 1));
    const double expected = (mean - static_cast<double>(y[p])) / (sd * std::sqrt(1.0 + 1.0 / subjects));
    EXPECT_NEAR(map.t[p], expected, 1e-10);
  }
}

TEST(LinearModel, PointsWithoutVarianceOrNumbersAreNotUsable) {
  FieldData data = data_of();
  for (std::size_t i = 0; i < subjects; ++i) data.values[i * points + 1] = 3.0F;
  data.values[7 * points + 2] = std::numeric_limits<float>::quiet_NaN();
  data.values[8 * points + 3] = std::numeric_limits<float>::infinity();
  const LinearModel model(design_of());
  const FieldFit fit = fit_field(model, data, all_rows(subjects), loose_points());
  EXPECT_EQ(fit.usable, (std::vector<std::uint8_t>{1, 0, 0, 0, 1}));
  EXPECT_EQ(fit.not_finite, 2);
  EXPECT_EQ(fit.zero_variance, 1);
  const ContrastMap map = test_contrast(model, fit, Eigen::Vector3d(0.0, -1.0, 0.0));
  EXPECT_EQ(map.t[1], 0.0);
  EXPECT_TRUE(std::isnan(map.t[2]) && std::isnan(map.t[3]));
}

TEST(LinearModel, RowsChooseSubjects) {
  const FieldData data = data_of();
  std::vector<int> backwards = all_rows(subjects);
  std::ranges::reverse(backwards);
  const Eigen::MatrixXd x = design_of();
  const Eigen::Vector3d contrast(0.0, -1.0, 0.0);
  const LinearModel model(x.colwise().reverse());
  const auto t = test_contrast(model, fit_field(model, data, backwards, loose_points()), contrast).t;
  const auto plain = t_of(x, contrast, data);
  for (std::size_t p = 0; p < points; ++p) EXPECT_NEAR(t[p], plain[p], 1e-10);
}

}  // namespace
}  // namespace focalhip
