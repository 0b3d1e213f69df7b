#pragma once

#include <vector>

#include "testdata/simulator/field_grid.h"
#include "testdata/simulator/triangle_set.h"

namespace focalhip::simulator {

// Exact distances to a triangulated surface: a tree of boxes over its triangles.
class MeshDistance {
 public:
  explicit MeshDistance(const TriangleSet& set);
  // Distance to the nearest triangle, or `within_mm` if none is nearer.
  [[nodiscard]] double unsigned_mm(Vec3 p, double within_mm) const;

 private:
  struct Triangle {
    Vec3 a;
    Vec3 b;
    Vec3 c;
  };
  struct Node {
    Vec3 low;
    Vec3 high;
    int first = 0;  // leaf: first triangle; else the left child
    int count = 0;  // 0 = inner node: children are first and first + 1
  };
  void split(std::size_t node, int begin, int end);
  std::vector<Triangle> triangles_;
  std::vector<Node> nodes_;
};

// Signed distance (negative inside) at the nodes of a grid whose rows along x are crossed by a surface that
// is closed within the grid's levels: a node is inside if the surface is crossed an odd number of times on
// the way to it. Exact everywhere; needs no orientation of the triangles.
[[nodiscard]] FieldGrid<1> signed_distance_grid(
    const TriangleSet& set, Vec3 low_mm, Vec3 high_mm, double step_mm, int threads);

}  // namespace focalhip::simulator
