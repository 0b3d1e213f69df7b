#include "analysis/femur/bone_solid.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Eigenvalues>
#include <Eigen/Geometry>

#include "analysis/support/expects.h"
#include "analysis/volume/face_neighbours.h"
#include "analysis/volume/interpolate.h"
#include "analysis/volume/smooth_gaussian.h"

namespace focalhip {

BoneSolid make_bone_solid(const VoxelGrid& grid, std::vector<std::uint8_t> mask) {
  BoneSolid bone{.grid = grid, .inside = std::vector<float>(mask.begin(), mask.end()), .mask = {}};
  bone.mask = std::move(mask);
  smooth_gaussian(grid, bone.inside, 0.5 * std::cbrt(grid.voxel_volume_mm3()));
  return bone;
}

BoneSolid make_bone_solid(const VoxelGrid& grid,
                          std::vector<std::uint8_t> mask,
                          const std::vector<float>& distance_mm) {
  expects(distance_mm.size() == mask.size(), "one distance per voxel of the mask");
  static constexpr float reach_mm = 2.0F;
  BoneSolid bone{.grid = grid, .inside = std::vector<float>(mask.size()), .mask = std::move(mask)};
  std::ranges::transform(distance_mm, bone.inside.begin(), [](float d) {
    return 0.5F - 0.5F / reach_mm * std::clamp(d, -reach_mm, reach_mm);
  });
  return bone;
}

double exit_distance_mm(const BoneSolid& bone,
                        const Eigen::Vector3d& from_mm,
                        const Eigen::Vector3d& direction,
                        double limit_mm) {
  constexpr double step_mm = 0.5;
  const Eigen::Vector3d start = bone.grid.voxel_from_patient(from_mm);
  const Eigen::Vector3d per_mm = bone.grid.voxel_from_patient(from_mm + direction) - start;
  double previous = 1.0;
  for (double r = 0.0; r <= limit_mm; r += step_mm) {
    Eigen::Vector3d voxel = start + r * per_mm;
    voxel.z() = std::clamp(voxel.z(), 0.0, bone.grid.size[2] - 1.0);
    const double here = interpolate_voxel(bone.grid, bone.inside, voxel).value_or(0.0F);
    if (here < 0.5) return r == 0.0 ? 0.0 : r - step_mm * (0.5 - here) / (previous - here);
    previous = here;
  }
  return limit_mm;
}

double AxisLine::distance_mm(const Eigen::Vector3d& p_mm) const {
  return Eigen::Vector3d(p_mm - point_mm).cross(direction).norm();
}

AxisLine fit_axis(std::span<const Eigen::Vector3d> points_mm, const Eigen::Vector3d& along) {
  expects(points_mm.size() >= 2, "a line needs two points");
  std::vector<double> weight(points_mm.size(), 1.0);
  AxisLine line;
  for (int pass = 0; pass < 4; ++pass) {
    Eigen::Vector3d mean = Eigen::Vector3d::Zero();
    double total = 0.0;
    for (std::size_t i = 0; i < points_mm.size(); ++i) {
      mean += weight[i] * points_mm[i];
      total += weight[i];
    }
    mean /= total;
    Eigen::Matrix3d scatter = Eigen::Matrix3d::Zero();
    for (std::size_t i = 0; i < points_mm.size(); ++i) {
      const Eigen::Vector3d offset = points_mm[i] - mean;
      scatter += weight[i] * offset * offset.transpose();
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> solver(scatter);
    line.point_mm = mean;
    line.direction = solver.eigenvectors().col(2);
    if (line.direction.dot(along) < 0.0) line.direction = -line.direction;
    for (std::size_t i = 0; i < points_mm.size(); ++i) {
      constexpr double cutoff_mm = 3.0;
      const double u = std::min(1.0, line.distance_mm(points_mm[i]) / cutoff_mm);
      weight[i] = std::max(1e-3, (1.0 - u * u) * (1.0 - u * u));
    }
  }
  return line;
}

std::vector<Eigen::Vector3d> section_centres_mm(const BoneSolid& bone, double low_z_mm, double high_z_mm) {
  const auto slices = static_cast<std::size_t>(bone.grid.size[2]);
  const std::size_t plane = bone.mask.size() / std::max<std::size_t>(1, slices);
  std::vector<Eigen::Vector3d> sum(slices, Eigen::Vector3d::Zero());
  std::vector<double> count(slices, 0.0);
  for_each_voxel(bone.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if (bone.mask[i] == 0) return;
    sum[i / plane] += point_mm;
    count[i / plane] += 1.0;
  });
  std::vector<Eigen::Vector3d> centres_mm;
  for (std::size_t k = 0; k < slices; ++k) {
    if (count[k] == 0.0) continue;
    const Eigen::Vector3d centre_mm = sum[k] / count[k];
    if (centre_mm.z() >= low_z_mm && centre_mm.z() <= high_z_mm) centres_mm.push_back(centre_mm);
  }
  return centres_mm;
}

}  // namespace focalhip
