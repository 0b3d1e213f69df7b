#pragma once

#include <vector>

#include "analysis/calibration/find_rods.h"
#include "analysis/calibration/identify_rods.h"
#include "analysis/calibration/measure_rods.h"

namespace focalhip {

// A row of rods, the phantom it was recognised as, and which rod stands where.
struct RecognisedPhantom {
  Phantom phantom;
  RodRow row;
  MeasuredRow measured;
  RodIdentity identity;
};

struct FoundPhantomRow {
  RodRow row;
  std::size_t rods = 5;  // of the phantoms it was searched for
};

// Holds every row against every phantom of that many rods. A row belongs to the phantom that fits it best, if
// its residual is at most half that of the runner-up; of several rows the one that fits is taken.
// Throws Refusal: phantom_ambiguous (two phantoms fit one row, or two rows fit), or what identify_rods and
// measure_rods say about the only row. Needs at least one row.
[[nodiscard]] RecognisedPhantom recognise_phantom(const CtVolume& ct,
                                                  const std::vector<FoundPhantomRow>& rows,
                                                  const std::vector<Phantom>& phantoms);

}  // namespace focalhip
