#pragma once

#include "analysis/surface/level_set.h"
#include "analysis/surface/triangle_mesh.h"

namespace focalhip {

// The zero of a level set by marching tetrahedra (six per cell): watertight and manifold wherever it does not
// leave the grid, where it stays open. Triangles face outward (growing distance). Vertices lie exactly on the
// trilinear zero along the cells' edges; many and badly shaped triangles: see remesh. [DoiKoide1991]
[[nodiscard]] TriangleMesh extract_isosurface(const LevelSet& surface);

// Only the connected part with the most triangles; unused vertices are dropped.
[[nodiscard]] TriangleMesh largest_part(const TriangleMesh& mesh);

// What of a mesh lies on the side of a plane to which its normal points; triangles are cut, so the new rim
// lies on the plane.
struct CutPlane {
  Eigen::Vector3d point_mm{0, 0, 0};
  Eigen::Vector3d normal{0, 0, 1};  // unit
  [[nodiscard]] double height_mm(const Eigen::Vector3d& p) const { return (p - point_mm).dot(normal); }
};
[[nodiscard]] TriangleMesh above_plane(const TriangleMesh& mesh, const CutPlane& plane);

}  // namespace focalhip
