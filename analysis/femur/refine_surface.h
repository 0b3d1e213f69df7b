#pragma once

#include <cstdint>
#include <vector>

#include "analysis/femur/hip_region.h"

namespace focalhip {

struct RefineOptions {
  double reach_mm = 1.6;         // only voxels this near the given surface are judged again
  double peak_inside_mm = 2.4;   // the cortex' peak is searched from here below the surface (qct 3.2 S6)
  double peak_outside_mm = 0.9;  // to here above it
  double profile_step_mm = 0.3;
  double least_contrast_hu = 150.0;  // peak above soft tissue; less: the given label stays
  double soft_tissue_hu = 40.0;
  double blur_sigma_mm = 0.6;  // in-plane point spread and voxel; 1.3 mm FWHM of a standard kernel
};

// The mean HU of cortex thick enough not to be blurred: 90th percentile of the bright voxels of the femur.
[[nodiscard]] double solid_cortex_hu(const HipRegion& hip, const std::vector<std::uint8_t>& femur);

// The level a blurred layer of solid cortex shows at its own outer face, when its peak shows `peak` and the
// bone below it `beneath`; all as shares of the solid value above soft tissue. 0.5 for a thick layer, towards
// the peak itself for a thin one.
[[nodiscard]] double face_level(double peak, double beneath);

// Moves the surface of a mask to where the blurred cortex has the level of its outer face, voxel by voxel.
[[nodiscard]] std::vector<std::uint8_t> refine_surface(const HipRegion& hip,
                                                       const std::vector<std::uint8_t>& femur,
                                                       const RefineOptions& options);

}  // namespace focalhip
