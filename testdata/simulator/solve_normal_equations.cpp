#include "testdata/simulator/solve_normal_equations.h"

#include <cmath>
#include <cstddef>
#include <numeric>

namespace focalhip::simulator {

std::vector<double> damped_step(const std::vector<std::vector<double>>& columns,
                                const std::vector<double>& residuals,
                                double damping) {
  const std::size_t n = columns.size();
  std::vector<std::vector<double>> a(n, std::vector<double>(n));
  std::vector<double> b(n);
  const auto product = [](const std::vector<double>& x, const std::vector<double>& y) {
    return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
  };
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) a[i][j] = product(columns[i], columns[j]);
    a[i][i] = a[i][i] * (1.0 + damping) + 1e-9;
    b[i] = -product(columns[i], residuals);
  }
  // Cholesky, lower triangle, then both substitutions.
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= a[i][k] * a[j][k];
      a[i][j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / a[j][j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

}  // namespace focalhip::simulator
