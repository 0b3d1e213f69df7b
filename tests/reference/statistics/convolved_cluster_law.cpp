#include "tests/reference/statistics/convolved_cluster_law.h"

#include <algorithm>
#include <cmath>

namespace focalhip::test {

namespace {

// The density of the logarithm of one factor at the points k * step, k from `first`.
struct Sampled {
  int first = 0;
  std::vector<double> density;
};

template <typename Density>
Sampled sample(const Density& density, double step, int first, int points) {
  Sampled all{.first = first, .density = {}};
  for (int k = 0; k < points; ++k) all.density.push_back(density(step * (first + k)));
  const double least = 1e-40 * *std::ranges::max_element(all.density);
  const auto is_large = [&](double value) { return value > least; };
  const auto begin = std::ranges::find_if(all.density, is_large);
  auto end = all.density.end();
  while (end != begin && !is_large(*(end - 1))) --end;
  all.first += static_cast<int>(begin - all.density.begin());
  all.density = std::vector<double>(begin, end);
  return all;
}

// y = log (nu/2 B)^(D/2), B of the law Beta(1, (nu - D)/2).
double first_density(double y, double d, double nu) {
  const double b = 2.0 / nu * std::exp(2.0 * y / d);
  const double power = 0.5 * (nu - d);
  return b < 1.0 ? power * std::pow(1.0 - b, power - 1.0) * b * 2.0 / d : 0.0;
}

// y = log (chi2_m / m)^q
double chi_square_density(double y, double q, double m) {
  const double log_chi = y / q + std::log(m);
  return std::exp(0.5 * m * (log_chi - std::log(2.0)) - 0.5 * std::exp(log_chi) - std::lgamma(0.5 * m)) /
         std::abs(q);
}

struct Power {
  double q = 0.0;
  double m = 0.0;
};
std::vector<Power> chi_square_factors(const ClusterLaw::Field& field) {
  const double d = field.dimensions;
  std::vector<Power> factors = {{0.5 * d, field.df + 1.0 - d}};
  for (int k = 1; k <= field.dimensions; ++k) factors.push_back({-0.5, field.df + 2.0 - k});
  if (std::isinf(field.df_of_resels)) return factors;
  for (int k = 0; k < field.dimensions; ++k) factors.push_back({0.5, field.df_of_resels - 1.0 - k});
  factors.push_back({-0.5 * d, field.df_of_resels});
  return factors;
}

Sampled convolve(const Sampled& a, const Sampled& b, double step) {
  Sampled sum{.first = a.first + b.first,
              .density = std::vector<double>(a.density.size() + b.density.size() - 1, 0.0)};
  for (std::size_t j = 0; j < b.density.size(); ++j) {
    const double weight = b.density[j] * step;
    for (std::size_t i = 0; i < a.density.size(); ++i) sum.density[i + j] += weight * a.density[i];
  }
  return sum;
}

std::vector<double> on_grid(const Sampled& density, int first, int points, bool wraps) {
  std::vector<double> folded(static_cast<std::size_t>(points), 0.0);
  for (std::size_t i = 0; i < density.density.size(); ++i) {
    int k = density.first + static_cast<int>(i) - first;
    if (wraps) k = ((k % points) + points) % points;
    if (k >= 0 && k < points) folded[static_cast<std::size_t>(k)] += density.density[i];
  }
  return folded;
}

double log_mean(const ClusterLaw::Field& field) {
  const double d = field.dimensions;
  const double b = 0.5 * (field.df - d);
  double sum = 0.5 * d * std::log(0.5 * field.df) + std::lgamma(1.0 + 0.5 * d) + std::lgamma(1.0 + b) -
               std::lgamma(1.0 + b + 0.5 * d);
  for (const auto& [q, m] : chi_square_factors(field)) {
    sum += q * std::log(2.0 / m) + std::lgamma(0.5 * m + q) - std::lgamma(0.5 * m);
  }
  return sum;
}

}  // namespace

ConvolvedClusterLaw::ConvolvedClusterLaw(const ClusterLaw::Field& field, const Grid& grid, bool wraps)
    : grid_(grid), log_mean_(log_mean(field)) {
  const double d = field.dimensions;
  const auto first = [&](double y) { return first_density(y, d, field.df); };
  Sampled sum = sample(first, grid.step, grid.first, grid.points);
  for (const auto& [q, m] : chi_square_factors(field)) {
    const auto next = [&, q = q, m = m](double y) { return chi_square_density(y, q, m); };
    sum = convolve(sum, sample(next, grid.step, grid.first, grid.points), grid.step);
  }
  const std::vector<double> density = on_grid(sum, grid.first, grid.points, wraps);
  log_tail_.assign(density.size(), -1000.0);
  double above = 0.0;
  for (std::size_t k = density.size() - 1; k-- > 1;) {
    above += density[k + 1] * grid.step;
    // Trapezium with its end correction: the sum of points above k, half of k, step^2/12 of the slope at k.
    const double slope = 0.5 * (density[k + 1] - density[k - 1]) / grid.step;
    const double tail = above + 0.5 * grid.step * density[k] + grid.step * grid.step / 12.0 * slope;
    if (tail > 0.0) log_tail_[k] = std::log(tail);
  }
}

ConvolvedClusterLaw ConvolvedClusterLaw::exact(const ClusterLaw::Field& field) {
  const double step = 0.0017 * field.dimensions;
  const int low = static_cast<int>(-25.0 * field.dimensions / step);
  return {field, {.step = step, .first = low, .points = static_cast<int>(20.0 / step) - low}, false};
}

ConvolvedClusterLaw ConvolvedClusterLaw::as_stat_threshold(const ClusterLaw::Field& field) {
  const double d = field.dimensions;
  const double quantile = -std::expm1(2.0 / (field.df - d) * std::log1p(-1e-6));
  const double low = 0.5 * d * std::log(0.5 * field.df * quantile);
  constexpr int points = 4096;
  const double step = (5.0 * d - low) / points;
  return {field, {.step = step, .first = static_cast<int>(std::lround(low / step)), .points = points}, true};
}

double ConvolvedClusterLaw::p_of_one(double extent_resels, double mean_extent_resels) const {
  const double y = std::log(extent_resels / mean_extent_resels) + log_mean_;
  const double place = y / grid_.step - grid_.first;
  const auto k = static_cast<std::size_t>(std::clamp(place, 1.0, grid_.points - 4.0));
  const double f = place - static_cast<double>(k);
  // Cubic through the four nearest points.
  const double a = log_tail_[k - 1];
  const double b = log_tail_[k];
  const double c = log_tail_[k + 1];
  const double e = log_tail_[k + 2];
  return std::exp(-f * (f - 1.0) * (f - 2.0) / 6.0 * a + (f + 1.0) * (f - 1.0) * (f - 2.0) / 2.0 * b -
                  (f + 1.0) * f * (f - 2.0) / 2.0 * c + (f + 1.0) * f * (f - 1.0) / 6.0 * e);
}

}  // namespace focalhip::test
