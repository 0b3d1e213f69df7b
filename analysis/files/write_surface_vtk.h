#pragma once

#include <filesystem>

#include "analysis/cortex/measure_cortex.h"

namespace focalhip {

// A femur's surface with its cortical map as legacy VTK PolyData, LPS mm, outward normals. Binary (big
// endian), because VTK 9.1 reads no NaN in text and then nothing behind it. POINT_DATA scalars:
//   cth_mm cm_mg_cm2 cbmd_mg_cm3 ectd_mg_cm3                    float, NaN = no value
//   cth_sd_mm cm_sd_mg_cm2 cbmd_sd_mg_cm3 ectd_sd_mg_cm3        float, posterior SD
//   valid 1 = measured at this vertex; stood_in 1 = the neighbours' median
//   unmeasured 0 measured, 1 rim, 2 metal, 3 joint not visible, 4 joint closed, 5 no fit
//   density_information share of CBMD that is measured
//   region 0 none, 1 FN, 2 TR, 3 IT, 4 head
// Same map, same bytes. Throws std::runtime_error naming the file.
void write_surface_vtk(const std::filesystem::path& file, const CortexMeasurement& cortex);

}  // namespace focalhip
