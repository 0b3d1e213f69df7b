#pragma once

#include <array>
#include <vector>

#include <Eigen/Core>

namespace focalhip {

// A triangulated surface, patient frame (LPS, mm). Triangles are counter-clockwise seen from outside, so
// their normals point outward. An open end is a chain of edges with one triangle each.
struct TriangleMesh {
  std::vector<Eigen::Vector3d> vertices_mm;
  std::vector<std::array<int, 3>> triangles;  // indices into vertices_mm
};

}  // namespace focalhip
