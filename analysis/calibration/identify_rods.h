#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/calibration/calibration.h"
#include "analysis/calibration/fit_rods.h"

namespace focalhip {

// Which rod of the certificate stands at which place.
struct RodIdentity {
  std::vector<std::size_t> rod_of_place;  // index into Phantom::rods
  double residual_sd_hu = 0.0;            // of the fit, one bad rod of at least five left out
  bool is_possible = false;               // a scanner can read such a slope and such a zero
  bool is_explained = false;              // that, and within the limits of a usable calibration
};

// Tries the certificate's order in both directions, and every offset when the row has fewer places than the
// phantom rods. One bad rod of five may be ignored in the comparison. The densest rod must be the brightest.
// Throws Refusal: phantom_ambiguous (two orders explain the row almost equally well, or only an order
// explains it that is not the certificate's), calibration_failed (fewer than four rods were read, or
// not all of a phantom that has fewer).
[[nodiscard]] RodIdentity identify_rods(std::span<const std::optional<double>> hu_of_place,
                                        const Phantom& phantom);

}  // namespace focalhip
