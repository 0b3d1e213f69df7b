#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/volume/voxel_grid.h"

namespace focalhip {

// Face-connected components of a set of voxels. Labels count from 1 in storage order of their first voxel.
struct Components {
  std::vector<std::int32_t> label;       // 0 = not in the set
  std::vector<std::size_t> voxel_count;  // index = label; [0] unused
};
[[nodiscard]] Components label_components(const VoxelGrid& grid, std::span<const std::uint8_t> set);

// Keeps the component with most voxels; an empty set stays empty.
void keep_largest_component(const VoxelGrid& grid, std::vector<std::uint8_t>& set);

// Adds every voxel that cannot reach a side face (first or last column or row) through voxels outside the
// set. The first and last slice do not count as ways out, so the marrow canal stays closed where the scan
// ends.
void fill_holes(const VoxelGrid& grid, std::vector<std::uint8_t>& set);

// The same in every slice across the given axis on its own (0 column, 1 row, 2 slice): all four borders of
// the plane are ways out.
void fill_plane_holes(const VoxelGrid& grid, std::size_t axis, std::vector<std::uint8_t>& set);

// Closing and opening with a ball of the given radius (mm).
void close_ball(const VoxelGrid& grid, double radius_mm, std::vector<std::uint8_t>& set);
void open_ball(const VoxelGrid& grid, double radius_mm, std::vector<std::uint8_t>& set);

}  // namespace focalhip
