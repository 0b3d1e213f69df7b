#pragma once

#include <utility>
#include <vector>

#include "testdata/simulator/triangle_set.h"

// Sections, holes and extents of triangulated surfaces.
namespace focalhip::simulator {

// A closed line of edges that belong to one triangle only.
struct Hole {
  std::vector<int> loop;  // vertices in order; empty = the surface is closed
  Vec3 centre;
  Vec3 normal;  // unit, of the plane that fits it; sign open
};
// The hole with the longest rim.
[[nodiscard]] Hole largest_hole(const TriangleSet& set);

// The segments in which a plane cuts the surface.
[[nodiscard]] std::vector<std::pair<Vec3, Vec3>> section(const TriangleSet& set, Vec3 point, Vec3 normal);

// The part of the surface on the normal's side of a plane, cut exactly; vertices on the cut are shared.
[[nodiscard]] TriangleSet kept_above(const TriangleSet& set, Vec3 point, Vec3 normal);

// Principal axis of the vertices and their extent along it.
struct LongAxis {
  Vec3 centre;
  Vec3 direction;
  double low_mm = 0.0;
  double high_mm = 0.0;
};
[[nodiscard]] LongAxis long_axis(const TriangleSet& set);

}  // namespace focalhip::simulator
