#pragma once

#include <vector>

#include "analysis/volume/voxel_grid.h"

namespace focalhip {

// Separable Gaussian of the given width (mm, standard deviation), truncated at 3 sigma, border voxels
// repeated. An axis whose spacing exceeds 3 sigma is left as it is.
void smooth_gaussian(const VoxelGrid& grid, std::vector<float>& values, double sigma_mm);

}  // namespace focalhip
