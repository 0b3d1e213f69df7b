#include "analysis/side/hip_bone.h"

#include <algorithm>
#include <cmath>

#include "analysis/volume/components.h"
#include "analysis/volume/face_neighbours.h"

namespace focalhip {

namespace {

constexpr double block_mm = 2.0;
constexpr double bone_hu = 200.0;

// Where a shaft can lie, from the head's centre of a right femur; wide enough for a displaced one.
constexpr double least_lateral_mm = -5.0;
constexpr double largest_lateral_mm = 90.0;
constexpr double largest_depth_mm = 60.0;
constexpr double shaft_height_mm = 40.0;      // the lowest part of the scan that is looked at
constexpr double least_below_head_mm = 60.0;  // higher there is trochanter, not shaft
constexpr double least_section_mm2 = 250.0;   // of a shaft, filled
constexpr double largest_section_mm2 = 2000.0;

// Means over blocks of whole voxels of the region.
void average_blocks(const HipRegion& region, HipBone& hip) {
  std::array<int, 3> block{};
  hip.grid = region.grid;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto i = static_cast<Eigen::Index>(axis);
    block[axis] = std::max(1, static_cast<int>(std::lround(block_mm / region.grid.spacing_mm[i])));
    hip.grid.size[axis] = region.grid.size[axis] / block[axis];
    hip.grid.spacing_mm[i] *= block[axis];
  }
  hip.grid.origin_patient_mm =
      region.grid.patient_from_voxel({0.5 * (block[0] - 1), 0.5 * (block[1] - 1), 0.5 * (block[2] - 1)});
  hip.hu.assign(hip.grid.voxel_count(), 0.0F);
  const float share = 1.0F / static_cast<float>(block[0] * block[1] * block[2]);
  for (int slice = 0; slice < hip.grid.size[2] * block[2]; ++slice) {
    for (int row = 0; row < hip.grid.size[1] * block[1]; ++row) {
      const float* from = region.hu.data() + region.grid.index(0, row, slice);
      float* to = hip.hu.data() + hip.grid.index(0, row / block[1], slice / block[2]);
      for (int column = 0; column < hip.grid.size[0] * block[0]; ++column)
        to[column / block[0]] += share * from[column];
    }
  }
}

std::vector<std::uint8_t> filled_bone(const VoxelGrid& grid, const std::vector<float>& hu) {
  std::vector<std::uint8_t> bone(hu.size());
  std::ranges::transform(
      hu, bone.begin(), [](float value) { return value > bone_hu ? std::uint8_t{1} : std::uint8_t{0}; });
  for (std::size_t axis = 0; axis < 3; ++axis) fill_plane_holes(grid, axis, bone);
  return bone;
}

// Centre of the largest piece of one slice that can be a shaft.
std::optional<Eigen::Vector3d> shaft_section(const HipBone& hip, int slice) {
  VoxelGrid plane = hip.grid;
  plane.size[2] = 1;
  plane.origin_patient_mm = hip.grid.patient_from_voxel({0.0, 0.0, static_cast<double>(slice)});
  const auto first = hip.solid.begin() + static_cast<std::ptrdiff_t>(hip.grid.index(0, 0, slice));
  const std::vector<std::uint8_t> set(first, first + static_cast<std::ptrdiff_t>(plane.voxel_count()));
  const Components parts = label_components(plane, set);
  std::vector<Eigen::Vector3d> sum(parts.voxel_count.size(), Eigen::Vector3d::Zero());
  for_each_voxel(plane, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if (parts.label[i] != 0) sum[static_cast<std::size_t>(parts.label[i])] += point_mm;
  });
  const double pixel_mm2 = plane.spacing_mm.x() * plane.spacing_mm.y();
  std::optional<Eigen::Vector3d> best;
  double best_mm2 = least_section_mm2;
  for (std::size_t label = 1; label < sum.size(); ++label) {
    const auto count = static_cast<double>(parts.voxel_count[label]);
    const Eigen::Vector3d centre_mm = sum[label] / count;
    const Eigen::Vector3d from_head = centre_mm - hip.head.centre_mm;
    const double lateral_mm = from_head.dot(right_femur::lateral);
    if (lateral_mm < least_lateral_mm || lateral_mm > largest_lateral_mm) continue;
    if (std::abs(from_head.y()) > largest_depth_mm) continue;
    const double area_mm2 = count * pixel_mm2;
    if (area_mm2 < best_mm2 || area_mm2 > largest_section_mm2) continue;
    best_mm2 = area_mm2;
    best = centre_mm;
  }
  return best;
}

std::optional<AxisLine> find_shaft(const HipBone& hip) {
  const double bottom_mm = hip.grid.origin_patient_mm.z();
  const double top_mm = std::min(bottom_mm + shaft_height_mm, hip.head.centre_mm.z() - least_below_head_mm);
  std::vector<Eigen::Vector3d> centres_mm;
  for (int slice = 0; slice < hip.grid.size[2]; ++slice) {
    if (bottom_mm + slice * hip.grid.spacing_mm.z() > top_mm) break;
    if (const std::optional<Eigen::Vector3d> centre_mm = shaft_section(hip, slice))
      centres_mm.push_back(*centre_mm);
  }
  constexpr std::size_t least_sections = 4;
  if (centres_mm.size() < least_sections) return std::nullopt;
  return fit_axis(centres_mm, right_femur::cranial);
}

}  // namespace

HipBone make_hip_bone(const CtVolume& ct, Side side, const HeadSphere& head_patient) {
  const HipRegion region = cut_hip_region(ct, side, head_patient);
  HipBone hip{.side = side, .grid = {}, .hu = {}, .solid = {}, .head = region.head, .shaft = {}};
  average_blocks(region, hip);
  hip.solid = filled_bone(hip.grid, hip.hu);
  hip.shaft = find_shaft(hip);
  return hip;
}

}  // namespace focalhip
