#include "analysis/registration/run_em.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace focalhip {

namespace {

bool is_settled(const std::optional<double>& before, double now, double tolerance) {
  return before && std::abs((now - *before) / now) <= tolerance;
}

}  // namespace

double global_sigma2(const Points& source, const Points& target) {
  const Eigen::RowVector3d source_mean = source.colwise().mean();
  const Eigen::RowVector3d target_mean = target.colwise().mean();
  const double spread = (source.rowwise() - source_mean).rowwise().squaredNorm().mean() +
                        (target.rowwise() - target_mean).rowwise().squaredNorm().mean();
  return (spread + (source_mean - target_mean).squaredNorm()) / 3.0;
}

double sigma2_after(const CpdSums& sums, const Points& before, const Points& after) {
  const Points step = before - after;
  const double squared = sums.squared_residual + 2.0 * sums.residual.cwiseProduct(step).sum() +
                         step.rowwise().squaredNorm().dot(sums.weight);
  return squared / (3.0 * sums.total_weight);
}

void require_match(const Points& moved, double sigma2, int iterations) {
  if (moved.allFinite() && std::isfinite(sigma2)) return;
  throw UnusablePoints("the sets cannot be matched: no solution in iteration " + std::to_string(iterations) +
                       " (too few points carry the weight)");
}

EmState run_em(EmState state,
               Eigen::Index target_points,
               const Expectation& expect,
               const Maximisation& maximise,
               const EmLimits& limits,
               const CpdProgress& progress) {
  std::optional<double> objective;
  double penalty = 0.0;
  while (state.iterations < limits.max_iterations && !state.converged) {
    const CpdSums sums = expect(state.moved, state.sigma2);
    const double now =
        -sums.log_density + 1.5 * static_cast<double>(target_points) * std::log(state.sigma2) + penalty;
    MaximisedPoints maximised = maximise(sums, state.moved, state.sigma2);
    const double sigma2 = sigma2_after(sums, state.moved, maximised.moved);
    ++state.iterations;
    require_match(maximised.moved, sigma2, state.iterations);
    if (limits.tolerance > 0.0) {
      state.converged = is_settled(objective, now, limits.tolerance) || sigma2 <= limits.least_sigma2;
    }
    objective = now;
    penalty = maximised.penalty;
    state.moved = std::move(maximised.moved);
    state.sigma2 = std::max(sigma2, limits.least_sigma2);
    if (progress) progress(state.iterations, limits.max_iterations);
  }
  return state;
}

}  // namespace focalhip
