#include "analysis/registration/registration_stages.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "analysis/registration/expect_centred.h"
#include "analysis/registration/expect_fast.h"
#include "analysis/registration/fit_displacement.h"
#include "analysis/registration/run_accelerated_em.h"

namespace focalhip {

namespace {

constexpr double least_sigma2 = 1e-8;
constexpr double coarse_tolerance = 1e-5;
constexpr double spread_tolerance = 1e-4;  // relative, of sigma2
constexpr int most_spread_iterations = 200;

}  // namespace

RegistrationStages::RegistrationStages(const RegisterTemplateOptions& options, double scale_mm)
    : options_(options), scale_mm_(scale_mm) {}

LinearFit RegistrationStages::linear(const Points& source,
                                     const Points& target,
                                     const LinearMap& start,
                                     double sigma2,
                                     RegistrationStage stage) const {
  LinearFit fit{.map = start, .end = {}};
  EmState state{.moved = start.moved(source)};
  state.sigma2 = sigma2 > 0.0 ? sigma2 : global_sigma2(state.moved, target);
  const Maximisation maximise = [&](const CpdSums& sums, const Points& moved, double) {
    fit.map = stage == RegistrationStage::rigid_coarse ? fit_rigid(sums, source, moved)
                                                       : fit_affine(sums, source, moved);
    return MaximisedPoints{.moved = fit.map.moved(source), .penalty = 0.0};
  };
  fit.end = run_linear(std::move(state), source, target, maximise, stage);
  return fit;
}

EmState RegistrationStages::nonrigid(const KernelFactor& kernel,
                                     const Points& source,
                                     const Points& target,
                                     const LinearFit& affine_fit,
                                     Eigen::MatrixX3d& weights) const {
  const Points base = affine_fit.map.moved(source);
  const double spread = options_.spread_mm / scale_mm_;
  CentredExpectation centred(target, source.rows(), options_.simd);
  const Expectation expect = [&](const Points& moved, double sigma2) {
    return centred.expect(moved, sigma2, options_.outlier_weight, options_.threads);
  };
  const Maximisation maximise = [&](const CpdSums& sums, const Points& moved, double sigma2) {
    FittedDisplacement fitted =
        fit_displacement(kernel, sums, base, moved, options_.smoothness * sigma2, options_.threads);
    weights = std::move(fitted.weights);
    return MaximisedPoints{.moved = std::move(fitted.moved),
                           .penalty = 0.5 * options_.smoothness * fitted.roughness};
  };
  const AcceleratedEmLimits limits{.max_iterations = options_.max_iterations,
                                   .least_step = options_.least_step_mm / scale_mm_,
                                   .least_sigma2 = least_sigma2,
                                   .holds_sigma2 = true};
  return run_accelerated_em({.moved = base, .sigma2 = spread * spread},
                            expect,
                            maximise,
                            limits,
                            progress_of(RegistrationStage::nonrigid));
}

EmState RegistrationStages::run_linear(EmState start,
                                       const Points& source,
                                       const Points& target,
                                       const Maximisation& maximise,
                                       RegistrationStage stage) const {
  FastExpectation fast(target, source.rows(), options_.simd);
  const Expectation expect = [&](const Points& moved, double sigma2) {
    const double uniform = uniform_density(sigma2, options_.outlier_weight, source.rows(), target.rows());
    return fast.expect(moved, sigma2, uniform, options_.threads);
  };
  // The way from the global start is a slow cooling that must not be cut short.
  if (stage == RegistrationStage::affine_coarse || stage == RegistrationStage::rigid_coarse) {
    const EmLimits cooling{.max_iterations = options_.max_iterations,
                           .tolerance = coarse_tolerance,
                           .least_sigma2 = least_sigma2};
    return run_em(std::move(start), target.rows(), expect, maximise, cooling, progress_of(stage));
  }
  const AcceleratedEmLimits limits{.max_iterations = options_.max_iterations,
                                   .least_step = options_.least_step_mm / scale_mm_,
                                   .least_sigma2 = least_sigma2};
  return run_accelerated_em(std::move(start), expect, maximise, limits, progress_of(stage));
}

CpdProgress RegistrationStages::progress_of(RegistrationStage stage) const {
  if (!options_.progress) return {};
  return [this, stage](int iteration, int of) { options_.progress(stage, iteration, of); };
}

FittedSpread fit_spread(
    const Points& moved, const Points& points, double start_sigma2, double outlier_weight, int threads) {
  FastExpectation fast(points, moved.rows(), widest_simd_level());
  FittedSpread spread{.sigma2 = std::max(start_sigma2, least_sigma2)};
  for (int i = 0; i < most_spread_iterations; ++i) {
    const double uniform = uniform_density(spread.sigma2, outlier_weight, moved.rows(), points.rows());
    const CpdSums sums = fast.expect(moved, spread.sigma2, uniform, threads);
    spread.log_likelihood =
        sums.log_density / static_cast<double>(points.rows()) - 1.5 * std::log(spread.sigma2);
    const double next = std::max(sums.squared_residual / (3.0 * sums.total_weight), least_sigma2);
    const bool is_settled = std::abs(next / spread.sigma2 - 1.0) <= spread_tolerance;
    spread.sigma2 = next;
    if (is_settled) break;
  }
  return spread;
}

}  // namespace focalhip
