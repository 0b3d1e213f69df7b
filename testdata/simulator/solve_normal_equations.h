#pragma once

#include <vector>

namespace focalhip::simulator {

// The step that lowers the sum of squares of r + J step, with Marquardt's damping on the diagonal:
// (J'J + damping diag(J'J)) step = -J'r. columns: those of J.
[[nodiscard]] std::vector<double> damped_step(const std::vector<std::vector<double>>& columns,
                                              const std::vector<double>& residuals,
                                              double damping);

}  // namespace focalhip::simulator
