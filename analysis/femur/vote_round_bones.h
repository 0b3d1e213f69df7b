#pragma once

#include <vector>

#include "analysis/volume/hu_region.h"

namespace focalhip {

// A place many bone edges point to from the distance of a femoral head's radius.
struct RoundBone {
  Eigen::Vector3d centre_patient_mm{0, 0, 0};
  double votes = 0.0;
};

struct RoundBoneOptions {
  double smallest_radius_mm = 17.0;
  double largest_radius_mm = 30.0;
  double smallest_edge_hu_per_mm = 40.0;
  double bone_hu = 150.0;  // the bright side of an edge must reach this
  double apart_mm = 20.0;  // no two answers closer than this
  std::size_t most = 16;   // at most this many answers
};

// Every bone edge votes for the points on its bright side at the allowed radii; local maxima of the votes,
// most votes first. Wants a grid of about 2 mm.
[[nodiscard]] std::vector<RoundBone> vote_round_bones(const HuRegion& coarse,
                                                      const RoundBoneOptions& options);

}  // namespace focalhip
