#pragma once

#include <cstdint>

#include "testdata/simulator/field_grid.h"

namespace focalhip::simulator {

// A periodic random field: mean 0, variance 1, Gaussian correlation of given length (distance at which the
// correlation is exp(-1)). Cheap to read anywhere; the period is node count times step.
class TextureField {
 public:
  TextureField(std::uint64_t seed, double correlation_mm, int nodes = 64, double step_mm = 1.0);
  [[nodiscard]] double sample(Vec3 p_mm) const;

 private:
  int nodes_;
  double step_mm_;
  std::vector<float> values_;
};

}  // namespace focalhip::simulator
