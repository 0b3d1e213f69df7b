#include "analysis/statistics/rank_tests.h"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/distributions.h"
#include "analysis/support/expects.h"

namespace focalhip {

namespace {

struct Ranking {
  double w_x = 0.0;
  double tie_sum = 0.0;  // sum of t^3 - t over groups of equal values
  bool all_equal = false;
};

Ranking rank(std::span<const double> x, std::span<const double> y) {
  std::vector<std::pair<double, bool>> values;
  for (const double v : x) values.emplace_back(v, true);
  for (const double v : y) values.emplace_back(v, false);
  std::ranges::sort(values);
  Ranking ranking;
  double rank_sum = 0.0;
  for (std::size_t i = 0; i < values.size();) {
    std::size_t end = i;
    int of_x = 0;
    for (; end < values.size() && values[end].first == values[i].first; ++end)
      of_x += values[end].second ? 1 : 0;
    const auto ties = static_cast<double>(end - i);
    rank_sum += of_x * (static_cast<double>(i + 1) + 0.5 * (ties - 1.0));
    ranking.tie_sum += ties * ties * ties - ties;
    ranking.all_equal = end - i == values.size();
    i = end;
  }
  const auto n = static_cast<double>(x.size());
  ranking.w_x = rank_sum - 0.5 * n * (n + 1.0);
  return ranking;
}

}  // namespace

double mann_whitney_exact_p(int n_x, int n_y, double w_x) {
  const int most = n_x * n_y;
  // f[a][u]: share of orders of a x's and b y's with statistic u; f(a, b, u) = a/(a+b) f(a-1, b, u - b) +
  // b/(a+b) f(a, b-1, u), by the group of the largest value. [MannWhitney1947] eq. 2
  std::vector<std::vector<double>> f(static_cast<std::size_t>(n_x) + 1);
  for (int b = 0; b <= n_y; ++b) {
    for (int a = 0; a <= n_x; ++a) {
      std::vector<double> next(static_cast<std::size_t>(a * b) + 1, 0.0);
      if (a == 0 || b == 0) {
        next[0] = 1.0;
      } else {
        const auto& fewer_x = f[static_cast<std::size_t>(a) - 1];
        const auto& fewer_y = f[static_cast<std::size_t>(a)];
        for (std::size_t u = 0; u < fewer_x.size(); ++u) {
          next[u + static_cast<std::size_t>(b)] += fewer_x[u] * a / (a + b);
        }
        for (std::size_t u = 0; u < fewer_y.size(); ++u) next[u] += fewer_y[u] * b / (a + b);
      }
      f[static_cast<std::size_t>(a)] = std::move(next);
    }
  }
  const int u = static_cast<int>(std::lround(std::min(w_x, most - w_x)));
  double tail = 0.0;
  for (int i = 0; i <= u; ++i) tail += f[static_cast<std::size_t>(n_x)][static_cast<std::size_t>(i)];
  return std::min(1.0, 2.0 * tail);
}

std::optional<double> mann_whitney_normal_p(std::span<const double> x,
                                            std::span<const double> y,
                                            bool continuity_correction) {
  const Ranking ranking = rank(x, y);
  const auto n = static_cast<double>(x.size());
  const auto m = static_cast<double>(y.size());
  const double all = n + m;
  const double variance = n * m / 12.0 * (all + 1.0 - ranking.tie_sum / (all * (all - 1.0)));
  if (ranking.all_equal || !(variance > 0.0)) return std::nullopt;
  double difference = std::abs(ranking.w_x - 0.5 * n * m);
  if (continuity_correction) difference = difference == 0.0 ? 0.0 : difference - 0.5;
  return std::min(1.0, 2.0 * normal_upper_tail(difference / std::sqrt(variance)));
}

MannWhitney mann_whitney(std::span<const double> x, std::span<const double> y) {
  MannWhitney test;
  test.n_x = static_cast<int>(x.size());
  test.n_y = static_cast<int>(y.size());
  if (x.empty() || y.empty()) return test;
  const Ranking ranking = rank(x, y);
  test.w_x = ranking.w_x;
  test.has_ties = ranking.tie_sum > 0.0;
  if (ranking.all_equal && x.size() + y.size() > 1) return test;
  constexpr std::size_t exact_below = 50;
  if (!test.has_ties && x.size() < exact_below && y.size() < exact_below) {
    test.method = MannWhitney::Method::exact;
    test.p = mann_whitney_exact_p(test.n_x, test.n_y, test.w_x);
  } else {
    test.p = mann_whitney_normal_p(x, y, true);
    if (test.p) test.method = MannWhitney::Method::normal;
  }
  return test;
}

std::string name_of(MannWhitney::Method method) {
  switch (method) {
    case MannWhitney::Method::exact:
      return "exact";
    case MannWhitney::Method::normal:
      return "normal";
    case MannWhitney::Method::not_defined:
      return "not defined";
  }
  return "unknown";
}

std::optional<ChiSquareTest> pearson_chi_square(const Eigen::MatrixXd& counts) {
  const Eigen::VectorXd rows = counts.rowwise().sum();
  const Eigen::RowVectorXd columns = counts.colwise().sum();
  if (counts.rows() < 2 || counts.cols() < 2 || !(rows.minCoeff() > 0.0) || !(columns.minCoeff() > 0.0))
    return {};
  const Eigen::MatrixXd expected = rows * columns / counts.sum();
  ChiSquareTest test;
  test.statistic = ((counts - expected).array().square() / expected.array()).sum();
  test.df = static_cast<double>((counts.rows() - 1) * (counts.cols() - 1));
  test.p = chi_square_upper_tail(test.statistic, test.df);
  return test;
}

std::optional<IntraclassCorrelation> icc_2_1(const Eigen::MatrixXd& ratings) {
  if (ratings.rows() < 2 || ratings.cols() < 2) return std::nullopt;
  const auto n = static_cast<double>(ratings.rows());
  const auto k = static_cast<double>(ratings.cols());
  const double mean = ratings.mean();
  const Eigen::VectorXd of_subject = ratings.rowwise().mean();
  const Eigen::RowVectorXd of_rater = ratings.colwise().mean();
  const double ms_rows = k * (of_subject.array() - mean).square().sum() / (n - 1.0);
  const double ms_columns = n * (of_rater.array() - mean).square().sum() / (k - 1.0);
  Eigen::MatrixXd residual = ratings;
  residual.colwise() -= of_subject;
  residual.rowwise() -= of_rater;
  const double ms_error = (residual.array() + mean).square().sum() / ((n - 1.0) * (k - 1.0));
  const double total = ms_rows + (k - 1.0) * ms_error + k / n * (ms_columns - ms_error);
  if (!(total > 0.0)) return std::nullopt;
  IntraclassCorrelation result{.icc = (ms_rows - ms_error) / total};
  if (!(ms_error > 0.0) && !(ms_columns > 0.0)) return IntraclassCorrelation{1.0, 1.0, 1.0};
  // [McGrawWong1996] Table 7, ICC(A,1)
  const double r = result.icc;
  const double a = k * r / (n * (1.0 - r));
  const double b = 1.0 + k * r * (n - 1.0) / (n * (1.0 - r));
  const double sum = a * ms_columns + b * ms_error;
  const double df =
      sum * sum /
      (a * a * ms_columns * ms_columns / (k - 1.0) + b * b * ms_error * ms_error / ((n - 1.0) * (k - 1.0)));
  const double f_low = f_upper_quantile(0.025, n - 1.0, df);
  const double f_high = f_upper_quantile(0.025, df, n - 1.0);
  const double noise = k * ms_columns + (k * n - k - n) * ms_error;
  result.low = n * (ms_rows - f_low * ms_error) / (f_low * noise + n * ms_rows);
  result.high = n * (f_high * ms_rows - ms_error) / (noise + n * f_high * ms_rows);
  return result;
}

}  // namespace focalhip
