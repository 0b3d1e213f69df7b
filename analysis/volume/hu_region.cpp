#include "analysis/volume/hu_region.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "analysis/support/expects.h"

namespace focalhip {

IndexBox covering_box(const VoxelGrid& grid,
                      const Eigen::Vector3d& low_patient_mm,
                      const Eigen::Vector3d& high_patient_mm) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Eigen::Vector3d low = Eigen::Vector3d::Constant(infinity);
  Eigen::Vector3d high = -low;
  for (int corner = 0; corner < 8; ++corner) {
    const Eigen::Vector3d point_patient_mm{(corner & 1) != 0 ? high_patient_mm.x() : low_patient_mm.x(),
                                           (corner & 2) != 0 ? high_patient_mm.y() : low_patient_mm.y(),
                                           (corner & 4) != 0 ? high_patient_mm.z() : low_patient_mm.z()};
    const Eigen::Vector3d voxel = grid.voxel_from_patient(point_patient_mm);
    low = low.cwiseMin(voxel);
    high = high.cwiseMax(voxel);
  }
  IndexBox box;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto at = static_cast<Eigen::Index>(axis);
    const double size = grid.size[axis];
    box.first[axis] = static_cast<int>(std::clamp(std::floor(low[at]), 0.0, size));
    box.last[axis] = static_cast<int>(std::clamp(std::ceil(high[at]) + 1.0, 0.0, size));
  }
  return box;
}

VoxelGrid cropped(const VoxelGrid& grid, const IndexBox& box) {
  VoxelGrid result = grid;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    result.size[axis] = std::max(0, box.last[axis] - box.first[axis]);
  }
  result.origin_patient_mm = grid.patient_from_voxel({static_cast<double>(box.first[0]),
                                                      static_cast<double>(box.first[1]),
                                                      static_cast<double>(box.first[2])});
  return result;
}

HuRegion crop_hu(const CtVolume& ct, const IndexBox& box) {
  HuRegion region{.grid = cropped(ct.grid, box), .hu = {}};
  region.hu.reserve(region.grid.voxel_count());
  for (int slice = box.first[2]; slice < box.last[2]; ++slice) {
    for (int row = box.first[1]; row < box.last[1]; ++row) {
      if (box.first[0] >= box.last[0]) continue;
      const std::int16_t* line = &ct.hu[ct.grid.index(box.first[0], row, slice)];
      region.hu.insert(region.hu.end(), line, line + (box.last[0] - box.first[0]));
    }
  }
  return region;
}

HuRegion block_means(const CtVolume& ct, double edge_mm) {
  std::array<int, 3> edge{};
  HuRegion region{.grid = ct.grid, .hu = {}};
  Eigen::Vector3d first_centre;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto at = static_cast<Eigen::Index>(axis);
    edge[axis] = std::max(1, static_cast<int>(std::lround(edge_mm / ct.grid.spacing_mm[at])));
    region.grid.size[axis] = ct.grid.size[axis] / edge[axis];
    region.grid.spacing_mm[at] = ct.grid.spacing_mm[at] * edge[axis];
    first_centre[at] = 0.5 * (edge[axis] - 1);
  }
  region.grid.origin_patient_mm = ct.grid.patient_from_voxel(first_centre);
  region.hu.assign(region.grid.voxel_count(), 0.0F);
  const float weight = 1.0F / static_cast<float>(edge[0] * edge[1] * edge[2]);
  for (int slice = 0; slice < region.grid.size[2] * edge[2]; ++slice) {
    for (int row = 0; row < region.grid.size[1] * edge[1]; ++row) {
      if (region.grid.size[0] == 0) continue;
      const std::int16_t* line = &ct.hu[ct.grid.index(0, row, slice)];
      float* sums = &region.hu[region.grid.index(0, row / edge[1], slice / edge[2])];
      for (int column = 0; column < region.grid.size[0]; ++column) {
        int sum = 0;
        for (int k = 0; k < edge[0]; ++k) sum += line[column * edge[0] + k];
        sums[column] += weight * static_cast<float>(sum);
      }
    }
  }
  return region;
}

HuRegion hu_under(const CtVolume& ct, const VoxelGrid& grid) {
  const Eigen::Vector3d first = ct.grid.voxel_from_patient(grid.origin_patient_mm);
  IndexBox box;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    box.first[axis] = static_cast<int>(std::lround(first[static_cast<Eigen::Index>(axis)]));
    box.last[axis] = box.first[axis] + grid.size[axis];
    expects(box.first[axis] >= 0 && box.last[axis] <= ct.grid.size[axis], "a mask lies on a crop of its CT");
  }
  return crop_hu(ct, box);
}

}  // namespace focalhip
