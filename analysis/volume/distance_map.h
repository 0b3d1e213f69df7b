#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/volume/voxel_grid.h"

namespace focalhip {

// Squared Euclidean distance (mm2) of every voxel centre to the nearest voxel centre of the set (value != 0),
// exact on anisotropic grids; infinity everywhere when the set is empty. [FelzenszwalbHuttenlocher2012]
[[nodiscard]] std::vector<float> squared_distance_mm2(const VoxelGrid& grid,
                                                      std::span<const std::uint8_t> set);

// Signed distance (mm) to the boundary of the set, negative inside, zero half-way between the last voxel
// inside and the first outside.
[[nodiscard]] std::vector<float> signed_distance_mm(const VoxelGrid& grid, std::span<const std::uint8_t> set);

}  // namespace focalhip
