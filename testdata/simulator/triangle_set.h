#pragma once

#include <array>
#include <filesystem>
#include <vector>

#include "testdata/simulator/vector3.h"

namespace focalhip::simulator {

// A triangulated surface in a frame of its own, mm. Every vertex is finite, every index in range.
struct TriangleSet {
  std::vector<Vec3> vertices_mm;
  std::vector<std::array<int, 3>> triangles;
};

// Reads a PLY (ascii, binary of either byte order; polygons become fans) or STL (binary or ascii; equal
// corners are joined) by what the file says it is, not by its name. Throws std::runtime_error with a
// sentence that names file, line or byte, and reason. At most 512 MiB, 4 million vertices and triangles.
[[nodiscard]] TriangleSet read_triangles(const std::filesystem::path& file);

}  // namespace focalhip::simulator
