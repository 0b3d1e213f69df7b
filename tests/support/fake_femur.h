#pragma once

#include "analysis/hip_report.h"

// A drawn pelvis: spheres and capsules with a bright shell. Nothing here is anatomy to measure on.
namespace focalhip::test {

inline constexpr double head_radius_mm = 24.0;
[[nodiscard]] Eigen::Vector3d head_centre_patient_mm(Side side);

[[nodiscard]] VoxelGrid scan_grid();             // 512 x 512 x 180, 0.9 x 0.9 x 1 mm
[[nodiscard]] LabelVolume draw_vois(Side side);  // 1 FN, 2 TR, 3 IT on a coarse crop
[[nodiscard]] FemurProjection draw_projection(Side side);
[[nodiscard]] SlicePicture draw_coronal();  // with masks of both femora
[[nodiscard]] SlicePicture draw_axial();
// Four slices of one femur with outline, borders of regions and, on the head, a part without an edge.
[[nodiscard]] std::vector<FemurPicture> draw_femur_pictures(Side side);
// A bent tube with regions and a cortex that thickens towards the shaft; its lowest rings are not measured.
[[nodiscard]] CortexMeasurement draw_cortex(Side side);

}  // namespace focalhip::test
