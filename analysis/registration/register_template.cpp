#include "analysis/registration/register_template.h"

#include <cmath>
#include <stdexcept>
#include <utility>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include "analysis/registration/morton_order.h"
#include "analysis/registration/nearest_distance.h"
#include "analysis/registration/registration_stages.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

// Every so-manieth target point is kept out of the fit, to judge it by; of fewer points all do both.
constexpr int judging_step = 8;
constexpr Eigen::Index least_judging_points = 100;
// sigma2 of a mirrored bone is above, of a right one below this multiple of the mirrored template's
// (README.md, Proof).
constexpr double mirror_ratio = 1.0;

// The target in the template's units: its own centre, the template's scale.
struct Target {
  PointFrame frame;
  Points points;  // that are fitted
  Points coarse_points;
  Points judging_points;
};

Target target_of(const PreparedTemplate& prepared, const Points& target_mm, int coarse_step) {
  Target target;
  target.frame = {.centre_mm = target_mm.colwise().mean(), .scale_mm = prepared.frame.scale_mm};
  const Points all = reordered(target.frame.normalised(target_mm), morton_order(target_mm));
  if (all.rows() < judging_step * least_judging_points) {
    target.points = target.judging_points = all;
  } else {
    Eigen::Index fitted = 0;
    Eigen::Index judging = 0;
    target.judging_points.resize((all.rows() + judging_step - 1) / judging_step, 3);
    target.points.resize(all.rows() - target.judging_points.rows(), 3);
    for (Eigen::Index i = 0; i < all.rows(); ++i) {
      if (i % judging_step == 0) {
        target.judging_points.row(judging++) = all.row(i);
      } else {
        target.points.row(fitted++) = all.row(i);
      }
    }
  }
  target.coarse_points = every_nth(target.points, coarse_step);
  return target;
}

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
double sigma2_of_this_hand(const RegistrationStages& stages, const Points& source, const Points& target) {
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
  if (!(nonrigid.least_jacobian > 0.0)) {
    detail = "the nonrigid map folds: smallest relative determinant " + fixed(nonrigid.least_jacobian, 3) +
             ", above 0 needed";
    return AffineFallback::folded;
  }
  if (!(nonrigid.log_likelihood > nonrigid.affine_log_likelihood)) {
    detail = "points that were not fitted have a mean log-likelihood of " +
             fixed(nonrigid.log_likelihood, 4) + " after the nonrigid stage, more than " +
             fixed(nonrigid.affine_log_likelihood, 4) + " needed";
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
  result.log_likelihood = result.affine_log_likelihood;
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
  require(options.spread_mm > 0.0 && options.spread_mm <= 1e6, "spread_mm must be above 0 and at most 1e6");
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
  const RegistrationStages stages(options, prepared.frame.scale_mm);
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
  const auto spread_of = [&](const Points& moved) {
    return fit_spread(
        moved, target.judging_points, affine.end.sigma2, options.outlier_weight, options.threads);
  };
  const FittedSpread affine_spread = spread_of(affine.end.moved);
  result.affine_sigma2_mm2 = affine_spread.sigma2 * mm2;
  result.affine_log_likelihood = affine_spread.log_likelihood;
  result.affine_distance_mm =
      prepared.frame.scale_mm * both_ways_distance(affine.end.moved, target.points, options.threads);

  Eigen::MatrixX3d weights;
  const EmState nonrigid = stages.nonrigid(prepared.kernel, prepared.points, target.points, affine, weights);
  add_displacement(prepared, weights, result.map);
  result.nonrigid_iterations = nonrigid.iterations;
  result.converged = affine.end.converged && nonrigid.converged;
  const FittedSpread spread = spread_of(nonrigid.moved);
  result.sigma2_mm2 = spread.sigma2 * mm2;
  result.log_likelihood = spread.log_likelihood;
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
