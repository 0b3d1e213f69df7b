#pragma once

#include <string>
#include <vector>

#include "analysis/registration/factor_kernel.h"
#include "analysis/registration/normalise_points.h"
#include "analysis/registration/points.h"

namespace focalhip {

struct PrepareTemplateOptions {
  // Standard deviation of the Gaussian that makes neighbours move together, > 0. Small: sampling noise of the
  // clouds becomes shape, folds; large: what is smaller than it stays where the affine map put it.
  double kernel_width_mm = 60.0;
  // Most directions of free movement; what is beyond is left out. In [1, 5000].
  int max_kernel_rank = 800;
  // The affine map is first sought with every so-manieth point, >= 1; 1 = with all from the start.
  int coarse_step = 8;
  int threads = 1;  // changes speed only
};
[[nodiscard]] std::vector<std::string> problems_in(const PrepareTemplateOptions& options);

// What registrations of one template share: made once, then only read.
struct PreparedTemplate {
  PointFrame frame;        // mean 0, root mean square radius 1; its scale serves the targets too
  std::vector<int> order;  // row i of `points` is row order[i] of what was given
  Points points;           // normalised, in that order
  Points coarse_points;    // some of them
  int coarse_step = 1;
  KernelFactor kernel;    // of `points`
  Points fold_points_mm;  // where the map must not fold: all points, and a grid near them
};

// Throws UnusablePoints (fewer than four points that are not in one plane), std::invalid_argument for
// problems_in(options).
[[nodiscard]] PreparedTemplate prepare_template(const Points& template_mm,
                                                const PrepareTemplateOptions& options);

// Every `step`-th row.
[[nodiscard]] Points every_nth(const Points& points, int step);

}  // namespace focalhip
