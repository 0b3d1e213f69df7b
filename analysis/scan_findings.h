#pragma once

#include <array>
#include <optional>
#include <vector>

#include "analysis/calibration/calibration.h"
#include "analysis/femur/segment_femora.h"

namespace focalhip {

// What a reader must know of a scan besides its header, and the grade it allows. [science: qct 1.2 to 1.4]
struct ScanFindings {
  Grade grade = Grade::a;
  std::vector<QualityNote> notes;
};

// Tilt removed, slices interpolated (B, or C where a femur is measured: from 10 mm above a head to 20 mm
// below its lesser trochanter), field of view that cuts the patient (B), sharp or unknown kernel
// (grade_kernel), contrast in vessels where the header names none (C); metal anywhere, clipped voxels,
// Patient Position against the side of the phantom (told, no grade). Absent arguments: that stage refused.
[[nodiscard]] ScanFindings scan_findings(const CtVolume& ct,
                                         const std::optional<std::array<FemurOutcome, 2>>& femora,
                                         const std::optional<Calibration>& calibration);

}  // namespace focalhip
