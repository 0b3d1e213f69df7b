#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/femur/head_sphere.h"
#include "analysis/femur/right_side.h"
#include "analysis/volume/hu_region.h"

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

// The smallest box that holds all voxels of the set and a margin (mm) around them, within the grid.
[[nodiscard]] IndexBox box_around(const VoxelGrid& grid,
                                  const std::vector<std::uint8_t>& set,
                                  double margin_mm);

// The values of a crop, in the crop's own storage order.
template <typename T>
[[nodiscard]] std::vector<T> cropped_values(const VoxelGrid& grid,
                                            const std::vector<T>& values,
                                            const IndexBox& box) {
  std::vector<T> result;
  for (int slice = box.first[2]; slice < box.last[2]; ++slice) {
    for (int row = box.first[1]; row < box.last[1]; ++row) {
      const auto line = values.begin() + static_cast<std::ptrdiff_t>(grid.index(box.first[0], row, slice));
      result.insert(result.end(), line, line + (box.last[0] - box.first[0]));
    }
  }
  return result;
}

[[nodiscard]] HipRegion cropped(const HipRegion& hip, const IndexBox& box);

// Distances along z from the outer faces of the first and last slice; negative = cut.
struct ScanCover {
  double above_head_mm = 0.0;         // from the top of the head sphere
  double below_head_centre_mm = 0.0;  // from the centre
};
[[nodiscard]] ScanCover scan_cover(const VoxelGrid& ct_grid, const HeadSphere& head_patient);

// The same by what was measured: above the head padding is no cover, as where a removed tilt left a wedge
// of it. The least over the columns of voxels that cross the head.
[[nodiscard]] ScanCover scan_cover(const CtVolume& ct, const HeadSphere& head_patient);

}  // namespace focalhip
