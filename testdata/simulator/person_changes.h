#pragma once

#include <cstdint>

#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/protocol.h"

// The same person otherwise: in another pose, with other bone, scanned at low cost.
namespace focalhip::simulator {

// The leg rolls about its shaft, the head stays; positive = internal rotation. Degrees.
void rotate_leg(FemurParameters& femur, double internal_deg);

struct Reposition {
  double angle_deg = 5.0;   // bound of each leg's rotation, flexion and adduction (adduction: half of it)
  double shift_mm = 10.0;   // bound of the person's shift on the table, along each axis
  double phantom_mm = 5.0;  // bound of the phantom's shift against the table
};
// The person gets up and lies down again: uniform within the bounds, each leg for itself, seed 0 = unchanged.
// Bones, body and density stay; head centres move together.
[[nodiscard]] HipParameters repositioned(HipParameters hip,
                                         std::uint64_t seed,
                                         const Reposition& bounds = {});

// Cortex of head, superior neck and trochanters as thin as asked, both sides; the shaft's stays.
[[nodiscard]] HipParameters with_thin_cortex(HipParameters hip, double cortex_mm = 0.5);

// Joint space at its apex on both sides, nothing else changed.
[[nodiscard]] HipParameters with_joint_space(HipParameters hip, double joint_space_mm);

// A scan for populations of hundreds: 440 mm, 352 x 352 (1.25 mm), slices of 2.5 mm, sampled coarsely. Still
// admissible as grade C.
[[nodiscard]] Protocol coarse_protocol();

}  // namespace focalhip::simulator
