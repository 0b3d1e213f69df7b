#include "analysis/cortex/exclude_vertices.h"

#include <algorithm>
#include <cmath>

#include "analysis/volume/face_neighbours.h"

namespace focalhip {

namespace {

constexpr double metal_reach_mm = 5.0;
constexpr double head_reach_mm = 3.0;         // of a surface point, outside the head's sphere or inside
constexpr double direction_reach_cos = 0.99;  // 8 degrees: the map's directions are 7 apart

std::vector<Eigen::Vector3d> metal_points(const HuRegion& region, double metal_hu) {
  std::vector<Eigen::Vector3d> points;
  for_each_voxel(region.grid, [&](std::size_t at, const Eigen::Vector3d& point_patient_mm) {
    if (static_cast<double>(region.hu[at]) > metal_hu) points.push_back(point_patient_mm);
  });
  return points;
}

bool near_metal(const std::vector<Eigen::Vector3d>& metal, const Eigen::Vector3d& p) {
  return std::ranges::any_of(metal,
                             [&](const Eigen::Vector3d& m) { return (m - p).norm() < metal_reach_mm; });
}

bool outline_is_prior(const FemurMask& femur, const Eigen::Vector3d& p) {
  if (femur.prior_only.empty()) return false;
  const VoxelGrid& grid = femur.mask.grid;
  const Eigen::Vector3d voxel = grid.voxel_from_patient(p);
  const int i = static_cast<int>(std::lround(voxel.x()));
  const int j = static_cast<int>(std::lround(voxel.y()));
  const int k = static_cast<int>(std::lround(voxel.z()));
  return grid.contains(i, j, k) && femur.prior_only[grid.index(i, j, k)] != 0;
}

}  // namespace

std::optional<double> joint_gap_at(const Eigen::Vector3d& p,
                                   const FemurFrame& frame,
                                   const JointSpaceMap& joint) {
  const Eigen::Vector3d from_head = p - frame.head_centre_patient_mm;
  const double r = from_head.norm();
  if (std::abs(r - frame.head_radius_mm) > head_reach_mm || !(r > 0.0)) return std::nullopt;
  std::optional<std::size_t> nearest;
  double best = direction_reach_cos;
  for (std::size_t d = 0; d < joint.direction_patient.size(); ++d) {
    const double cosine = joint.direction_patient[d].dot(from_head) / r;
    if (cosine < best) continue;
    best = cosine;
    nearest = d;
  }
  if (!nearest || std::isnan(joint.gap_mm[*nearest])) return std::nullopt;
  return static_cast<double>(joint.gap_mm[*nearest]);
}

std::vector<Unmeasured> excluded_vertices(const FemurSurface& surface,
                                          const HuRegion& region,
                                          const FemurMeasurement& femur,
                                          const JointSpaceMap& joint,
                                          const CortexOptions& options) {
  const std::vector<Eigen::Vector3d> metal = metal_points(region, options.metal_hu);
  std::vector<Unmeasured> excluded;
  for (std::size_t v = 0; v < surface.mesh.vertices_mm.size(); ++v) {
    const Eigen::Vector3d& p = surface.mesh.vertices_mm[v];
    const std::optional<double> gap_mm = joint_gap_at(p, femur.frame, joint);
    if (surface.to_rim_mm[v] < options.rim_mm) {
      excluded.push_back(Unmeasured::rim);
    } else if (near_metal(metal, p)) {
      excluded.push_back(Unmeasured::metal);
    } else if (outline_is_prior(femur.mask, p)) {
      excluded.push_back(Unmeasured::hidden_joint);
    } else if (gap_mm && *gap_mm < options.least_joint_gap_mm) {
      excluded.push_back(Unmeasured::closed_joint);
    } else {
      excluded.push_back(Unmeasured::measured);
    }
  }
  return excluded;
}

}  // namespace focalhip
