#pragma once

#include "analysis/side/examine_sides.h"

namespace focalhip {

// The decision with everything it rests on.
struct SideChoiceReport {
  SideRequest request;
  HipEvidence evidence;
  std::array<std::vector<FractureSign>, 2> signs;  // index = Side
  SideDecision decision;
};

// Examines both femora and decides. `measurable` (index = Side): false = outlined, but later stages could not
// measure it.
[[nodiscard]] SideChoiceReport choose_side(const CtVolume& ct,
                                           const std::array<FemurOutcome, 2>& femora,
                                           const std::array<bool, 2>& measurable,
                                           const SideRequest& request,
                                           const SideOptions& options);

}  // namespace focalhip
