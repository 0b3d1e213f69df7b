#pragma once

#include "analysis/femur/segment_femora.h"

namespace focalhip {

// What spoils the measurement of an outlined femur from the head's top down to the end of TH. Only its own
// mask counts, not what else lies in the image.

// Throws Refusal{metal} when more than 50 mm3 of connected voxels above 2500 HU lie in the femur or within
// 10 mm of it. [qct 1.2, 3.4]
void refuse_metal_in_femur(const CtVolume& ct, const SegmentedFemur& femur, double end_below_lesser_mm);

// Throws Refusal{coverage} when the mask reaches padding or a side of the image on more than 20 mm2: the cut
// face is no surface of the bone. [qct 1.3, 5]
void refuse_cut_femur(const CtVolume& ct, const SegmentedFemur& femur, double end_below_lesser_mm);

}  // namespace focalhip
