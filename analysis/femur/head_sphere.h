#pragma once

#include <optional>

#include <Eigen/Core>

#include "analysis/volume/hu_region.h"

namespace focalhip {

// The sphere of a femoral head. Frame: that of the region it was fitted in.
struct HeadSphere {
  Eigen::Vector3d centre_mm{0, 0, 0};
  double radius_mm = 0.0;
  // Share of all directions in which a bright-to-dark edge lies within 1.5 mm of the sphere, beyond what
  // chance would give with as many edges as there are elsewhere along the directions. The neck takes about a
  // fifth of a healthy head's directions; noise has 0.
  double inlier_fraction = 0.0;
  double residual_sd_mm = 0.0;  // of those edges; 0.87 when they lie anywhere within 1.5 mm

  // One number to compare candidates: 0.5 for a clean head, 0.1 for an arthritic one in thick slices, below
  // 0.05 for noise and for bones that are not round.
  [[nodiscard]] double quality() const { return inlier_fraction * (1.0 - residual_sd_mm / 0.866); }
};

struct HeadSphereOptions {
  double smallest_radius_mm = 17.0;
  double largest_radius_mm = 30.0;
  double smallest_edge_hu_per_mm = 60.0;  // lower: noise votes; higher: thin osteoporotic cortex is lost
  int directions = 800;
};

// Robust least-squares sphere through the bright-to-dark outward edges around the start point (within about
// 6 mm of the centre). The region should be smoothed by about 0.8 mm. Nothing when no sphere of the allowed
// size explains a quarter of the directions. [qct 3.2 S2]
[[nodiscard]] std::optional<HeadSphere> fit_head_sphere(const HuRegion& smoothed,
                                                        const Eigen::Vector3d& start_mm,
                                                        const HeadSphereOptions& options);

}  // namespace focalhip
