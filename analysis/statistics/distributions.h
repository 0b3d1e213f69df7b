#pragma once

#include <complex>

namespace focalhip {

// Tails and quantiles of the distributions of the field, over Boost.Math. Upper tails are computed as such,
// never as 1 - P, so that small probabilities keep their digits.

[[nodiscard]] double normal_upper_tail(double z);
[[nodiscard]] double normal_upper_quantile(double p);  // z with P(Z > z) = p, 0 < p < 1
[[nodiscard]] double student_t_upper_tail(double t, double df);
[[nodiscard]] double student_t_upper_quantile(double p, double df);
[[nodiscard]] double chi_square_upper_tail(double x, double df);
[[nodiscard]] double chi_square_upper_quantile(double p, double df);
[[nodiscard]] double f_upper_quantile(double p, double df1, double df2);

// log Gamma(a) - log Gamma(b), a, b > 0
[[nodiscard]] double log_gamma_ratio(double a, double b);
// log Gamma(z) for Re z > 0, up to a multiple of 2 pi i.
[[nodiscard]] std::complex<double> log_gamma(std::complex<double> z);

}  // namespace focalhip
