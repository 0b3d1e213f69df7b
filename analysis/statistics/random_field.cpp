#include "analysis/statistics/random_field.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/statistics/distributions.h"
#include "analysis/support/expects.h"

namespace focalhip {

namespace {

bool is_gaussian(double df) { return df >= gaussian_df; }

double upper_tail(double t, double df) {
  return is_gaussian(df) ? normal_upper_tail(t) : student_t_upper_tail(t, df);
}

// Root of a falling function between two points that enclose it.
template <typename Falling>
double bisect(double low, double high, double level, const Falling& falling) {
  for (int i = 0; i < 200 && high - low > 1e-14 * std::max(1.0, std::abs(high)); ++i) {
    const double middle = 0.5 * (low + high);
    (falling(middle) > level ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace

std::array<double, 4> ec_densities(double t, double df) {
  // [spm 3], after [Worsley1996]
  constexpr double two_pi = 2.0 * std::numbers::pi;
  const bool gaussian = is_gaussian(df);
  const double body =
      gaussian ? std::exp(-0.5 * t * t) : std::exp(-0.5 * (df - 1.0) * std::log1p(t * t / df));
  const double ratio =
      gaussian ? 1.0 : std::exp(log_gamma_ratio(0.5 * (df + 1.0), 0.5 * df) - 0.5 * std::log(0.5 * df));
  const double share = gaussian ? 1.0 : (df - 1.0) / df;
  return {upper_tail(t, df),
          body / two_pi,
          ratio * t * body / std::pow(two_pi, 1.5),
          (share * t * t - 1.0) * body / (two_pi * two_pi)};
}

MaximumLaw::MaximumLaw(const Resels& resels, double points, double df)
    : resels_(resels), points_(points), df_(df) {
  expects(points >= 1.0 && df > 0.0, "a search region with points, and degrees of freedom");
  has_field_ = std::ranges::any_of(resels, [](double r) { return r != 0.0; });
  t1_ = start_of_tail(Bound::smaller);
}

double MaximumLaw::bound(double t, Bound which) const {
  const std::array<double, 4> rho = ec_densities(t, df_);
  double field = 0.0;
  double scale = 1.0;
  for (std::size_t d = 0; d < 4; ++d) {
    field += resels_[d] * scale * rho[d];
    scale *= std::sqrt(four_log_two);
  }
  if (which == Bound::random_field) return field;
  return has_field_ ? std::min(field, points_ * rho[0]) : points_ * rho[0];
}

// Coming down from large t: where the bound first reaches 1, or where it is largest if it never does.
double MaximumLaw::start_of_tail(Bound which) const {
  constexpr double step = 0.02;
  double best_t = 0.0;
  double best = -1.0;
  for (double t = 50.0; t > -10.0; t -= step) {
    const double here = bound(t, which);
    if (here >= 1.0) return bisect(t, t + step, 1.0, [&](double x) { return bound(x, which); });
    if (here > best) {
      best = here;
      best_t = t;
    }
  }
  return best_t;
}

double MaximumLaw::p(double t) const {
  if (t <= t1_) return 1.0;
  return std::clamp(bound(t, Bound::smaller), 0.0, 1.0);
}

double MaximumLaw::solve(double p, Bound which) const {
  expects(p > 0.0 && p < 1.0, "a probability between 0 and 1");
  const double low = which == Bound::smaller ? t1_ : start_of_tail(which);
  double high = std::max(low, 1.0) + 1.0;
  while (bound(high, which) > p && high < 1e12) high *= 2.0;
  return bisect(low, high, p, [&](double t) { return bound(t, which); });
}

double MaximumLaw::threshold(double p) const { return solve(p, Bound::smaller); }

double MaximumLaw::random_field_threshold(double p) const {
  return has_field_ ? solve(p, Bound::random_field) : std::numeric_limits<double>::infinity();
}

double MaximumLaw::bonferroni_threshold(double p) const {
  expects(p > 0.0 && p < 1.0, "a probability between 0 and 1");
  const double one = p / points_;
  return is_gaussian(df_) ? normal_upper_quantile(one) : student_t_upper_quantile(one, df_);
}

double single_peak_p(double t, int dimensions, double df, double threshold_t) {
  const auto d = static_cast<std::size_t>(dimensions);
  return ec_densities(t, df)[d] / ec_densities(threshold_t, df)[d];
}

double single_peak_threshold(double p, int dimensions, double df, double threshold_t) {
  double high = std::max(threshold_t, 1.0) * 2.0;
  while (single_peak_p(high, dimensions, df, threshold_t) > p && high < 1e12) high *= 2.0;
  return bisect(
      threshold_t, high, p, [&](double t) { return single_peak_p(t, dimensions, df, threshold_t); });
}

}  // namespace focalhip
