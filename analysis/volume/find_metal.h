#pragma once

#include <optional>

#include "analysis/volume/ct_volume.h"

namespace focalhip {

// [science: qct 1.2] A connected part above this that is larger than the second is metal.
inline constexpr double metal_hu = 2500.0;
inline constexpr double smallest_metal_mm3 = 50.0;

struct MetalPart {
  double volume_mm3 = 0.0;
  Eigen::Vector3d centre_patient_mm{0.0, 0.0, 0.0};
};

// The largest metal anywhere in the volume; nothing when there is none.
[[nodiscard]] std::optional<MetalPart> find_metal(const CtVolume& ct);

}  // namespace focalhip
