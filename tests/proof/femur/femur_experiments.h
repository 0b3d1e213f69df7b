#pragma once

#include <cstdint>
#include <vector>

#include "tests/proof/femur/femur_case.h"

// One function per experiment (run_femur_case.h lists them): simulates a case, measures, compares.
namespace focalhip::proof {

using CaseResults = std::vector<CaseValues>;

// Noise and scanner of a series: those of no other series of the proof.
[[nodiscard]] std::uint64_t noise_seed(const FemurCase& one);

[[nodiscard]] CaseResults run_main(const FemurCase& one, const FemurProofSize& size);
[[nodiscard]] CaseResults run_repeat(const FemurCase& one, const FemurProofSize& size);
[[nodiscard]] CaseResults run_rotation(const FemurCase& one, const FemurProofSize& size);
[[nodiscard]] CaseResults run_kvp(const FemurCase& one, const FemurProofSize& size);
[[nodiscard]] CaseResults run_thin(const FemurCase& one, const FemurProofSize& size);
[[nodiscard]] CaseResults run_physics(const FemurCase& one, const FemurProofSize& size);
[[nodiscard]] CaseResults run_narrow(const FemurCase& one, const FemurProofSize& size);

// Coarse series through `analyse` with automatic choice of the side. Values, side '-':
//   used          0 right, 1 left, -1 none
//   hurt          the broken or operated side, -1 none, 2 both
//   right, left   SideState as judged
//   wrong_side    1: a hurt femur was used or reported, or a femur carries the other one's name
//   site, moved_mm, turned_deg   of the fracture
[[nodiscard]] CaseResults run_fracture(const FemurCase& one, const FemurProofSize& size);  // displaced
[[nodiscard]] CaseResults run_fissure(const FemurCase& one, const FemurProofSize& size);  // and impacted ones
[[nodiscard]] CaseResults run_intact(const FemurCase& one, const FemurProofSize& size);
[[nodiscard]] CaseResults run_implant(const FemurCase& one, const FemurProofSize& size);

// Coarse series without phantom, calibrated by the patient's tissues: TH.vbmd_percent, internal (1 = grade
// C and said so).
[[nodiscard]] CaseResults run_internal(const FemurCase& one, const FemurProofSize& size);

// variant "axis codes": one volume stored along all 48 axis codes as DICOM files, read as `focalhip analyze`
// does. Values, side '-': axial, right_way (read and sides right), not_axial, refused (with R_NOT_AXIAL).
// variant "prone": lying on the front.
[[nodiscard]] CaseResults run_turned(const FemurCase& one, const FemurProofSize& size);

// 512 x 512 x 300, two threads: wall seconds of every stage, peak memory. Alone in the process.
[[nodiscard]] CaseResults run_speed(const FemurCase& one, const FemurProofSize& size);

}  // namespace focalhip::proof
