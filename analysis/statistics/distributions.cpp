#include "analysis/statistics/distributions.h"

#include <array>
#include <cmath>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/gamma.hpp>

namespace focalhip {

namespace {

using boost::math::complement;

// No promotion to long double: double precision is what is reported. Out of range becomes 0 or infinity.
using Policy =
    boost::math::policies::policy<boost::math::policies::promote_double<false>,
                                  boost::math::policies::overflow_error<boost::math::policies::ignore_error>>;
using Normal = boost::math::normal_distribution<double, Policy>;
using StudentT = boost::math::students_t_distribution<double, Policy>;
using ChiSquare = boost::math::chi_squared_distribution<double, Policy>;
using FisherF = boost::math::fisher_f_distribution<double, Policy>;

}  // namespace

double normal_upper_tail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }

double normal_upper_quantile(double p) { return boost::math::quantile(complement(Normal(), p)); }

double student_t_upper_tail(double t, double df) {
  if (std::isinf(t)) return t > 0.0 ? 0.0 : 1.0;
  return boost::math::cdf(complement(StudentT(df), t));
}

double student_t_upper_quantile(double p, double df) {
  return boost::math::quantile(complement(StudentT(df), p));
}

double chi_square_upper_tail(double x, double df) {
  if (x <= 0.0) return 1.0;
  if (std::isinf(x)) return 0.0;
  return boost::math::cdf(complement(ChiSquare(df), x));
}

double chi_square_upper_quantile(double p, double df) {
  return boost::math::quantile(complement(ChiSquare(df), p));
}

double f_upper_quantile(double p, double df1, double df2) {
  return boost::math::quantile(complement(FisherF(df1, df2), p));
}

double log_gamma_ratio(double a, double b) {
  return boost::math::lgamma(a, Policy()) - boost::math::lgamma(b, Policy());
}

std::complex<double> log_gamma(std::complex<double> z) {
  // [NistDlmf] 5.11.1: Stirling's series at Re z >= 10 (9 terms: below 1e-15), 5.5.1: recurrence down to it.
  std::complex<double> product = 1.0;
  while (z.real() < 10.0) {
    product *= z;
    z += 1.0;
  }
  constexpr std::array<double, 9> terms = {1.0 / 12,
                                           -1.0 / 360,
                                           1.0 / 1260,
                                           -1.0 / 1680,
                                           1.0 / 1188,
                                           -691.0 / 360360,
                                           1.0 / 156,
                                           -3617.0 / 122400,
                                           43867.0 / 244188};
  const std::complex<double> inverse = 1.0 / z;
  const std::complex<double> inverse_square = inverse * inverse;
  std::complex<double> series = 0.0;
  for (std::size_t k = terms.size(); k-- > 0;) series = series * inverse_square + terms[k];
  constexpr double half_log_two_pi = 0.91893853320467274178;
  return (z - 0.5) * std::log(z) - z + half_log_two_pi + series * inverse - std::log(product);
}

}  // namespace focalhip
