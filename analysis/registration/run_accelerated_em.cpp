#include "analysis/registration/run_accelerated_em.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>

namespace focalhip {

namespace {

constexpr std::size_t depth = 8;       // results remembered
constexpr double restart_ratio = 4.0;  // of the shortest step so far
// Steps that shorten by less in so many iterations: the remembered ones lie in directions that are spent.
constexpr double stagnation_ratio = 0.9;
constexpr int stagnation_iterations = 6;
constexpr double regularisation = 1e-10;  // of the largest squared step difference
constexpr double most_sigma2_change = 2.0;

// One EM iteration: where it went, and how far that was.
struct Iteration {
  Points moved;
  Points step;
  double log_sigma2 = 0.0;
};

// The weights gamma of the differences between iterations that bring the last step closest to zero.
Eigen::VectorXd best_combination(const std::deque<Iteration>& history) {
  const auto count = static_cast<Eigen::Index>(history.size()) - 1;
  const Points& last = history.back().step;
  Eigen::MatrixXd products(count, count);
  Eigen::VectorXd right(count);
  std::vector<Points> difference;
  for (std::size_t i = 0; i + 1 < history.size(); ++i) difference.push_back(last - history[i].step);
  for (Eigen::Index i = 0; i < count; ++i) {
    const Points& one = difference[static_cast<std::size_t>(i)];
    for (Eigen::Index j = 0; j <= i; ++j) {
      products(i, j) = products(j, i) = one.cwiseProduct(difference[static_cast<std::size_t>(j)]).sum();
    }
    right[i] = one.cwiseProduct(last).sum();
  }
  products.diagonal().array() += regularisation * products.diagonal().maxCoeff();
  return products.ldlt().solve(right);
}

// Where the next iteration starts.
void combine(const std::deque<Iteration>& history, EmState& state) {
  const Iteration& last = history.back();
  state.moved = last.moved;
  double log_sigma2 = last.log_sigma2;
  if (history.size() > 1) {
    const Eigen::VectorXd weight = best_combination(history);
    if (weight.allFinite()) {
      for (std::size_t i = 0; i + 1 < history.size(); ++i) {
        const double share = weight[static_cast<Eigen::Index>(i)];
        state.moved += share * (history[i].moved - last.moved);
        log_sigma2 += share * (history[i].log_sigma2 - last.log_sigma2);
      }
    }
  }
  const double reach = std::log(most_sigma2_change);
  state.sigma2 = std::exp(std::clamp(log_sigma2, last.log_sigma2 - reach, last.log_sigma2 + reach));
}

}  // namespace

EmState run_accelerated_em(EmState state,
                           const Expectation& expect,
                           const Maximisation& maximise,
                           const AcceleratedEmLimits& limits,
                           const CpdProgress& progress) {
  std::deque<Iteration> history;
  double shortest = std::numeric_limits<double>::infinity();
  double milestone = shortest;  // the step length that further ones are held against
  int milestone_iteration = 0;
  while (true) {
    const CpdSums sums = expect(state.moved, state.sigma2);
    MaximisedPoints maximised = maximise(sums, state.moved, state.sigma2);
    const double sigma2 =
        limits.holds_sigma2 ? state.sigma2 : sigma2_after(sums, state.moved, maximised.moved);
    ++state.iterations;
    require_match(maximised.moved, sigma2, state.iterations);
    const double floored = std::max(sigma2, limits.least_sigma2);
    Points step = maximised.moved - state.moved;
    const double length = std::sqrt(step.rowwise().squaredNorm().mean());
    if (progress) progress(state.iterations, limits.max_iterations);
    state.converged = length <= limits.least_step || sigma2 <= limits.least_sigma2;
    if (state.converged || state.iterations >= limits.max_iterations) {
      state.moved = std::move(maximised.moved);
      state.sigma2 = floored;
      return state;
    }
    if (length <= stagnation_ratio * milestone) {
      milestone = length;
      milestone_iteration = state.iterations;
    }
    if (length > restart_ratio * shortest ||
        state.iterations - milestone_iteration >= stagnation_iterations) {
      history.clear();
      milestone = length;
      milestone_iteration = state.iterations;
    }
    shortest = history.empty() ? length : std::min(shortest, length);
    history.push_back(
        {.moved = std::move(maximised.moved), .step = std::move(step), .log_sigma2 = std::log(floored)});
    if (history.size() > depth) history.pop_front();
    combine(history, state);
  }
}

}  // namespace focalhip
