#pragma once

#include <optional>

#include "analysis/calibration/calibrate.h"

namespace focalhip {

// Finds the rods of a phantom in the scan, recognises it, fits its rods.
// Throws Refusal: no_phantom, phantom_ambiguous, calibration_failed (qct 2.3, 2.4).
[[nodiscard]] Calibration calibrate_with_phantom(const CtVolume& ct,
                                                 const CalibrationOptions& options,
                                                 const std::optional<HeightRange>& femora);

}  // namespace focalhip
