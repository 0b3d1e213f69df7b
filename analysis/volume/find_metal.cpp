#include "analysis/volume/find_metal.h"

#include <algorithm>
#include <vector>

#include "analysis/volume/components.h"
#include "analysis/volume/hu_region.h"

namespace focalhip {

namespace {

// Smallest box that holds every voxel above the threshold.
IndexBox box_of_metal(const CtVolume& ct) {
  IndexBox box{.first = ct.grid.size, .last = {0, 0, 0}};
  for (int slice = 0; slice < ct.grid.size[2]; ++slice) {
    for (int row = 0; row < ct.grid.size[1]; ++row) {
      const std::int16_t* hu = ct.hu.data() + ct.grid.index(0, row, slice);
      for (int column = 0; column < ct.grid.size[0]; ++column) {
        if (hu[column] <= metal_hu) continue;
        const std::array<int, 3> at{column, row, slice};
        for (std::size_t axis = 0; axis < 3; ++axis) {
          box.first[axis] = std::min(box.first[axis], at[axis]);
          box.last[axis] = std::max(box.last[axis], at[axis] + 1);
        }
      }
    }
  }
  return box;
}

std::vector<std::uint8_t> metal_in(const CtVolume& ct, const IndexBox& box, const VoxelGrid& grid) {
  std::vector<std::uint8_t> metal(grid.voxel_count(), 0);
  for (int slice = 0; slice < grid.size[2]; ++slice) {
    for (int row = 0; row < grid.size[1]; ++row) {
      for (int column = 0; column < grid.size[0]; ++column) {
        const std::size_t index =
            ct.grid.index(column + box.first[0], row + box.first[1], slice + box.first[2]);
        metal[grid.index(column, row, slice)] = ct.hu[index] > metal_hu ? 1 : 0;
      }
    }
  }
  return metal;
}

Eigen::Vector3d centre_of(const VoxelGrid& grid,
                          const std::vector<std::int32_t>& labels,
                          std::int32_t label) {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  double count = 0.0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] != label) continue;
    const auto columns = static_cast<std::size_t>(grid.size[0]);
    const auto rows = static_cast<std::size_t>(grid.size[1]);
    sum += Eigen::Vector3d(static_cast<double>(i % columns),
                           static_cast<double>(i / columns % rows),
                           static_cast<double>(i / columns / rows));
    count += 1.0;
  }
  return grid.patient_from_voxel(sum / count);
}

}  // namespace

std::optional<MetalPart> find_metal(const CtVolume& ct) {
  const IndexBox box = box_of_metal(ct);
  if (box.empty()) return std::nullopt;
  const VoxelGrid grid = cropped(ct.grid, box);
  const Components parts = label_components(grid, metal_in(ct, box, grid));
  const auto largest = std::ranges::max_element(parts.voxel_count);
  const double volume_mm3 = static_cast<double>(*largest) * grid.voxel_volume_mm3();
  if (volume_mm3 <= smallest_metal_mm3) return std::nullopt;
  const auto label = static_cast<std::int32_t>(largest - parts.voxel_count.begin());
  return MetalPart{.volume_mm3 = volume_mm3, .centre_patient_mm = centre_of(grid, parts.label, label)};
}

}  // namespace focalhip
