#include "analysis/surface/vertex_neighbours.h"

#include <algorithm>

namespace focalhip {

VertexNeighbours vertex_neighbours(const TriangleMesh& mesh) {
  VertexNeighbours result(mesh.vertices_mm.size());
  for (const auto& triangle : mesh.triangles) {
    for (std::size_t k = 0; k < 3; ++k) {
      auto& own = result[static_cast<std::size_t>(triangle[k])];
      own.push_back(triangle[(k + 1) % 3]);
      own.push_back(triangle[(k + 2) % 3]);
    }
  }
  for (auto& own : result) {
    std::ranges::sort(own);
    own.erase(std::ranges::unique(own).begin(), own.end());
  }
  return result;
}

}  // namespace focalhip
