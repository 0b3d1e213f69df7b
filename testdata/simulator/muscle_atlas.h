#pragma once

#include "testdata/simulator/vector3.h"

namespace focalhip::simulator {

// Where a point stands among the muscles of one hip.
struct MusclePoint {
  double distance_mm = 1e3;  // to the surface of the nearest muscle, negative inside
  double half_gap_mm = 1e3;  // half the difference to the next muscle: small on a fascial plane
};

// p_hip_mm: hip frame, relative to the head centre, x lateral, y anterior, z cranial. scale: size of the
// person.
[[nodiscard]] MusclePoint muscles_at(Vec3 p_hip_mm, double scale);

}  // namespace focalhip::simulator
