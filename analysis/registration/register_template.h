#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/registration/prepare_template.h"
#include "analysis/registration/simd_level.h"
#include "analysis/registration/template_map.h"

namespace focalhip {

enum class RegistrationStage { rigid_coarse, affine_coarse, affine, nonrigid };
[[nodiscard]] std::string_view name(RegistrationStage stage);

struct RegisterTemplateOptions {
  // w: share of target points without counterpart, in [0, 1). 0.1 allows for shafts cut at different heights.
  double outlier_weight = 0.1;
  // lambda: price of displacement, > 0. Small: overfits the sampling of the clouds; large: stays affine.
  double smoothness = 3.0;
  // Standard deviation sigma held in the nonrigid stage, > 0: about the spacing of the points. Smaller: every
  // source point is caught by the target point it happens to lie next to; larger: details are smeared.
  double spread_mm = 2.5;
  int max_iterations = 150;  // of each stage
  // A stage ends when an iteration moves the template by less, root mean square, > 0. What is left to go is
  // some hundred times as much: 0.01 mm stops half-way, below 0.0002 mm nothing changes any more.
  double least_step_mm = 0.0015;
  int threads = 1;                       // changes speed only
  SimdLevel simd = widest_simd_level();  // the same
  // Told after every iteration.
  std::function<void(RegistrationStage stage, int iteration, int max_iterations)> progress = {};
};
[[nodiscard]] std::vector<std::string> problems_in(const RegisterTemplateOptions& options);

// Why the nonrigid result was thrown away and the affine one kept.
enum class AffineFallback {
  none,
  folded,             // det of the derivative <= 0 somewhere
  worse_than_affine,  // target points that were not fitted are less likely than after the affine map
};

struct TemplateRegistration {
  TemplateMap map;
  Points moved_mm;  // the template's points on the target, in the order given to prepare_template
  AffineFallback fallback = AffineFallback::none;
  std::string fallback_detail;  // found and needed, in words; empty without fallback
  bool converged = false;       // both stages
  int affine_iterations = 0;    // coarse ones not counted
  int nonrigid_iterations = 0;
  // Of target points that were not fitted, at the sigma2 that makes them most likely.
  double affine_sigma2_mm2 = 0.0;
  double affine_log_likelihood = 0.0;  // mean of the points, without its constant
  double sigma2_mm2 = 0.0;             // of what was kept
  double log_likelihood = 0.0;
  double affine_distance_mm = 0.0;  // root mean square distance of either set to the other
  double distance_mm = 0.0;         // the same of what was kept
  double least_jacobian =
      0.0;  // smallest det of the derivative of the nonrigid map, relative to the affine's
  // The mirrored template fits better: the target is probably a bone of the other side.
  bool looks_mirrored = false;
  double mirrored_sigma2_ratio = 0.0;  // sigma2 of the affine fit as given / mirrored, coarse points
};

// Moves the template onto the target: affine from a global start, then nonrigid from the affine result with
// its sigma2 carried over (a restart loses what the affine stage has found), then guards. Nothing is worse
// than the affine map: see AffineFallback. [MyronenkoSong2010] The kernel is that of the template's own
// shape, shared by all targets. Throws UnusablePoints, std::invalid_argument for problems_in(options).
[[nodiscard]] TemplateRegistration register_template(const PreparedTemplate& prepared,
                                                     const Points& target_mm,
                                                     const RegisterTemplateOptions& options);

}  // namespace focalhip
