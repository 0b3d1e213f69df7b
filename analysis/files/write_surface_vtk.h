#pragma once

#include <filesystem>

#include "analysis/cortex/measure_cortex.h"

namespace focalhip {

// A femur's surface with its cortical map as legacy VTK PolyData (ASCII), LPS mm, outward normals. POINT_DATA
// scalars: cth_mm cm_mg_cm2 cbmd_mg_cm3 ectd_mg_cm3 cth_sd_mm (float, nan = no value), valid (1 = measured at
// this vertex), stood_in (1 = the neighbours' median), density_information (share of CBMD that is measured),
// region (0 none 1 FN 2 TR 3 IT 4 head). Same map, same bytes. Throws std::runtime_error naming the file.
void write_surface_vtk(const std::filesystem::path& file, const CortexMeasurement& cortex);

}  // namespace focalhip
