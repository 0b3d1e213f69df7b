#pragma once

#include <cstdint>
#include <filesystem>

#include "analysis/registration/points.h"
#include "analysis/surface/triangle_mesh.h"

namespace focalhip::test {

// A binary little-endian PLY of float vertices and triangles, packed by xz; what a mesh of the known real
// femora is. Throws std::runtime_error.
[[nodiscard]] TriangleMesh read_packed_ply(const std::filesystem::path& file);

// The vertices of the open border, which a cut through the shaft leaves.
[[nodiscard]] std::vector<int> border_vertices(const TriangleMesh& mesh);

// About `count` points inside the mesh (its border closed by a fan): one in each cell of a cubic lattice, at
// a place that `seed` decides. The same call gives the same points.
[[nodiscard]] Points points_inside(const TriangleMesh& mesh, int count, std::uint64_t seed);

}  // namespace focalhip::test
