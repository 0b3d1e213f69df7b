#pragma once

#include <optional>
#include <vector>

#include "analysis/calibration/find_rods.h"
#include "analysis/calibration/rod_edge.h"
#include "analysis/volume/ct_volume.h"

namespace focalhip {

// The mean of a rod in one slice.
struct RodInSlice {
  int slice = 0;
  double mean_hu = 0.0;
};

// What a cylinder of 0.6 radius inside one rod reads, over the used slices.
struct MeasuredRod {
  double mean_hu = 0.0;    // median over slices of the per-slice mean: robust to streaks
  double sd_hu = 0.0;      // within a slice, root mean square over slices: a bubble in a few slices counts
  double rim_sd_hu = 0.0;  // the same between there and the blurred edge, where bubbles gather
  double drift_hu_per_mm = 0.0;        // slope of the per-slice mean along the slice axis [Sen1968]
  double drift_error_hu_per_mm = 0.0;  // its standard error
  std::vector<RodInSlice> slices;      // the used ones, ascending
  std::optional<RodEdge> edge;         // nothing where rod and holder are too alike
};

struct MeasuredRow {
  std::vector<std::optional<MeasuredRod>> rods;  // per place; nothing = not inside the field of view
  int first_slice = 0;                           // used slices; last included
  int last_slice = 0;
  double radius_mm = 0.0;  // median over the rods
};

struct RodMeasurementOptions {
  double region_share = 0.6;      // radius of the measured cylinder, of the rod's
  double end_trim_mm = 10.0;      // left out beside an end of the phantom inside the volume
  double least_length_mm = 60.0;  // of the used slices
  // Between padding or the border of the picture and the measured cylinder, and the whole rod: a rod that is
  // cut anywhere is not read, though its middle may be there.
  double validity_margin_mm = 2.0;
  double whole_rod_margin_mm = 1.0;
};

// Throws Refusal no_phantom when too little of the rods' length can be used.
[[nodiscard]] MeasuredRow measure_rods(const CtVolume& ct,
                                       const RodRow& row,
                                       const RodMeasurementOptions& options);

}  // namespace focalhip
