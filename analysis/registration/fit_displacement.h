#pragma once

#include "analysis/registration/expectation.h"
#include "analysis/registration/factor_kernel.h"

namespace focalhip {

// The maximisation step of nonrigid CPD: the displacement G W of the points `base`, which minimises
// sum p |x - (base + G W)|^2 / (2 sigma2) + lambda / 2 tr(W^T G W). [MyronenkoSong2010] Sec. 5.1
struct FittedDisplacement {
  Points moved;              // base + G W
  Eigen::MatrixX3d weights;  // full kernel: W, M x 3; factor: V = factor^T W, K x 3
  double roughness = 0.0;    // tr(W^T G W)
};

// `sums`: of the expectation at `moved`.
// With the factor L of the kernel: (lambda sigma2 I + L^T dP L) V = L^T (PX - dP base), G W = L V.
[[nodiscard]] FittedDisplacement fit_displacement(const KernelFactor& kernel,
                                                  const CpdSums& sums,
                                                  const Points& base,
                                                  const Points& moved,
                                                  double lambda_sigma2,
                                                  int threads);

// With the full kernel G: (dP G + lambda sigma2 I) W = PX - dP base. Cost: M^3.
[[nodiscard]] FittedDisplacement fit_displacement(const Eigen::MatrixXd& kernel,
                                                  const CpdSums& sums,
                                                  const Points& base,
                                                  const Points& moved,
                                                  double lambda_sigma2);

}  // namespace focalhip
