#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "analysis/volume/ct_volume.h"

// The hollow cylinder of science cbm 8.1 in a simulated CT: what cortical thickness is measured against.
// Shares no formula with analysis: true densities are rasterised, blurred numerically and sampled.
namespace focalhip::proof {

struct CylinderPhantom {
  double radius_mm = 15.0;
  double thickness_mm = 1.0;
  double tilt_rad = 0.0;  // of the axis against z, in the x-z plane
  double outside = 0.0;   // mg/cm3
  double inside = 140.0;
  double cortex = 1150.0;
  // Tier 2
  double cortex_variation =
      0.0;                  // SD of the cortical density, share, from patch to patch (45 degrees x 12 mm)
  double ramp_mm = 0.0;     // the endosteal side falls over this width, centred at the thickness
  double texture_sd = 0.0;  // of the spongy bone, mg/cm3, some 2 mm wide
  // A second bone beyond a gap, as an acetabulum: density where the radius exceeds radius + gap.
  double neighbour_gap_mm = 0.0;  // 0 = none
  std::uint64_t seed = 1;
};

struct PhantomScan {
  double pixel_mm = 0.977;
  double slice_mm = 1.0;  // thickness and spacing
  double blur_sd_mm = 0.5;
  double noise = 25.0;  // mg/cm3, correlated over 0.7 pixels in plane
};

[[nodiscard]] DensityVolume scan_phantom(const CylinderPhantom& phantom, const PhantomScan& scan);

// A point of the true surface with what is true there.
struct PhantomPoint {
  Eigen::Vector3d position_mm{0, 0, 0};
  Eigen::Vector3d outward{0, 0, 1};
  double cortex = 0.0;
};
// Points whose profiles (6 mm outward, 10 mm inward) stay inside the volume.
[[nodiscard]] std::vector<PhantomPoint> phantom_points(const CylinderPhantom& phantom,
                                                       const VoxelGrid& grid,
                                                       int count,
                                                       std::uint64_t seed);

}  // namespace focalhip::proof
