#include "analysis/registration/register_points.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "analysis/registration/expect_exact.h"
#include "analysis/registration/expect_fast.h"
#include "analysis/registration/fit_displacement.h"
#include "analysis/registration/morton_order.h"
#include "analysis/registration/normalise_points.h"
#include "analysis/registration/run_em.h"

namespace focalhip {

namespace {

constexpr double kernel_tolerance = 1e-7;
constexpr Eigen::Index most_points_with_full_kernel = 15000;
// [MyronenkoSong2010] and the authors' package: 10 machine epsilons, 1e-8 for nonrigid runs.
constexpr double least_sigma2_linear = 2.220446049250313e-15;
constexpr double least_sigma2_nonrigid = 1e-8;

void require_runnable(const Points& source_mm, const Points& target_mm, const CpdOptions& options) {
  const std::vector<std::string> problems = problems_in(options);
  if (!problems.empty()) throw std::invalid_argument(problems.front());
  const int least_dimensions = options.mode == CpdMode::affine ? 3 : options.mode == CpdMode::rigid ? 2 : 1;
  require_usable(source_mm, least_dimensions, "source");
  require_usable(target_mm, least_dimensions, "target");
  if (options.mode == CpdMode::nonrigid && options.arithmetic == CpdArithmetic::exact &&
      source_mm.rows() > most_points_with_full_kernel) {
    throw std::invalid_argument(
        "an exact nonrigid run holds the full kernel: at most 15000 source points, not " +
        std::to_string(source_mm.rows()));
  }
}

Expectation expectation_on(const Points& target,
                           Eigen::Index source_points,
                           const CpdOptions& options,
                           SimdLevel simd) {
  const auto uniform = [source_points, w = options.outlier_weight, count = target.rows()](double sigma2) {
    return uniform_density(sigma2, w, source_points, count);
  };
  if (options.arithmetic == CpdArithmetic::exact) {
    return [&target, uniform, threads = options.threads](const Points& moved, double sigma2) {
      return expect_exact(target, moved, sigma2, uniform(sigma2), threads);
    };
  }
  const auto fast = std::make_shared<FastExpectation>(target, source_points, simd);
  return [fast, uniform, threads = options.threads](const Points& moved, double sigma2) {
    return fast->expect(moved, sigma2, uniform(sigma2), threads);
  };
}

// The maximisation of the mode; leaves what it found last in `map` or `result`.
Maximisation maximisation_of(const Points& source,
                             const CpdOptions& options,
                             LinearMap& map,
                             CpdResult& result) {
  if (options.mode != CpdMode::nonrigid) {
    const auto fit = options.mode == CpdMode::affine ? fit_affine : fit_rigid;
    return [&source, &map, fit](const CpdSums& sums, const Points& moved, double) {
      map = fit(sums, source, moved);
      return MaximisedPoints{.moved = map.moved(source), .penalty = 0.0};
    };
  }
  const double lambda = options.smoothness;
  const auto maximised = [lambda](FittedDisplacement fitted) {
    return MaximisedPoints{.moved = std::move(fitted.moved), .penalty = 0.5 * lambda * fitted.roughness};
  };
  if (options.arithmetic == CpdArithmetic::exact) {
    result.kernel_rank = static_cast<int>(source.rows());
    return [&source, lambda, maximised, kernel = gaussian_kernel(source, source, options.kernel_width)](
               const CpdSums& sums, const Points& moved, double sigma2) {
      return maximised(fit_displacement(kernel, sums, source, moved, lambda * sigma2));
    };
  }
  KernelFactor kernel =
      factor_kernel(source, options.kernel_width, kernel_tolerance, options.max_kernel_rank, options.threads);
  result.kernel_rank = static_cast<int>(kernel.rank());
  result.kernel_residual = kernel.residual;
  return [&source, lambda, maximised, threads = options.threads, kernel = std::move(kernel)](
             const CpdSums& sums, const Points& moved, double sigma2) {
    return maximised(fit_displacement(kernel, sums, source, moved, lambda * sigma2, threads));
  };
}

// From the map between normalised sets to that between the sets in mm.
LinearMap in_mm(const LinearMap& map, const PointFrames& frames) {
  LinearMap result;
  result.matrix = map.matrix * (frames.target.scale_mm / frames.source.scale_mm);
  result.shift = frames.target.scale_mm * map.shift + frames.target.centre_mm.transpose() -
                 result.matrix * frames.source.centre_mm.transpose();
  return result;
}

}  // namespace

CpdResult register_points(const Points& source_mm,
                          const Points& target_mm,
                          const CpdOptions& options,
                          SimdLevel simd) {
  require_runnable(source_mm, target_mm, options);
  const PointFrames frames = normalise_points(source_mm, target_mm, options.normalisation);
  // Neighbours in space become neighbours in memory.
  const std::vector<int> source_order = morton_order(source_mm);
  const Points source = reordered(frames.source.normalised(source_mm), source_order);
  const Points target = reordered(frames.target.normalised(target_mm), morton_order(target_mm));

  CpdResult result;
  LinearMap map;
  const bool nonrigid = options.mode == CpdMode::nonrigid;
  const EmLimits limits{.max_iterations = options.max_iterations,
                        .tolerance = options.tolerance,
                        .least_sigma2 = nonrigid ? least_sigma2_nonrigid : least_sigma2_linear};
  const EmState start{.moved = source, .sigma2 = global_sigma2(source, target)};
  const EmState end = run_em(start,
                             target.rows(),
                             expectation_on(target, source.rows(), options, simd),
                             maximisation_of(source, options, map, result),
                             limits,
                             options.progress);

  result.transformed_mm = original_order(frames.target.in_mm(end.moved), source_order);
  result.sigma2 = end.sigma2;
  result.sigma2_mm2 = end.sigma2 * frames.target.scale_mm * frames.target.scale_mm;
  result.iterations = end.iterations;
  result.converged = end.converged;
  if (!nonrigid) result.target_mm_from_source_mm = in_mm(map, frames);
  return result;
}

}  // namespace focalhip
