#pragma once

#include <optional>

#include "analysis/volume/ct_volume.h"

namespace focalhip {

// Mean HU of a contrast-filled femoral vessel in front of a femoral head: a round, homogeneous column of 110
// to 450 HU and 5 to 18 mm across, alone in soft tissue, that runs through at least 40 mm of slices. Nothing
// when there is none: blood without contrast has 30 to 60 HU. Conservative: a vessel that touches bone,
// branches or is calcified is not counted. Head centre in the patient frame, mm. [science: qct 1.2]
[[nodiscard]] std::optional<double> find_enhanced_vessel(const CtVolume& ct,
                                                         const Eigen::Vector3d& head_centre_patient_mm,
                                                         double head_radius_mm);

}  // namespace focalhip
