#include "analysis/registration/register_template.h"

#include <cmath>
#include <stdexcept>
#include <utility>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include "analysis/registration/expect_fast.h"
#include "analysis/registration/fit_displacement.h"
#include "analysis/registration/morton_order.h"
#include "analysis/registration/nearest_distance.h"
#include "analysis/registration/run_accelerated_em.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

constexpr double least_sigma2 = 1e-8;
constexpr double coarse_tolerance = 1e-5;
// sigma2 of a mirrored bone is above, of a right one below this multiple of the mirrored template's
// (README.md, Proof).
constexpr double mirror_ratio = 1.0;

// The target in the template's units: its own centre, the template's scale.
struct Target {
  PointFrame frame;
  Points points;
  Points coarse_points;
};

Target target_of(const PreparedTemplate& prepared, const Points& target_mm, int coarse_step) {
  Target target;
  target.frame = {.centre_mm = target_mm.colwise().mean(), .scale_mm = prepared.frame.scale_mm};
  target.points = reordered(target.frame.normalised(target_mm), morton_order(target_mm));
  target.coarse_points = every_nth(target.points, coarse_step);
  return target;
}

struct LinearFit {
  LinearMap map;
  EmState end;
};

class Stages {
 public:
  Stages(const RegisterTemplateOptions& options, double scale_mm) : options_(options), scale_mm_(scale_mm) {}

  // From `start` on; its sigma2 <= 0 means the global one.
  [[nodiscard]] LinearFit linear(const Points& source,
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
    fit.end = run(std::move(state), source, target, maximise, stage);
    return fit;
  }

  // From the affine result on, with its sigma2. `weights`: of the kernel's factor.
  [[nodiscard]] EmState nonrigid(const KernelFactor& kernel,
                                 const Points& source,
                                 const Points& target,
                                 const LinearFit& affine_fit,
                                 Eigen::MatrixX3d& weights) const {
    const Points base = affine_fit.map.moved(source);
    const EmState state{.moved = base, .sigma2 = affine_fit.end.sigma2};
    const Maximisation maximise = [&](const CpdSums& sums, const Points& moved, double sigma2) {
      FittedDisplacement fitted =
          fit_displacement(kernel, sums, base, moved, options_.smoothness * sigma2, options_.threads);
      weights = std::move(fitted.weights);
      return MaximisedPoints{.moved = std::move(fitted.moved),
                             .penalty = 0.5 * options_.smoothness * fitted.roughness};
    };
    return run(state, source, target, maximise, RegistrationStage::nonrigid);
  }

 private:
  [[nodiscard]] EmState run(EmState state,
                            const Points& source,
                            const Points& target,
                            const Maximisation& maximise,
                            RegistrationStage stage) const {
    FastExpectation fast(target, source.rows(), widest_simd_level());
    const Expectation expect = [&](const Points& moved, double sigma2) {
      const double uniform = uniform_density(sigma2, options_.outlier_weight, source.rows(), target.rows());
      return fast.expect(moved, sigma2, uniform, options_.threads);
    };
    CpdProgress progress;
    if (options_.progress) {
      progress = [&](int iteration, int of) { options_.progress(stage, iteration, of); };
    }
    // The way from the global start is a slow cooling that must not be cut short.
    if (stage == RegistrationStage::affine_coarse || stage == RegistrationStage::rigid_coarse) {
      const EmLimits cooling{.max_iterations = options_.max_iterations,
                             .tolerance = coarse_tolerance,
                             .least_sigma2 = least_sigma2};
      return run_em(std::move(state), target.rows(), expect, maximise, cooling, progress);
    }
    const AcceleratedEmLimits limits{.max_iterations = options_.max_iterations,
                                     .least_step = options_.least_step_mm / scale_mm_,
                                     .least_sigma2 = least_sigma2};
    return run_accelerated_em(std::move(state), expect, maximise, limits, progress);
  }

  const RegisterTemplateOptions& options_;
  double scale_mm_;
};

// Mirrors along the shortest axis of the points: for a femur nearly through the plane of neck and shaft, so
// that a bone of the other side lies close to it.
Points mirrored(const Points& points) {
  const Eigen::RowVector3d mean = points.colwise().mean();
  const Points centred = points.rowwise() - mean;
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> axes(Eigen::Matrix3d(centred.transpose() * centred));
  const Eigen::Vector3d shortest = axes.eigenvectors().col(0);
  return points - 2.0 * (centred * shortest) * shortest.transpose();
}

// sigma2 of the affine fit that a rigid one leads to: a rigid map keeps a mirrored set mirrored, where an
// affine one from the global start would turn it inside out.
double sigma2_of_this_hand(const Stages& stages, const Points& source, const Points& target) {
  const LinearFit rigid = stages.linear(source, target, {}, 0.0, RegistrationStage::rigid_coarse);
  return stages.linear(source, target, rigid.map, rigid.end.sigma2, RegistrationStage::affine).end.sigma2;
}

double both_ways_distance(const Points& moved, const Points& target, int threads) {
  const double there = nearest_distances(moved, target, threads).square().mean();
  const double back = nearest_distances(target, moved, threads).square().mean();
  return std::sqrt(0.5 * (there + back));
}

TemplateMap map_in_mm(const PreparedTemplate& prepared, const Target& target, const LinearMap& affine) {
  TemplateMap map;
  map.affine.matrix = affine.matrix;  // both frames have the template's scale
  map.affine.shift = prepared.frame.scale_mm * affine.shift + target.frame.centre_mm.transpose() -
                     affine.matrix * prepared.frame.centre_mm.transpose();
  map.width_mm = prepared.kernel.width * prepared.frame.scale_mm;
  return map;
}

// The displacement L V of the template's points as kernels at the pivots S: G(y, S) L_S^-T V, which equals
// L V at the points because L = G(., S) L_S^-T.
void add_displacement(const PreparedTemplate& prepared, const Eigen::MatrixX3d& weights, TemplateMap& map) {
  const KernelFactor& kernel = prepared.kernel;
  Eigen::MatrixXd pivot_rows(kernel.rank(), kernel.rank());
  for (Eigen::Index k = 0; k < kernel.rank(); ++k) {
    pivot_rows.row(k) = kernel.factor.row(kernel.pivots[static_cast<std::size_t>(k)]);
  }
  map.centres_mm = prepared.frame.in_mm(kernel.pivot_points);
  map.weights_mm =
      prepared.frame.scale_mm * pivot_rows.triangularView<Eigen::Lower>().transpose().solve(weights);
}

// What speaks against the nonrigid map, if anything.
AffineFallback objection_to(const TemplateRegistration& nonrigid, std::string& detail) {
  if (!(nonrigid.sigma2_mm2 < nonrigid.affine_sigma2_mm2)) {
    detail = "sigma2 " + fixed(nonrigid.sigma2_mm2, 3) + " mm2 after the nonrigid stage, below " +
             fixed(nonrigid.affine_sigma2_mm2, 3) + " mm2 needed";
    return AffineFallback::spread_grew;
  }
  if (!(nonrigid.least_jacobian > 0.0)) {
    detail = "the nonrigid map folds: smallest relative determinant " + fixed(nonrigid.least_jacobian, 3) +
             ", above 0 needed";
    return AffineFallback::folded;
  }
  if (!(nonrigid.distance_mm <= nonrigid.affine_distance_mm)) {
    detail = "the sets are " + fixed(nonrigid.distance_mm, 3) +
             " mm apart after the nonrigid stage, at most " + fixed(nonrigid.affine_distance_mm, 3) +
             " mm needed";
    return AffineFallback::worse_than_affine;
  }
  return AffineFallback::none;
}

void fall_back(AffineFallback reason, TemplateRegistration& result, const Points& affine_moved_mm) {
  result.fallback = reason;
  result.map.centres_mm.resize(0, 3);
  result.map.weights_mm.resize(0, 3);
  result.moved_mm = affine_moved_mm;
  result.sigma2_mm2 = result.affine_sigma2_mm2;
  result.distance_mm = result.affine_distance_mm;
}

void require_runnable(const Points& target_mm, const RegisterTemplateOptions& options) {
  const std::vector<std::string> problems = problems_in(options);
  if (!problems.empty()) throw std::invalid_argument(problems.front());
  require_usable(target_mm, 3, "target");
}

}  // namespace

std::string_view name(RegistrationStage stage) {
  switch (stage) {
    case RegistrationStage::rigid_coarse:
      return "rigid, some points";
    case RegistrationStage::affine_coarse:
      return "affine, some points";
    case RegistrationStage::affine:
      return "affine";
    case RegistrationStage::nonrigid:
      return "nonrigid";
  }
  return "";
}

std::vector<std::string> problems_in(const RegisterTemplateOptions& options) {
  std::vector<std::string> problems;
  const auto require = [&](bool holds, const char* rule) {
    if (!holds) problems.emplace_back(rule);
  };
  require(options.outlier_weight >= 0.0 && options.outlier_weight < 1.0,
          "outlier_weight must be at least 0 and below 1");
  require(options.smoothness > 0.0 && options.smoothness <= 1e9,
          "smoothness must be above 0 and at most 1e9");
  require(options.max_iterations >= 1, "max_iterations must be at least 1");
  require(options.least_step_mm > 0.0 && options.least_step_mm <= 1.0,
          "least_step_mm must be above 0 and at most 1");
  require(options.threads >= 1, "threads must be at least 1");
  return problems;
}

TemplateRegistration register_template(const PreparedTemplate& prepared,
                                       const Points& target_mm,
                                       const RegisterTemplateOptions& options) {
  require_runnable(target_mm, options);
  const Target target = target_of(prepared, target_mm, prepared.coarse_step);
  const Stages stages(options, prepared.frame.scale_mm);
  const double mm2 = prepared.frame.scale_mm * prepared.frame.scale_mm;
  TemplateRegistration result;

  const LinearFit coarse =
      stages.linear(prepared.coarse_points, target.coarse_points, {}, 0.0, RegistrationStage::affine_coarse);
  result.mirrored_sigma2_ratio =
      sigma2_of_this_hand(stages, prepared.coarse_points, target.coarse_points) /
      sigma2_of_this_hand(stages, mirrored(prepared.coarse_points), target.coarse_points);
  result.looks_mirrored = result.mirrored_sigma2_ratio > mirror_ratio;

  const LinearFit affine =
      stages.linear(prepared.points, target.points, coarse.map, coarse.end.sigma2, RegistrationStage::affine);
  result.map = map_in_mm(prepared, target, affine.map);
  result.affine_iterations = affine.end.iterations;
  result.affine_sigma2_mm2 = affine.end.sigma2 * mm2;
  result.affine_distance_mm =
      prepared.frame.scale_mm * both_ways_distance(affine.end.moved, target.points, options.threads);

  Eigen::MatrixX3d weights;
  const EmState nonrigid = stages.nonrigid(prepared.kernel, prepared.points, target.points, affine, weights);
  add_displacement(prepared, weights, result.map);
  result.nonrigid_iterations = nonrigid.iterations;
  result.converged = affine.end.converged && nonrigid.converged;
  result.sigma2_mm2 = nonrigid.sigma2 * mm2;
  result.distance_mm =
      prepared.frame.scale_mm * both_ways_distance(nonrigid.moved, target.points, options.threads);
  result.least_jacobian = result.map.jacobian(prepared.fold_points_mm, options.threads).minCoeff() /
                          result.map.affine.matrix.determinant();
  result.moved_mm = original_order(target.frame.in_mm(nonrigid.moved), prepared.order);

  const AffineFallback objection = objection_to(result, result.fallback_detail);
  if (objection != AffineFallback::none) {
    fall_back(objection, result, original_order(target.frame.in_mm(affine.end.moved), prepared.order));
  }
  return result;
}

}  // namespace focalhip
