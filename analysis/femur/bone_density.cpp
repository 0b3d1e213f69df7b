#include "analysis/femur/bone_density.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/support/expects.h"
#include "analysis/volume/distance_map.h"
#include "analysis/volume/face_neighbours.h"
#include "analysis/volume/hu_region.h"
#include "analysis/volume/smooth_gaussian.h"

namespace focalhip {

namespace {

// Mean density of the soft tissue around each voxel, sampled in the layer beyond the shell.
std::vector<float> soft_tissue_density(const HuRegion& region,
                                       const std::vector<float>& density,
                                       const std::vector<float>& outside_mm,
                                       const BoundaryOptions& options) {
  const double first_mm = options.shell_mm;
  const double last_mm = options.shell_mm + options.tissue_mm;
  std::vector<float> sum(density.size(), 0.0F);
  std::vector<float> weight(density.size(), 0.0F);
  double all = 0.0;
  double count = 0.0;
  for (std::size_t i = 0; i < density.size(); ++i) {
    if (outside_mm[i] <= first_mm || outside_mm[i] > last_mm) continue;
    if (std::abs(region.hu[i]) > options.soft_hu_limit) continue;
    sum[i] = density[i];
    weight[i] = 1.0F;
    all += density[i];
    count += 1.0;
  }
  const auto overall = static_cast<float>(count > 0.0 ? all / count : 0.0);
  smooth_gaussian(region.grid, sum, options.locality_mm);
  smooth_gaussian(region.grid, weight, options.locality_mm);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = weight[i] > 1e-3F ? sum[i] / weight[i] : overall;
  return sum;
}

// Steps to the voxels around one, nearest first, within a distance.
struct Step {
  std::array<int, 3> by;
  double distance_mm2;
};
std::vector<Step> steps_within(const VoxelGrid& grid, double reach_mm) {
  std::array<int, 3> reach{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    reach[axis] = static_cast<int>(reach_mm / grid.spacing_mm[static_cast<Eigen::Index>(axis)]);
  }
  std::vector<Step> steps;
  for (int k = -reach[2]; k <= reach[2]; ++k) {
    for (int j = -reach[1]; j <= reach[1]; ++j) {
      for (int i = -reach[0]; i <= reach[0]; ++i) {
        const Eigen::Vector3d offset_mm = grid.spacing_mm.cwiseProduct(Eigen::Vector3d(i, j, k));
        if (offset_mm.squaredNorm() <= reach_mm * reach_mm)
          steps.push_back({{i, j, k}, offset_mm.squaredNorm()});
      }
    }
  }
  std::ranges::stable_sort(steps,
                           [](const Step& a, const Step& b) { return a.distance_mm2 < b.distance_mm2; });
  return steps;
}

// The socket's bone lies within the shell of the head: nothing is collected there.
bool near_socket(const FemurFrame& frame, const Eigen::Vector3d& point_patient_mm) {
  const Eigen::Vector3d from_head = point_patient_mm - frame.head_centre_patient_mm;
  const double r = from_head.norm();
  return r > frame.head_radius_mm - 2.0 && r < frame.head_radius_mm + 10.0 &&
         from_head.dot(frame.neck_axis_patient) > -0.42 * r;
}

}  // namespace

BoneDensity bone_density(const CtVolume& ct,
                         const Calibration& calibration,
                         const FemurMask& mask,
                         const FemurFrame& frame,
                         const BoundaryOptions& options) {
  const VoxelGrid& grid = mask.mask.grid;
  const HuRegion region = hu_under(ct, grid);
  std::vector<float> density(region.hu.size());
  for_each_voxel(grid, [&](std::size_t at, const Eigen::Vector3d& point_patient_mm) {
    const Hu hu{static_cast<double>(region.hu[at])};
    density[at] = static_cast<float>(calibration.k2hpo4(hu, point_patient_mm.z()).value);
  });
  const std::vector<float> outside_mm = signed_distance_mm(grid, mask.mask.label);
  const std::vector<float> soft = soft_tissue_density(region, density, outside_mm, options);
  const std::vector<Step> steps = steps_within(grid, options.shell_mm + grid.spacing_mm.maxCoeff());

  BoneDensity bone{.grid = grid, .k2hpo4_mg_cm3 = std::vector<float>(density.size(), 0.0F)};
  for_each_voxel(grid, [&](std::size_t at, const Eigen::Vector3d& point_patient_mm) {
    if (mask.mask.label[at] != 0) {
      bone.k2hpo4_mg_cm3[at] += density[at];
      return;
    }
    if (outside_mm[at] > options.shell_mm || near_socket(frame, point_patient_mm)) return;
    const int column = static_cast<int>(at % static_cast<std::size_t>(grid.size[0]));
    const int row = static_cast<int>(at / static_cast<std::size_t>(grid.size[0]) %
                                     static_cast<std::size_t>(grid.size[1]));
    const int slice = static_cast<int>(
        at / (static_cast<std::size_t>(grid.size[0]) * static_cast<std::size_t>(grid.size[1])));
    for (const Step& step : steps) {
      const int i = column + step.by[0];
      const int j = row + step.by[1];
      const int k = slice + step.by[2];
      if (!grid.contains(i, j, k) || mask.mask.label[grid.index(i, j, k)] == 0) continue;
      bone.k2hpo4_mg_cm3[grid.index(i, j, k)] += density[at] - soft[at];
      break;
    }
  });
  return bone;
}

}  // namespace focalhip
