#include "analysis/statistics/search_region.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

std::string fault_of(const std::vector<std::array<int, 3>>& triangles) {
  const auto made = region_of_triangles(4, triangles);
  const auto* fault = std::get_if<SurfaceFault>(&made);
  return fault ? std::to_string(fault->triangle) + ": " + fault->reason : "none";
}

TEST(RegionOfTriangles, NamesTheFirstFault) {
  EXPECT_EQ(fault_of({{0, 1, 2}, {0, 2, 3}}), "none");
  EXPECT_EQ(fault_of({{0, 1, 4}}), "0: vertex 4 does not exist; there are 4");
  EXPECT_EQ(fault_of({{0, 1, -1}}), "0: vertex -1 does not exist; there are 4");
  EXPECT_EQ(fault_of({{0, 1, 2}, {3, 1, 3}}), "1: a triangle names a vertex twice");
  EXPECT_EQ(fault_of({{0, 1, 2}, {2, 0, 1}}), "1: the triangle stands in the list twice");
}

// A cube of eight voxels: 12 lattice edges and 6 diagonals, 12 triangles outside and 4 inside, 5 tetrahedra.
TEST(RegionOfLattice, CutsACubeIntoFiveTetrahedra) {
  const SearchRegion region = region_of_lattice({2, 2, 2}, std::vector<std::uint8_t>(8, 1));
  EXPECT_EQ(region.points, 8);
  EXPECT_EQ(region.edges.size(), 18U);
  EXPECT_EQ(region.triangles.size(), 16U);
  EXPECT_EQ(region.tetrahedra.size(), 5U);
  EXPECT_EQ(region.dimensions, 3);
}

TEST(RegionOfLattice, CountsOnlySimplicesWhoseVoxelsAreAllInside) {
  // An L of three voxels in a plane; voxel (0, 0) is odd when counted from 1, so the diagonal of the square
  // would join (0, 0) and (1, 1), of which the latter is outside.
  const std::vector<std::uint8_t> inside = {1, 1, 1, 0};
  const SearchRegion region = region_of_lattice({2, 2, 1}, inside);
  EXPECT_EQ(region.points, 3);
  EXPECT_EQ(region.edges.size(), 2U);
  EXPECT_TRUE(region.triangles.empty());
  EXPECT_EQ(region.dimensions, 1);
}

}  // namespace
}  // namespace focalhip
