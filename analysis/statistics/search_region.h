#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "analysis/statistics/random_field.h"

namespace focalhip {

// What a map is searched on: points (vertices or voxels) joined to edges, triangles and tetrahedra. Distances
// do not enter: roughness comes from the data. [spm 2]
struct SearchRegion {
  int points = 0;
  std::vector<std::array<int, 2>> edges;           // a < b, sorted
  std::vector<std::array<int, 3>> triangles;       // points
  std::vector<std::array<int, 3>> triangle_edges;  // edges 01, 02, 12
  std::vector<std::array<int, 4>> tetrahedra;
  std::vector<std::array<int, 6>> tetrahedron_edges;  // edges 01, 02, 03, 12, 13, 23
  int dimensions = 0;                                 // of the largest simplices
};

// Why a list of triangles is no surface; `triangle` counts from 0.
struct SurfaceFault {
  std::size_t triangle = 0;
  std::string reason;
};

// A triangle that names a point twice or one outside [0, points), that repeats another, or that is the third
// at an edge, is a fault. Points without triangle are allowed.
[[nodiscard]] std::variant<SearchRegion, SurfaceFault> region_of_triangles(
    int points, const std::vector<std::array<int, 3>>& triangles);

// The points are the voxels with `inside` != 0 in ascending order of x + nx (y + ny z). Every cube of eight
// voxels is cut into five tetrahedra whose face diagonals join voxels with odd x + y + z (counted from 1);
// every simplex with all its voxels inside belongs to the region. [spm 2]
[[nodiscard]] SearchRegion region_of_lattice(const std::array<int, 3>& dims,
                                             std::span<const std::uint8_t> inside);

struct RegionRoughness {
  Resels resels{};
  std::vector<double> resels_of_point;  // shares of the highest dimension; 0 outside the mask
};

// `edge_roughness`: sum over subjects of squared differences of normalised residuals, per edge of the region;
// `mask`: points that count; a simplex counts if all its points do. [Worsley1999] [spm 2]
[[nodiscard]] RegionRoughness measure_roughness(const SearchRegion& region,
                                                std::span<const double> edge_roughness,
                                                std::span<const std::uint8_t> mask);

}  // namespace focalhip
