#pragma once

#include <array>
#include <optional>

#include "analysis/calibration/calibration.h"
#include "analysis/cortex/map_cortex.h"
#include "analysis/femur/femur.h"
#include "analysis/surface/femur_surface.h"

namespace focalhip {

// Why a vertex has no measurement of its own.
enum class Unmeasured : std::uint8_t {
  measured,
  rim,           // too near the cut across the shaft
  metal,         // metal within 5 mm
  hidden_joint,  // the outline is the head's sphere for want of a visible joint [qct 3.4]
  closed_joint,  // the joint is narrower than the least gap there [cbm 10.5]
  no_fit,        // no cortex could be read from its voxels
};

// Area-weighted means over the measured vertices of a region; HA.
struct CortexMeans {
  int vertices = 0;  // that the means rest on
  double area_mm2 = 0.0;
  double cth_mm = 0.0;
  double cm_mg_cm2 = 0.0;
  double cbmd_mg_cm3 = 0.0;
  double ectd_mg_cm3 = 0.0;
  double density_from_prior_share = 0.0;  // of the area: cortical density tells the prior, not the image
  // Mean cortical density over the rest, where the image tells it; absent: on too few vertices.
  std::optional<double> told_cbmd_mg_cm3;
};

// Cortical bone mapping of one femur. [cbm]
struct CortexMeasurement {
  FemurSurface surface;
  CorticalMap map;                                    // on the surface's vertices; HA
  std::vector<Unmeasured> unmeasured;                 // per vertex
  std::array<std::optional<CortexMeans>, 4> regions;  // index = VoiName; TH = FN, TR and IT together
  // Largest difference of told_cbmd_mg_cm3 between the shaft's part of the surface, IT, TR and FN, share of
  // the bone's density; absent where fewer than two tell it. Beam hardening shows here. [cbm 10.4]
  std::optional<double> density_spread;
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
  double least_joint_gap_mm = 1.0;      // vertices at a narrower joint are not measured
  double most_joint_noted = 0.01;       // share of the head's surface not measured for its joint; more: note
  double most_density_spread = 0.06;    // more: note
  double most_tilt_deg = 5.0;           // of slices before it was removed; more: note and grade C
  double most_invalid_noted = 0.05;     // more: note and grade B
  double most_invalid_measured = 0.15;  // more: refused
  int threads = 2;                      // changes speed only, never numbers
};
[[nodiscard]] std::vector<std::string> problems_in(const CortexOptions& options);

// joint: of the same femur, empty = not known. Throws Refusal{segmentation} when the surface is no disk,
// and when too many vertices fail.
[[nodiscard]] CortexMeasurement measure_cortex(const CtVolume& ct,
                                               const Calibration& calibration,
                                               const FemurMeasurement& femur,
                                               const JointSpaceMap& joint,
                                               const CortexOptions& options);

}  // namespace focalhip
