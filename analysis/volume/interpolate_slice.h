#pragma once

#include "analysis/volume/ct_volume.h"

namespace focalhip {

// Fills one slice, neither the first nor the last, with the mean of its neighbours, and remembers it in
// interpolated_slices. Where only one neighbour was measured its value stands alone; where none was the voxel
// is not valid. Nothing is ever mixed with padding. [science: qct 1.2, 1.3]
void interpolate_slice(CtVolume& ct, int slice);

}  // namespace focalhip
