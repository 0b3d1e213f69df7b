#pragma once

#include <vector>

#include "analysis/femur/head_sphere.h"
#include "analysis/femur/right_side.h"

namespace focalhip {

// One hip cut out of the CT, seen as a right one (x reversed for the left side), with its head.
struct HipRegion {
  Side side = Side::right;
  VoxelGrid grid;         // mirrored: LPS with x reversed for the left side
  std::vector<float> hu;  // as scanned
  HeadSphere head;        // in the mirrored frame
};

// From 15 mm above the head to 150 mm below its centre, wide enough for any version and rotation of the leg.
[[nodiscard]] HipRegion cut_hip_region(const CtVolume& ct, Side side, const HeadSphere& head_patient);

// Distances along z from the outer faces of the first and last slice; negative = cut.
struct ScanCover {
  double above_head_mm = 0.0;         // from the top of the head sphere
  double below_head_centre_mm = 0.0;  // from the centre
};
[[nodiscard]] ScanCover scan_cover(const VoxelGrid& ct_grid, const HeadSphere& head_patient);

}  // namespace focalhip
