#pragma once

#include <span>
#include <vector>

#include "analysis/femur/head_sphere.h"
#include "analysis/femur/hip_region.h"

namespace focalhip {

// A segmented femur as a solid that can be asked at any point: landmarks are measured on it. Frame: the
// mirrored frame of the hip region (a right femur).
struct BoneSolid {
  VoxelGrid grid;
  std::vector<float> inside;       // 0.5 = surface, more inside, less outside; steady across the surface
  std::vector<std::uint8_t> mask;  // 1 = inside
};
// From the mask alone, smoothed by half a voxel; or with the surface finer than a voxel by its distance (mm,
// negative inside).
[[nodiscard]] BoneSolid make_bone_solid(const VoxelGrid& grid, std::vector<std::uint8_t> mask);
[[nodiscard]] BoneSolid make_bone_solid(const VoxelGrid& grid,
                                        std::vector<std::uint8_t> mask,
                                        const std::vector<float>& distance_mm);

// Distance (mm) from a point inside along a unit direction to the surface; limit_mm when it is not reached.
// Bone in the first and last slice is taken to go on beyond the scan.
[[nodiscard]] double exit_distance_mm(const BoneSolid& bone,
                                      const Eigen::Vector3d& from_mm,
                                      const Eigen::Vector3d& direction,
                                      double limit_mm);

struct AxisLine {
  Eigen::Vector3d point_mm{0, 0, 0};
  Eigen::Vector3d direction{0, 0, 1};  // unit
  [[nodiscard]] double distance_mm(const Eigen::Vector3d& p_mm) const;
};

// Robust straight line through points that follow each other along `along`; Tukey weights on the distances.
// Needs two points; the direction has a positive component along `along`.
[[nodiscard]] AxisLine fit_axis(std::span<const Eigen::Vector3d> points_mm, const Eigen::Vector3d& along);

// Centres of the bone's sections across z whose height lies in low..high, one per slice.
[[nodiscard]] std::vector<Eigen::Vector3d> section_centres_mm(const BoneSolid& bone,
                                                              double low_z_mm,
                                                              double high_z_mm);

}  // namespace focalhip
