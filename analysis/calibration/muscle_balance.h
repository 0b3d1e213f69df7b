#pragma once

#include <vector>

#include "analysis/support/reason_codes.h"
#include "analysis/volume/average_slices.h"

namespace focalhip {

// Median CT number of uniform muscle on either side of the middle of all muscle seen. HU.
struct MuscleBalance {
  double right_hu = 0.0;
  double left_hu = 0.0;
};
// Nothing where a side has fewer than 20 discs of muscle.
[[nodiscard]] std::optional<MuscleBalance> muscle_balance(const CtVolume& ct,
                                                          const std::vector<SliceAverage>& windows);

// A scanner that reads the same tissue differently left and right (beam hardening, an off-centre patient) is
// monitored, not corrected: adds a note when the sides differ by more than 15 HU (science qct 2.4).
void note_muscle_imbalance(const CtVolume& ct,
                           const std::vector<SliceAverage>& windows,
                           std::vector<QualityNote>& notes);

}  // namespace focalhip
