#include "analysis/femur/vote_round_bones.h"

#include <algorithm>
#include <cmath>

#include "analysis/volume/smooth_gaussian.h"

namespace focalhip {

namespace {

constexpr double vote_cell_mm = 4.0;
constexpr double vote_blur_mm = 4.0;

// The box of voxel centres of the region, covered with cells along the same axes.
VoxelGrid vote_grid(const VoxelGrid& region) {
  VoxelGrid grid = region;
  grid.spacing_mm = Eigen::Vector3d::Constant(vote_cell_mm);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double length_mm = (region.size[axis] - 1) * region.spacing_mm[static_cast<Eigen::Index>(axis)];
    grid.size[axis] = static_cast<int>(length_mm / vote_cell_mm) + 1;
  }
  return grid;
}

// Central differences in index directions, HU/mm.
Eigen::Vector3f gradient(const HuRegion& region, int column, int row, int slice) {
  const std::size_t at = region.grid.index(column, row, slice);
  const auto width = static_cast<std::size_t>(region.grid.size[0]);
  const std::size_t plane = width * static_cast<std::size_t>(region.grid.size[1]);
  const Eigen::Vector3f difference{region.hu[at + 1] - region.hu[at - 1],
                                   region.hu[at + width] - region.hu[at - width],
                                   region.hu[at + plane] - region.hu[at - plane]};
  return difference.cwiseQuotient(2.0F * region.grid.spacing_mm.cast<float>());
}

// Votes of the edge at a voxel. Works in mm along the grid's axes from its first voxel.
void cast_votes(const Eigen::Vector3f& at_mm,
                const Eigen::Vector3f& inward,
                const RoundBoneOptions& options,
                const VoxelGrid& cells,
                std::vector<float>& votes) {
  for (double r = options.smallest_radius_mm; r <= options.largest_radius_mm; r += 1.0) {
    const Eigen::Vector3f cell = (at_mm + static_cast<float>(r) * inward) / static_cast<float>(vote_cell_mm);
    const int column = static_cast<int>(std::lround(cell.x()));
    const int row = static_cast<int>(std::lround(cell.y()));
    const int slice = static_cast<int>(std::lround(cell.z()));
    if (cells.contains(column, row, slice)) votes[cells.index(column, row, slice)] += 1.0F;
  }
}

bool bright_side_is_bone(const HuRegion& region,
                         const Eigen::Vector3f& voxel,
                         const Eigen::Vector3f& inward,
                         double bone_hu) {
  const Eigen::Vector3f inside = voxel + (2.0F * inward).cwiseQuotient(region.grid.spacing_mm.cast<float>());
  const int column = static_cast<int>(std::lround(inside.x()));
  const int row = static_cast<int>(std::lround(inside.y()));
  const int slice = static_cast<int>(std::lround(inside.z()));
  return region.grid.contains(column, row, slice) &&
         region.hu[region.grid.index(column, row, slice)] >= bone_hu;
}

std::vector<float> collect_votes(const HuRegion& region,
                                 const RoundBoneOptions& options,
                                 const VoxelGrid& cells) {
  std::vector<float> votes(cells.voxel_count(), 0.0F);
  const Eigen::Vector3f spacing_mm = region.grid.spacing_mm.cast<float>();
  for (int slice = 1; slice + 1 < region.grid.size[2]; ++slice) {
    for (int row = 1; row + 1 < region.grid.size[1]; ++row) {
      for (int column = 1; column + 1 < region.grid.size[0]; ++column) {
        const Eigen::Vector3f slope = gradient(region, column, row, slice);
        const float strength = slope.norm();
        if (strength < options.smallest_edge_hu_per_mm) continue;
        const Eigen::Vector3f inward = slope / strength;
        const Eigen::Vector3f voxel{
            static_cast<float>(column), static_cast<float>(row), static_cast<float>(slice)};
        if (!bright_side_is_bone(region, voxel, inward, options.bone_hu)) continue;
        cast_votes(voxel.cwiseProduct(spacing_mm), inward, options, cells, votes);
      }
    }
  }
  return votes;
}

bool is_local_maximum(
    const VoxelGrid& cells, const std::vector<float>& votes, int column, int row, int slice) {
  const float here = votes[cells.index(column, row, slice)];
  for (int k = slice - 1; k <= slice + 1; ++k) {
    for (int j = row - 1; j <= row + 1; ++j) {
      for (int i = column - 1; i <= column + 1; ++i) {
        if (cells.contains(i, j, k) && votes[cells.index(i, j, k)] > here) return false;
      }
    }
  }
  return here > 0.0F;
}

std::vector<RoundBone> local_maxima(const VoxelGrid& cells, const std::vector<float>& votes) {
  std::vector<RoundBone> found;
  for (int slice = 0; slice < cells.size[2]; ++slice) {
    for (int row = 0; row < cells.size[1]; ++row) {
      for (int column = 0; column < cells.size[0]; ++column) {
        if (!is_local_maximum(cells, votes, column, row, slice)) continue;
        const Eigen::Vector3d voxel{
            static_cast<double>(column), static_cast<double>(row), static_cast<double>(slice)};
        found.push_back({cells.patient_from_voxel(voxel), votes[cells.index(column, row, slice)]});
      }
    }
  }
  std::ranges::stable_sort(found, [](const RoundBone& a, const RoundBone& b) { return a.votes > b.votes; });
  return found;
}

}  // namespace

std::vector<RoundBone> vote_round_bones(const HuRegion& coarse, const RoundBoneOptions& options) {
  if (*std::ranges::min_element(coarse.grid.size) < 3) return {};
  const VoxelGrid cells = vote_grid(coarse.grid);
  std::vector<float> votes = collect_votes(coarse, options, cells);
  smooth_gaussian(cells, votes, vote_blur_mm);
  std::vector<RoundBone> chosen;
  for (const RoundBone& bone : local_maxima(cells, votes)) {
    const bool taken = std::ranges::any_of(chosen, [&](const RoundBone& other) {
      return (other.centre_patient_mm - bone.centre_patient_mm).norm() < options.apart_mm;
    });
    if (!taken) chosen.push_back(bone);
    if (chosen.size() == options.most) break;
  }
  return chosen;
}

}  // namespace focalhip
