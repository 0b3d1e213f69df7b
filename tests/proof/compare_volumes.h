#pragma once

#include <string>

#include "analysis/volume/ct_volume.h"
#include "tests/proof/traps.h"

namespace focalhip::proof {

// What is wrong with a reading; empty = nothing. Every voxel at its place in the patient, HU and validity
// equal; a slice that was left out is named as interpolated and the mean of its neighbours, to rounding.
[[nodiscard]] std::string difference_from(const TrapTruth& truth, const CtVolume& ct);

// The same for a resampled volume, against an untilted scan of the same person with other noise: no shift by
// a pixel or slice in any direction makes it more alike, and soft tissue reads the same within 2 HU on
// average (interpolation blurs edges; it must not move places or values).
[[nodiscard]] std::string difference_from(const simulator::SimulatedScan& untilted, const CtVolume& ct);

}  // namespace focalhip::proof
