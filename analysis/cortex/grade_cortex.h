#pragma once

#include "analysis/cortex/measure_cortex.h"

namespace focalhip {

// What a reader of the map must know, as grade and notes of `cortex`: surface without a cortex that could be
// read, density assumed or uneven, joint closed, sharp kernel. Throws Refusal{segmentation} when too much
// of the surface could not be read. [cbm 4, 10]
void grade_cortex(CortexMeasurement& cortex,
                  const CtVolume& ct,
                  const Calibration& calibration,
                  const CortexOptions& options);

}  // namespace focalhip
