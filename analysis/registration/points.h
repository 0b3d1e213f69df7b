#pragma once

#include <stdexcept>

#include <Eigen/Core>

namespace focalhip {

// A point set, one point a row: x, y, z. Which frame and unit, the name says (`target_mm`).
using Points = Eigen::MatrixX3d;

// Thrown where points cannot be registered: too few, not finite, all equal, in one plane. The sentence tells
// which set and what was found.
class UnusablePoints : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace focalhip
