#include "analysis/femur/metal.h"

#include <algorithm>

#include "analysis/volume/components.h"
#include "analysis/volume/hu_region.h"

namespace focalhip {

double metal_volume_mm3(const CtVolume& ct, const Eigen::Vector3d& centre_patient_mm, double radius_mm) {
  const Eigen::Vector3d reach = Eigen::Vector3d::Constant(radius_mm);
  const IndexBox box = covering_box(ct.grid, centre_patient_mm - reach, centre_patient_mm + reach);
  if (box.empty()) return 0.0;
  const VoxelGrid grid = cropped(ct.grid, box);
  std::vector<std::uint8_t> metal(grid.voxel_count(), 0);
  std::size_t count = 0;
  for (int slice = 0; slice < grid.size[2]; ++slice) {
    for (int row = 0; row < grid.size[1]; ++row) {
      for (int column = 0; column < grid.size[0]; ++column) {
        const std::int16_t hu =
            ct.hu[ct.grid.index(column + box.first[0], row + box.first[1], slice + box.first[2])];
        if (hu <= metal_hu) continue;
        const Eigen::Vector3d voxel{
            static_cast<double>(column), static_cast<double>(row), static_cast<double>(slice)};
        if ((grid.patient_from_voxel(voxel) - centre_patient_mm).norm() > radius_mm) continue;
        metal[grid.index(column, row, slice)] = 1;
        ++count;
      }
    }
  }
  if (count == 0) return 0.0;
  const Components components = label_components(grid, metal);
  const auto largest = std::ranges::max_element(components.voxel_count);
  return static_cast<double>(*largest) * grid.voxel_volume_mm3();
}

}  // namespace focalhip
