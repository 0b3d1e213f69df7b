#pragma once

#include "analysis/registration/expectation.h"

namespace focalhip {

// The expectation step over every pair in double. Cost: M x N exponentials. The target is taken in a fixed
// number of parts, so that the thread count does not change the sums.
[[nodiscard]] CpdSums expect_exact(
    const Points& target, const Points& moved, double sigma2, double uniform, int threads);

}  // namespace focalhip
