#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/statistics/distributions.h"
#include "analysis/statistics/random_field.h"
#include "analysis/support/expects.h"

namespace focalhip {

namespace {

using Complex = std::complex<double>;

// The trapezoidal rule along a vertical line errs by exp(-2 pi * distance to the next pole / step); the next
// pole is at least 0.4 away, so that the error is 1e-13 of the integral. [TrefethenWeideman2014] Sec. 5
constexpr double step = 0.08;
constexpr double least_distance_to_pole = 0.4;

// log E (chi2_m / m)^q
Complex log_chi_square_moment(Complex q, double m) {
  return q * std::log(2.0 / m) + log_gamma(0.5 * m + q) - log_gamma(Complex(0.5 * m));
}

// log E Beta(1, b)^q
Complex log_beta_moment(Complex q, double b) {
  return log_gamma(1.0 + q) + log_gamma(Complex(1.0 + b)) - log_gamma(1.0 + b + q);
}

}  // namespace

ClusterLaw::ClusterLaw(const Field& field, double threshold_t, double resels) : field_(field) {
  const int d = field.dimensions;
  expects(d >= 1 && d <= 3, "clusters of one to three dimensions");
  expects(field.df > d + 1.0 && field.df_of_resels > d + 1.0, "more degrees of freedom than dimensions + 1");
  const std::array<double, 4> rho = ec_densities(threshold_t, field.df);
  const double density = std::pow(four_log_two, 0.5 * d) * rho[static_cast<std::size_t>(d)];
  expects(density > 0.0, "a cluster threshold at which clusters have an expected number");
  mean_extent_ = rho[0] / density;
  expected_clusters_ = resels * density;
  log_scale_ = std::log(mean_extent_) - log_moment(1.0).real();
  prepare_contours();
}

std::optional<ClusterLaw> ClusterLaw::where_defined(const Field& field, double threshold_t, double resels) {
  const double least_df = field.dimensions + 1.0;
  if (field.dimensions < 2 || field.df <= least_df || field.df_of_resels <= least_df || !(resels > 0.0))
    return {};
  const double density = ec_densities(threshold_t, field.df)[static_cast<std::size_t>(field.dimensions)];
  if (!(density > 0.0)) return {};
  return ClusterLaw(field, threshold_t, resels);
}

// log E X^z, X the product of independent factors of [spm 5].
Complex ClusterLaw::log_moment(Complex z) const {
  const double d = field_.dimensions;
  const double nu = field_.df;
  Complex sum = 0.0;
  if (nu >= gaussian_df) {
    sum = log_gamma(1.0 + 0.5 * d * z);  // Exp(1)^(D/2)
  } else {
    sum = 0.5 * d * z * std::log(0.5 * nu) + log_beta_moment(0.5 * d * z, 0.5 * (nu - d));
    sum += log_chi_square_moment(0.5 * d * z, nu + 1.0 - d);
    for (int k = 1; k <= field_.dimensions; ++k) sum += log_chi_square_moment(-0.5 * z, nu + 2.0 - k);
  }
  const double nu_resels = field_.df_of_resels;
  if (nu_resels >= gaussian_df) return sum;
  for (int k = 0; k < field_.dimensions; ++k) {
    sum += log_chi_square_moment(0.5 * z, nu_resels <= 4.0 ? nu_resels - 1.0 : nu_resels - 1.0 - k);
  }
  return sum + log_chi_square_moment(-0.5 * d * z, nu_resels);
}

void ClusterLaw::prepare_contours() {
  const double d = field_.dimensions;
  double most = 64.0;
  if (field_.df < gaussian_df) most = std::min(most, field_.df + 2.0 - d);
  if (field_.df_of_resels < gaussian_df) most = std::min(most, field_.df_of_resels / d);
  for (double abscissa = 0.5; abscissa < most - least_distance_to_pole; abscissa *= 1.5) {
    Contour contour{.abscissa = abscissa, .log_moment = {}};
    constexpr std::size_t most_points = 20000;
    const double start = log_moment(abscissa).real();
    while (contour.log_moment.size() < most_points) {
      const Complex z(abscissa, step * static_cast<double>(contour.log_moment.size()));
      contour.log_moment.push_back(log_moment(z));
      if (contour.log_moment.back().real() - start < -40.0) break;
    }
    contours_.push_back(std::move(contour));
  }
}

// Mellin inversion, P(X > x) = 1/(2 pi i) integral of E X^z x^-z / z along Re z = c > 0 [spm 5 gives E X^z].
// On the line on which the integrand starts smallest nearly nothing cancels: tails keep their digits.
double ClusterLaw::p_of_one(double extent_resels) const {
  if (extent_resels <= 0.0) return 1.0;
  const double log_x = std::log(extent_resels) - log_scale_;
  const auto height = [&](const Contour& contour) {
    return contour.log_moment.front().real() - contour.abscissa * log_x - std::log(contour.abscissa);
  };
  const Contour& best = *std::ranges::min_element(contours_, {}, height);
  double sum = 0.0;
  for (std::size_t k = 0; k < best.log_moment.size(); ++k) {
    const Complex z(best.abscissa, step * static_cast<double>(k));
    const double value = (std::exp(best.log_moment[k] - z * log_x) / z).real();
    sum += k == 0 ? 0.5 * value : value;
  }
  return std::clamp(sum * step / std::numbers::pi, 0.0, 1.0);
}

double ClusterLaw::p(double extent_resels) const {
  return -std::expm1(-expected_clusters_ * p_of_one(extent_resels));
}

double ClusterLaw::extent_of_one(double p) const {
  expects(p > 0.0, "a probability above 0");
  if (p >= 1.0) return 0.0;
  double low = log_scale_ - 60.0;
  double high = log_scale_ + 60.0;
  for (int i = 0; i < 80 && high - low > 1e-14; ++i) {
    const double middle = 0.5 * (low + high);
    (p_of_one(std::exp(middle)) > p ? low : high) = middle;
  }
  return std::exp(0.5 * (low + high));
}

double ClusterLaw::extent(double p) const {
  if (expected_clusters_ <= 0.0) return 0.0;
  return extent_of_one(-std::log1p(-p) / expected_clusters_);
}

}  // namespace focalhip
