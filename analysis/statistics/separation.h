#pragma once

#include <Eigen/Core>

namespace focalhip {

// +1 or -1: the sign of a column's coefficient in a direction that divides the outcomes; 0 when the column
// takes no part in any.
[[nodiscard]] int direction_of_separation(const Eigen::MatrixXd& design,
                                          const Eigen::VectorXd& outcome,
                                          int column);

}  // namespace focalhip
