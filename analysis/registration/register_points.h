#pragma once

#include <optional>

#include "analysis/registration/cpd_options.h"
#include "analysis/registration/fit_linear_map.h"
#include "analysis/registration/points.h"
#include "analysis/registration/simd_level.h"

namespace focalhip {

struct CpdResult {
  Points transformed_mm;  // the source on the target, in the order given
  double sigma2 = 0.0;    // of the matched points, in the normalised units of the target
  double sigma2_mm2 = 0.0;
  int iterations = 0;
  bool converged = false;  // the tolerance was reached, not the number of iterations
  std::optional<LinearMap> target_mm_from_source_mm;  // rigid, affine
  int kernel_rank = 0;                                // nonrigid; full kernel: the number of points
  double kernel_residual = 0.0;  // nonrigid: largest element of the kernel that the fast path neglects
};

// Coherent Point Drift: moves the source onto the target, from a cold start, only in the mode of the options,
// without guards. [MyronenkoSong2010] Fast and exact arithmetic follow the same iterations; the fast one is
// within some micrometres of the exact one (README.md). Throws UnusablePoints for sets that are too small,
// not finite or flat (rigid: on one line, affine: in one plane), std::invalid_argument for
// problems_in(options) and exact nonrigid runs of more than 15,000 source points. `simd`: for tests and
// benches; the numbers are the same for every level.
[[nodiscard]] CpdResult register_points(const Points& source_mm,
                                        const Points& target_mm,
                                        const CpdOptions& options,
                                        SimdLevel simd = widest_simd_level());

}  // namespace focalhip
