#pragma once

#include "analysis/registration/expect_fast.h"

namespace focalhip {

// The expectation step less what it would be, on average, if the target were a sample of the moved source
// itself. With sigma2 held above the spacing of the points the plain step pulls the rim of a solid set
// inwards even where both sets fill the same space: the mixture is wider than what it is fitted to. That pull
// is the same for the source as its own target, and subtracting it leaves a residual that vanishes, on
// average, at the true map for any sigma2 (an unbiased estimating equation; the debiasing of entropic
// transport [Feydy2019] applied to [MyronenkoSong2010]). Weights are those of the plain step.
class CentredExpectation {
 public:
  CentredExpectation(const Points& target, Eigen::Index source_points, SimdLevel level);

  [[nodiscard]] CpdSums expect(const Points& moved, double sigma2, double outlier_weight, int threads);

 private:
  Eigen::Index target_points_ = 0;
  FastExpectation on_target_;
  FastExpectation on_itself_;
};

}  // namespace focalhip
