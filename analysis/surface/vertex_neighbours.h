#pragma once

#include <vector>

#include "analysis/surface/triangle_mesh.h"

namespace focalhip {

// Per vertex the vertices it shares an edge with, sorted, each once.
using VertexNeighbours = std::vector<std::vector<int>>;
[[nodiscard]] VertexNeighbours vertex_neighbours(const TriangleMesh& mesh);

}  // namespace focalhip
