#pragma once

#include <vector>

#include "analysis/calibration/calibration.h"
#include "analysis/femur/femur.h"

namespace focalhip {

// Density of the voxels inside a femur's mask, K2HPO4 equivalent, on the mask's grid; 0 outside.
struct BoneDensity {
  VoxelGrid grid;
  std::vector<float> k2hpo4_mg_cm3;
};

struct BoundaryOptions {
  // How far outside the mask's faces blurred bone is collected: two sigma of a standard kernel's blur, beyond
  // which 2 % of what has leaked is left. More would take in tendon and capsule, brighter than what lies
  // beyond.
  double shell_mm = 1.2;
  double tissue_mm = 1.5;        // width of the layer beyond it in which the soft tissue is measured
  double locality_mm = 5.0;      // soft tissue is averaged with a Gaussian of this sigma
  double soft_hu_limit = 150.0;  // brighter or darker than this in absolute value is not soft tissue
};

// The image blurs bone across the mask's boundary and soft tissue into it. The mineral found outside, within
// shell_mm and above the level of the soft tissue beyond, is given back to the nearest voxel inside: sums
// over the mask are then those of the unblurred bone. Negative values (fat marrow) stay. See METHODS.md,
// "Boundary".
[[nodiscard]] BoneDensity bone_density(const CtVolume& ct,
                                       const Calibration& calibration,
                                       const FemurMask& mask,
                                       const FemurFrame& frame,
                                       const BoundaryOptions& options);

}  // namespace focalhip
