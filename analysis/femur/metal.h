#pragma once

#include "analysis/volume/ct_volume.h"
#include "analysis/volume/find_metal.h"

namespace focalhip {

// qct 5: an implant is a connected part above 2500 HU larger than 0.05 cm3 within 70 mm of the head's centre.
inline constexpr double metal_search_radius_mm = 70.0;

// Volume of the largest connected part above metal_hu within the radius; 0 when there is none.
[[nodiscard]] double metal_volume_mm3(const CtVolume& ct,
                                      const Eigen::Vector3d& centre_patient_mm,
                                      double radius_mm);

}  // namespace focalhip
