#pragma once

#include <string>
#include <vector>

#include "tests/proof/femur/femur_case.h"

namespace focalhip::proof {

// The experiments, in the order of the table:
//   main      A-grade series (120 kVp, blur 1.3 mm, noise 30 HU): most rows; mirrored voxels as well
//   repeat    the same persons again: noise, place on the table, phantom (the first scan is main's)
//   rotation  legs turned by -20, -10, 10, 20 degrees (0 is main's)
//   kvp       100 and 140 kVp (120 is main's)
//   thin      cortex of 0.5 mm everywhere, noise 40 HU
//   narrow    joint space of 1.0 to 1.9 mm
//   internal  coarse series without phantom
//   fracture, intact, implant, fissure   coarse series through the choice of the side
//   turned    axis codes, prone, feet first
//   speed     512 x 512 x 300
[[nodiscard]] const std::vector<std::string>& femur_groups();

// The series of a proof of this size.
[[nodiscard]] std::vector<FemurCase> planned_cases(const FemurProofSize& size);

// Simulates and measures one of them on one thread.
[[nodiscard]] std::vector<CaseValues> run_femur_case(const FemurCase& one, const FemurProofSize& size);

}  // namespace focalhip::proof
