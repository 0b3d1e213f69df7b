#include "analysis/volume/components.h"

#include <gtest/gtest.h>

#include <numeric>

namespace focalhip {
namespace {

VoxelGrid cube(int edge) {
  VoxelGrid grid;
  grid.size = {edge, edge, edge};
  return grid;
}

// A square tube along z, open at both ends of the scan: walls from 3 to 8, one voxel thick.
std::vector<std::uint8_t> tube(const VoxelGrid& grid) {
  std::vector<std::uint8_t> set(grid.voxel_count(), 0);
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 3; j <= 8; ++j) {
      for (int i = 3; i <= 8; ++i) {
        if (i == 3 || i == 8 || j == 3 || j == 8) set[grid.index(i, j, k)] = 1;
      }
    }
  }
  return set;
}

std::size_t count(const std::vector<std::uint8_t>& set) {
  return static_cast<std::size_t>(std::accumulate(set.begin(), set.end(), 0));
}

TEST(Components, DiagonalNeighboursAreNotConnected) {
  const VoxelGrid grid = cube(4);
  std::vector<std::uint8_t> set(grid.voxel_count(), 0);
  set[grid.index(0, 0, 0)] = 1;
  set[grid.index(1, 0, 0)] = 1;
  set[grid.index(2, 1, 0)] = 1;
  const Components parts = label_components(grid, set);
  ASSERT_EQ(parts.voxel_count.size(), 3U);
  EXPECT_EQ(parts.voxel_count[1], 2U);
  EXPECT_EQ(parts.voxel_count[2], 1U);
  keep_largest_component(grid, set);
  EXPECT_EQ(count(set), 2U);
}

TEST(Components, FillHolesFillsTheMarrowCanalThatIsOpenWhereTheScanEnds) {
  const VoxelGrid grid = cube(12);
  std::vector<std::uint8_t> set = tube(grid);
  fill_holes(grid, set);
  EXPECT_EQ(count(set), 36U * 12U);
}

TEST(Components, PlaneHolesAreFilledSliceBySliceOnly) {
  const VoxelGrid grid = cube(12);
  std::vector<std::uint8_t> set = tube(grid);
  set[grid.index(3, 5, 6)] = 0;  // a leak in slice 6
  fill_plane_holes(grid, 2, set);
  EXPECT_EQ(count(set), 36U * 11U + 19U);
}

TEST(Components, ClosingBridgesANarrowGapAndOpeningRemovesAThinBridge) {
  const VoxelGrid grid = cube(16);
  std::vector<std::uint8_t> set(grid.voxel_count(), 0);
  for (int k = 3; k < 13; ++k) {
    for (int j = 3; j < 13; ++j) {
      for (int i = 3; i < 13; ++i) set[grid.index(i, j, k)] = i == 8 ? 0 : 1;  // a slit one voxel wide
    }
  }
  close_ball(grid, 1.5, set);
  EXPECT_EQ(set[grid.index(8, 8, 8)], 1);
  EXPECT_EQ(set[grid.index(1, 8, 8)], 0);
  set[grid.index(13, 8, 8)] = 1;  // a spike
  set[grid.index(14, 8, 8)] = 1;
  open_ball(grid, 1.0, set);
  EXPECT_EQ(set[grid.index(14, 8, 8)], 0);
  EXPECT_EQ(set[grid.index(8, 8, 8)], 1);
}

TEST(Components, TakesEmptySets) {
  const VoxelGrid grid = cube(3);
  std::vector<std::uint8_t> set(grid.voxel_count(), 0);
  keep_largest_component(grid, set);
  close_ball(grid, 2.0, set);
  fill_holes(grid, set);
  EXPECT_EQ(count(set), 0U);
}

}  // namespace
}  // namespace focalhip
