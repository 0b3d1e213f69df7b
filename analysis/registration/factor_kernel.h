#pragma once

#include <vector>

#include <Eigen/Core>

#include "analysis/registration/points.h"

namespace focalhip {

// The Gaussian kernel G_ij = exp(-|y_i - y_j|^2 / (2 width^2)) of a point set as factor * factor^T, never
// formed. Column k of the factor belongs to the point pivots[k]; rows of the pivots are lower triangular.
struct KernelFactor {
  double width = 1.0;
  Eigen::MatrixXd factor;   // M x K
  std::vector<int> pivots;  // K
  Points pivot_points;      // K x 3
  double residual = 0.0;    // largest diagonal element of G - factor * factor^T; no element exceeds it
  [[nodiscard]] Eigen::Index rank() const { return factor.cols(); }
};

// Pivoted incomplete Cholesky decomposition [FineScheinberg2001], until the residual is at most
// `tolerance` or the rank `max_rank`. Cost: M K^2.
[[nodiscard]] KernelFactor factor_kernel(
    const Points& points, double width, double tolerance, int max_rank, int threads);

// G(points, centres): rows points, columns centres.
[[nodiscard]] Eigen::MatrixXd gaussian_kernel(const Points& points, const Points& centres, double width);

}  // namespace focalhip
