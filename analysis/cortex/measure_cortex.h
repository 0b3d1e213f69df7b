#pragma once

#include <array>
#include <optional>

#include "analysis/calibration/calibration.h"
#include "analysis/cortex/map_cortex.h"
#include "analysis/femur/femur.h"
#include "analysis/surface/femur_surface.h"

namespace focalhip {

// Area-weighted means over the measured vertices of a region; HA.
struct CortexMeans {
  int vertices = 0;  // that the means rest on
  double area_mm2 = 0.0;
  double cth_mm = 0.0;
  double cm_mg_cm2 = 0.0;
  double cbmd_mg_cm3 = 0.0;
  double ectd_mg_cm3 = 0.0;
  double density_from_prior_share = 0.0;  // of the area: cortical density tells the prior, not the image
};

// Cortical bone mapping of one femur. [cbm]
struct CortexMeasurement {
  FemurSurface surface;
  CorticalMap map;                                    // on the surface's vertices; HA
  std::array<std::optional<CortexMeans>, 4> regions;  // index = VoiName; TH = FN, TR and IT together
  std::vector<QualityNote> notes;
  Grade grade = Grade::a;

  [[nodiscard]] const std::optional<CortexMeans>& operator[](VoiName voi) const {
    return regions[static_cast<std::size_t>(voi)];
  }
};

struct CortexOptions {
  FemurSurfaceOptions surface;
  MapCortexOptions map;
  double rim_mm = 3.0;                  // vertices this near the cut are not measured [cbm 2.2]
  double default_noise_hu = 30.0;       // where the calibration measured none
  double metal_hu = 3000.0;             // within 5 mm of a vertex: not measured
  double most_invalid_noted = 0.05;     // more: note and grade B
  double most_invalid_measured = 0.15;  // more: refused
  int threads = 2;                      // changes speed only, never numbers
};
[[nodiscard]] std::vector<std::string> problems_in(const CortexOptions& options);

// Throws Refusal{segmentation} when the surface is no disk, Refusal{cortex_failed} when too many vertices
// fail.
[[nodiscard]] CortexMeasurement measure_cortex(const CtVolume& ct,
                                               const Calibration& calibration,
                                               const FemurMeasurement& femur,
                                               const CortexOptions& options);

}  // namespace focalhip
