#include "analysis/registration/fit_displacement.h"

#include <algorithm>
#include <array>

#include <Eigen/Cholesky>

#include "analysis/support/parallel_for.h"

namespace focalhip {

namespace {

constexpr int part_count = 4;               // fixed: the order of additions must not depend on threads
constexpr Eigen::Index rows_at_once = 256;  // of the factor, so that the scaled copy stays in the cache

struct NormalEquations {
  Eigen::MatrixXd matrix;  // lower half
  Eigen::MatrixX3d right;
};

// L^T dP L and L^T F of a range of rows.
void add_rows(const Eigen::MatrixXd& factor,
              const Eigen::VectorXd& weight,
              const Points& force,
              Eigen::Index first,
              Eigen::Index end,
              NormalEquations& sum) {
  Eigen::MatrixXd scaled;
  for (; first < end; first += rows_at_once) {
    const Eigen::Index count = std::min(rows_at_once, end - first);
    const auto rows = factor.middleRows(first, count);
    scaled = (weight.segment(first, count).cwiseSqrt().asDiagonal() * rows).transpose();
    sum.matrix.selfadjointView<Eigen::Lower>().rankUpdate(scaled);
    sum.right.noalias() += rows.transpose() * force.middleRows(first, count);
  }
}

// PX - dP base, without the cancellation.
Points force_on(const CpdSums& sums, const Points& base, const Points& moved) {
  return sums.residual + sums.weight.asDiagonal() * (moved - base);
}

}  // namespace

FittedDisplacement fit_displacement(const KernelFactor& kernel,
                                    const CpdSums& sums,
                                    const Points& base,
                                    const Points& moved,
                                    double lambda_sigma2,
                                    int threads) {
  const Eigen::MatrixXd& factor = kernel.factor;
  const Points force = force_on(sums, base, moved);
  std::array<NormalEquations, part_count> part;
  parallel_for(part_count, threads, [&](int i) {
    NormalEquations& sum = part[static_cast<std::size_t>(i)];
    sum.matrix = Eigen::MatrixXd::Zero(factor.cols(), factor.cols());
    sum.right = Eigen::MatrixX3d::Zero(factor.cols(), 3);
    add_rows(factor,
             sums.weight,
             force,
             factor.rows() * i / part_count,
             factor.rows() * (i + 1) / part_count,
             sum);
  });
  for (std::size_t i = 1; i < part_count; ++i) {
    part[0].matrix += part[i].matrix;
    part[0].right += part[i].right;
  }
  part[0].matrix.diagonal().array() += lambda_sigma2;
  FittedDisplacement fitted;
  fitted.weights = part[0].matrix.selfadjointView<Eigen::Lower>().llt().solve(part[0].right);
  fitted.moved = base;
  parallel_for(part_count, threads, [&](int i) {
    const Eigen::Index first = factor.rows() * i / part_count;
    const Eigen::Index count = factor.rows() * (i + 1) / part_count - first;
    fitted.moved.middleRows(first, count).noalias() += factor.middleRows(first, count) * fitted.weights;
  });
  fitted.roughness = fitted.weights.squaredNorm();
  return fitted;
}

// Solved as the symmetric (S G S + lambda sigma2 I) W' = S^-1 F with S = dP^1/2, W = S W'; a point without
// weight has no force either.
FittedDisplacement fit_displacement(const Eigen::MatrixXd& kernel,
                                    const CpdSums& sums,
                                    const Points& base,
                                    const Points& moved,
                                    double lambda_sigma2) {
  const Eigen::VectorXd root = sums.weight.cwiseMax(0.0).cwiseSqrt();
  Points right = force_on(sums, base, moved);
  for (Eigen::Index m = 0; m < right.rows(); ++m) {
    if (root[m] > 0.0) {
      right.row(m) /= root[m];
    } else {
      right.row(m).setZero();
    }
  }
  Eigen::MatrixXd matrix = root.asDiagonal() * kernel * root.asDiagonal();
  matrix.diagonal().array() += lambda_sigma2;
  const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> cholesky(matrix);  // in place
  FittedDisplacement fitted;
  fitted.weights = root.asDiagonal() * cholesky.solve(right);
  const Points shift = kernel * fitted.weights;
  fitted.moved = base + shift;
  fitted.roughness = fitted.weights.cwiseProduct(shift).sum();
  return fitted;
}

}  // namespace focalhip
