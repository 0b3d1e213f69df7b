#pragma once

#include <array>
#include <vector>

#include "analysis/volume/ct_volume.h"

namespace focalhip {

// Half-open range of voxel indices per axis: first <= index < last.
struct IndexBox {
  std::array<int, 3> first{0, 0, 0};
  std::array<int, 3> last{0, 0, 0};

  [[nodiscard]] bool empty() const {
    return first[0] >= last[0] || first[1] >= last[1] || first[2] >= last[2];
  }
};

// A working copy of a part of a CT volume in floating point: a crop or a coarse overview, never the whole
// series at full resolution.
struct HuRegion {
  VoxelGrid grid;
  std::vector<float> hu;
};

// The voxels whose centres can lie in the axis-aligned patient box low..high (LPS, mm), clamped to the grid.
[[nodiscard]] IndexBox covering_box(const VoxelGrid& grid,
                                    const Eigen::Vector3d& low_patient_mm,
                                    const Eigen::Vector3d& high_patient_mm);

// The same axes and spacing, origin moved to the first voxel of the box.
[[nodiscard]] VoxelGrid cropped(const VoxelGrid& grid, const IndexBox& box);

[[nodiscard]] HuRegion crop_hu(const CtVolume& ct, const IndexBox& box);
// The CT under a grid that is a crop of its own.
[[nodiscard]] HuRegion hu_under(const CtVolume& ct, const VoxelGrid& grid);

// Means over blocks of whole voxels, each block edge as near to edge_mm as the spacing allows (at least one
// voxel). Blocks that stick out at the far ends are left out.
[[nodiscard]] HuRegion block_means(const CtVolume& ct, double edge_mm);

}  // namespace focalhip
