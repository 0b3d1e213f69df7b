#pragma once

#include <functional>

#include "analysis/registration/cpd_options.h"
#include "analysis/registration/expectation.h"

namespace focalhip {

// When an EM run ends.
struct EmLimits {
  int max_iterations = 150;
  double tolerance = 1e-5;     // of the relative change of the objective; 0 = exactly max_iterations
  double least_sigma2 = 1e-8;  // the sets coincide
};

struct EmState {
  Points moved;
  double sigma2 = 1.0;
  int iterations = 0;
  bool converged = false;
};

struct MaximisedPoints {
  Points moved;
  double penalty = 0.0;  // added to the negative log-likelihood
};

using Expectation = std::function<CpdSums(const Points& moved, double sigma2)>;
using Maximisation = std::function<MaximisedPoints(const CpdSums& sums, const Points& moved, double sigma2)>;

// Mean squared distance of all pairs / 3: where sigma2 starts.
[[nodiscard]] double global_sigma2(const Points& source, const Points& target);

// sum p |x - T'|^2 / (3 Np) at the new places T', from the sums at the old ones.
[[nodiscard]] double sigma2_after(const CpdSums& sums, const Points& before, const Points& after);

// Throws UnusablePoints when the maximisation of this iteration had no solution.
void require_match(const Points& moved, double sigma2, int iterations);

// Expectation and maximisation in turns from `state` on. The objective is that of [MyronenkoSong2010] with
// the uniform component: -sum log density + 3 N / 2 log sigma2 + penalty. Throws UnusablePoints when all
// weight is lost.
[[nodiscard]] EmState run_em(EmState state,
                             Eigen::Index target_points,
                             const Expectation& expect,
                             const Maximisation& maximise,
                             const EmLimits& limits,
                             const CpdProgress& progress);

}  // namespace focalhip
