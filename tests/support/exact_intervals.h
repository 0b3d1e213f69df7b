#pragma once

// Confidence intervals of proof programs that need no assumption about the distribution.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <vector>

namespace focalhip::test {

struct Interval {
  double low = 0.0;
  double high = 0.0;
};

// P(X <= k) for X ~ Binomial(n, p), summed term by term.
inline double binomial_cdf(int k, int n, double p) {
  if (k < 0) return 0.0;
  if (k >= n || p <= 0.0) return 1.0;
  if (p >= 1.0) return 0.0;
  double sum = 0.0;
  for (int i = 0; i <= k; ++i) {
    const double ways = std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0);
    sum += std::exp(ways + i * std::log(p) + (n - i) * std::log1p(-p));
  }
  return std::min(sum, 1.0);
}

// The rate of `successes` of `trials`, exact (Clopper and Pearson 1934).
inline Interval rate_interval(int successes, int trials, double confidence = 0.95) {
  if (trials < 1 || successes < 0 || successes > trials) throw std::invalid_argument("a rate");
  const double tail = 0.5 * (1.0 - confidence);
  // Where a probability that falls with p crosses `level`.
  const auto crossing = [](auto falling, double level) {
    double low = 0.0;
    double high = 1.0;
    for (int i = 0; i < 100; ++i) {
      const double middle = 0.5 * (low + high);
      (falling(middle) > level ? low : high) = middle;
    }
    return 0.5 * (low + high);
  };
  const auto at_most = [=](int k) { return [=](double p) { return binomial_cdf(k, trials, p); }; };
  return {.low = successes == 0 ? 0.0 : crossing(at_most(successes - 1), 1.0 - tail),
          .high = successes == trials ? 1.0 : crossing(at_most(successes), tail)};
}

// Ranks (1 .. n) of the order statistics between which the quantile lies with at least this confidence;
// nothing when there are too few values.
struct Ranks {
  int low = 0;
  int high = 0;
};
inline std::optional<Ranks> quantile_ranks(int n, double share, double confidence = 0.95) {
  const double tail = 0.5 * (1.0 - confidence);
  Ranks ranks;
  // P(quantile < x_(l)) = P(fewer than l values at or below it) = P(X <= l - 1).
  while (ranks.low < n && binomial_cdf(ranks.low, n, share) <= tail) ++ranks.low;
  ranks.high = ranks.low + 1;
  while (ranks.high <= n && binomial_cdf(ranks.high - 1, n, share) < 1.0 - tail) ++ranks.high;
  if (ranks.low < 1 || ranks.high > n) return std::nullopt;
  return ranks;
}

// The value a share of all values does not exceed: the smallest with at least that share at or below it.
inline double quantile(std::vector<double> values, double share) {
  if (values.empty()) throw std::invalid_argument("values for a quantile");
  std::ranges::sort(values);
  const double rank = std::ceil(share * static_cast<double>(values.size()) - 1e-9);
  return values[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

inline std::optional<Interval> quantile_interval(std::vector<double> values, double share) {
  const std::optional<Ranks> ranks = quantile_ranks(static_cast<int>(values.size()), share);
  if (!ranks) return std::nullopt;
  std::ranges::sort(values);
  return Interval{.low = values[static_cast<std::size_t>(ranks->low) - 1],
                  .high = values[static_cast<std::size_t>(ranks->high) - 1]};
}

}  // namespace focalhip::test
