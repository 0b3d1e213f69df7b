#include "analysis/femur/hip_region.h"

#include <algorithm>
#include <cmath>

namespace focalhip {

HipRegion cut_hip_region(const CtVolume& ct, Side side, const HeadSphere& head_patient) {
  HipRegion hip{.side = side, .grid = {}, .hu = {}, .head = head_patient};
  hip.head.centre_mm = mirrored_to_right(head_patient.centre_mm, side);
  const Eigen::Vector3d lateral_anterior_low{-92.0, -68.0, -150.0};
  const Eigen::Vector3d medial_posterior_high{45.0, 68.0, hip.head.radius_mm + 15.0};
  const Eigen::Vector3d a =
      mirrored_to_right(Eigen::Vector3d(hip.head.centre_mm + lateral_anterior_low), side);
  const Eigen::Vector3d b =
      mirrored_to_right(Eigen::Vector3d(hip.head.centre_mm + medial_posterior_high), side);
  HuRegion region = crop_hu(ct, covering_box(ct.grid, a.cwiseMin(b), a.cwiseMax(b)));
  hip.grid = mirrored_to_right(region.grid, side);
  hip.hu = std::move(region.hu);
  return hip;
}

IndexBox box_around(const VoxelGrid& grid, const std::vector<std::uint8_t>& set, double margin_mm) {
  IndexBox box{.first = grid.size, .last = {0, 0, 0}};
  for (int slice = 0; slice < grid.size[2]; ++slice) {
    for (int row = 0; row < grid.size[1]; ++row) {
      for (int column = 0; column < grid.size[0]; ++column) {
        if (set[grid.index(column, row, slice)] == 0) continue;
        const std::array<int, 3> at{column, row, slice};
        for (std::size_t axis = 0; axis < 3; ++axis) {
          box.first[axis] = std::min(box.first[axis], at[axis]);
          box.last[axis] = std::max(box.last[axis], at[axis] + 1);
        }
      }
    }
  }
  if (box.empty()) return {};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const int margin = static_cast<int>(margin_mm / grid.spacing_mm[static_cast<Eigen::Index>(axis)]) + 1;
    box.first[axis] = std::max(0, box.first[axis] - margin);
    box.last[axis] = std::min(grid.size[axis], box.last[axis] + margin);
  }
  return box;
}

HipRegion cropped(const HipRegion& hip, const IndexBox& box) {
  return {.side = hip.side,
          .grid = cropped(hip.grid, box),
          .hu = cropped_values(hip.grid, hip.hu, box),
          .head = hip.head};
}

ScanCover scan_cover(const VoxelGrid& ct_grid, const HeadSphere& head_patient) {
  // The head's place along the slice normal, counted in slices.
  const double slice = ct_grid.voxel_from_patient(head_patient.centre_mm).z();
  const double spacing_mm = ct_grid.spacing_mm.z();
  return {.above_head_mm = (ct_grid.size[2] - 0.5 - slice) * spacing_mm - head_patient.radius_mm,
          .below_head_centre_mm = (slice + 0.5) * spacing_mm};
}

ScanCover scan_cover(const CtVolume& ct, const HeadSphere& head_patient) {
  ScanCover cover = scan_cover(ct.grid, head_patient);
  if (ct.valid.empty()) return cover;
  const VoxelGrid& grid = ct.grid;
  const Eigen::Vector3d centre = grid.voxel_from_patient(head_patient.centre_mm);
  const double radius_mm = head_patient.radius_mm;
  for (int row = 0; row < grid.size[1]; ++row) {
    for (int column = 0; column < grid.size[0]; ++column) {
      const double beside_mm =
          std::hypot((column - centre.x()) * grid.spacing_mm.x(), (row - centre.y()) * grid.spacing_mm.y());
      if (beside_mm >= radius_mm) continue;
      int slice = grid.size[2] - 1;
      while (slice >= 0 && !ct.is_valid(grid.index(column, row, slice))) --slice;
      if (slice < 0)
        continue;  // outside the field of view from top to bottom: no matter of the scan's length
      const double height_mm = std::sqrt(radius_mm * radius_mm - beside_mm * beside_mm);
      const double above_mm = (slice + 0.5 - centre.z()) * grid.spacing_mm.z() - height_mm;
      cover.above_head_mm = std::min(cover.above_head_mm, above_mm);
    }
  }
  return cover;
}

}  // namespace focalhip
