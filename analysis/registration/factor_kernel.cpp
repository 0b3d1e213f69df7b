#include "analysis/registration/factor_kernel.h"

#include <algorithm>
#include <cmath>

#include "analysis/support/parallel_for.h"

namespace focalhip {

namespace {

constexpr Eigen::Index rows_of_range = 2048;

// Column `rank` of the factor on some rows: (g - L l) / sqrt(d), and d - l^2 of the rows themselves.
void fill_column(const Points& points,
                 const Eigen::RowVector3d& pivot,
                 const Eigen::VectorXd& pivot_row,
                 double root,
                 Eigen::Index first,
                 Eigen::Index count,
                 KernelFactor& kernel,
                 Eigen::VectorXd& diagonal) {
  const Eigen::Index rank = pivot_row.size();
  const double factor = -0.5 / (kernel.width * kernel.width);
  Eigen::VectorXd column(count);
  for (Eigen::Index i = 0; i < count; ++i) {
    column[i] = std::exp(factor * (points.row(first + i) - pivot).squaredNorm());
  }
  column.noalias() -= kernel.factor.block(first, 0, count, rank) * pivot_row;
  kernel.factor.col(rank).segment(first, count) = column / root;
  diagonal.segment(first, count) -= kernel.factor.col(rank).segment(first, count).cwiseAbs2();
}

}  // namespace

KernelFactor factor_kernel(const Points& points, double width, double tolerance, int max_rank, int threads) {
  KernelFactor kernel;
  kernel.width = width;
  const Eigen::Index count = points.rows();
  const Eigen::Index most = std::min<Eigen::Index>(max_rank, count);
  Eigen::VectorXd diagonal = Eigen::VectorXd::Ones(count);
  kernel.factor.resize(count, std::min<Eigen::Index>(most, 64));
  Eigen::Index rank = 0;
  for (; rank < most; ++rank) {
    Eigen::Index pivot = 0;
    const double largest = diagonal.maxCoeff(&pivot);
    if (largest <= tolerance) break;
    if (rank == kernel.factor.cols()) kernel.factor.conservativeResize(count, std::min(most, 2 * rank));
    const Eigen::VectorXd pivot_row = kernel.factor.row(pivot).head(rank);
    const int ranges = static_cast<int>((count + rows_of_range - 1) / rows_of_range);
    parallel_for(ranges, threads, [&](int range) {
      const Eigen::Index first = range * rows_of_range;
      fill_column(points,
                  points.row(pivot),
                  pivot_row,
                  std::sqrt(largest),
                  first,
                  std::min(rows_of_range, count - first),
                  kernel,
                  diagonal);
    });
    diagonal[pivot] = 0.0;
    kernel.pivots.push_back(static_cast<int>(pivot));
  }
  kernel.factor.conservativeResize(count, rank);
  kernel.residual = std::max(diagonal.maxCoeff(), 0.0);
  kernel.pivot_points.resize(rank, 3);
  for (Eigen::Index k = 0; k < rank; ++k) {
    // What the decomposition leaves above the diagonal of the pivots' rows is rounding.
    kernel.pivot_points.row(k) = points.row(kernel.pivots[static_cast<std::size_t>(k)]);
    kernel.factor.row(kernel.pivots[static_cast<std::size_t>(k)]).tail(rank - k - 1).setZero();
  }
  return kernel;
}

Eigen::MatrixXd gaussian_kernel(const Points& points, const Points& centres, double width) {
  const double factor = -0.5 / (width * width);
  Eigen::MatrixXd kernel(points.rows(), centres.rows());
  for (Eigen::Index j = 0; j < centres.rows(); ++j) {
    for (Eigen::Index i = 0; i < points.rows(); ++i) {
      kernel(i, j) = std::exp(factor * (points.row(i) - centres.row(j)).squaredNorm());
    }
  }
  return kernel;
}

}  // namespace focalhip
