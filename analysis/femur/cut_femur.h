#pragma once

#include <cstdint>
#include <vector>

#include "analysis/femur/hip_region.h"
#include "analysis/femur/separate_femur.h"

namespace focalhip {

// Where the femur's surface is expected, before the image is asked in detail.
struct PriorSurface {
  std::vector<float> distance_mm;       // signed, negative inside; on the hip's grid
  std::vector<std::uint8_t> on_socket;  // 1 = the articular cap's directions: the head's sphere rules
};
[[nodiscard]] PriorSurface prior_surface(const HipRegion& hip,
                                         const std::vector<std::uint8_t>& rough_femur,
                                         const SocketBarrier& barrier);

// Weights of the cut; defaults from science qct 3.2 S4.
struct CutOptions {
  double band_mm = 6.0;         // beyond this distance from the prior the label is fixed
  double socket_band_mm = 2.0;  // the same on the articular cap: the acetabulum is near
  double edge_smoothing_mm = 0.6;
  double edge_scale_hu_per_mm = 150.0;
  double prior_weight = 40.0;
  double bright_weight = 60.0;
  double bright_hu = 250.0;      // higher loses thin osteoporotic cortex (qct 3.3)
  double bright_reach_mm = 1.5;  // bright voxels farther outside the prior are not pulled in
};

// The periosteal surface as the cheapest cut through bright-to-dark edges in a narrow band about the prior.
// 1 = inside.
[[nodiscard]] std::vector<std::uint8_t> cut_femur(const HipRegion& hip,
                                                  const PriorSurface& prior,
                                                  const CutOptions& options);

}  // namespace focalhip
