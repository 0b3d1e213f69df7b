#include "analysis/surface/extract_isosurface.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <unordered_map>

#include <Eigen/Geometry>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {

// A cell's six tetrahedra round its diagonal 0-7; corner bits: x = 1, y = 2, z = 4. Neighbouring cells share
// the diagonals of their faces. (Freudenthal's subdivision.)
constexpr std::array<std::array<int, 4>, 6> tetrahedra{
    {{0, 1, 3, 7}, {0, 3, 2, 7}, {0, 2, 6, 7}, {0, 6, 4, 7}, {0, 4, 5, 7}, {0, 5, 1, 7}}};

struct Corner {
  std::uint64_t index = 0;
  Eigen::Vector3d position_mm;
  double distance = 0.0;
};

class Builder {
 public:
  void add_tetrahedron(const std::array<const Corner*, 4>& corners) {
    std::array<const Corner*, 4> inside{};
    std::array<const Corner*, 4> outside{};
    std::size_t in = 0;
    std::size_t out = 0;
    for (const Corner* corner : corners) {
      if (corner->distance < 0.0) {
        inside[in++] = corner;
      } else {
        outside[out++] = corner;
      }
    }
    if (in == 0 || out == 0) return;
    const Eigen::Vector3d outward = outside[0]->position_mm - inside[0]->position_mm;
    if (in == 1) {
      add(vertex(*inside[0], *outside[0]),
          vertex(*inside[0], *outside[1]),
          vertex(*inside[0], *outside[2]),
          outward);
    } else if (in == 3) {
      add(vertex(*inside[0], *outside[0]),
          vertex(*inside[1], *outside[0]),
          vertex(*inside[2], *outside[0]),
          outward);
    } else {
      const int a = vertex(*inside[0], *outside[0]);
      const int b = vertex(*inside[0], *outside[1]);
      const int c = vertex(*inside[1], *outside[1]);
      const int d = vertex(*inside[1], *outside[0]);
      add(a, b, c, outward);
      add(a, c, d, outward);
    }
  }

  TriangleMesh mesh;

 private:
  int vertex(const Corner& a, const Corner& b) {
    const std::uint64_t low = std::min(a.index, b.index);
    const std::uint64_t high = std::max(a.index, b.index);
    const auto [place, is_new] =
        vertex_of_.try_emplace(low << 32U | high, static_cast<int>(mesh.vertices_mm.size()));
    if (is_new) {
      const double t = a.distance / (a.distance - b.distance);
      mesh.vertices_mm.emplace_back(a.position_mm + t * (b.position_mm - a.position_mm));
    }
    return place->second;
  }

  void add(int a, int b, int c, const Eigen::Vector3d& outward) {
    if (a == b || b == c || c == a) return;
    const auto at = [&](int v) { return mesh.vertices_mm[static_cast<std::size_t>(v)]; };
    const bool faces_out = (at(b) - at(a)).cross(at(c) - at(a)).dot(outward) >= 0.0;
    mesh.triangles.push_back(faces_out ? std::array{a, b, c} : std::array{a, c, b});
  }

  std::unordered_map<std::uint64_t, int> vertex_of_;
};

TriangleMesh with_used_vertices(const std::vector<Eigen::Vector3d>& vertices,
                                const std::vector<std::array<int, 3>>& triangles) {
  std::vector<int> place(vertices.size(), -1);
  TriangleMesh mesh;
  for (const auto& triangle : triangles) {
    std::array<int, 3> own{};
    for (std::size_t k = 0; k < 3; ++k) {
      int& at = place[static_cast<std::size_t>(triangle[k])];
      if (at < 0) {
        at = static_cast<int>(mesh.vertices_mm.size());
        mesh.vertices_mm.push_back(vertices[static_cast<std::size_t>(triangle[k])]);
      }
      own[k] = at;
    }
    mesh.triangles.push_back(own);
  }
  return mesh;
}

}  // namespace

TriangleMesh extract_isosurface(const LevelSet& surface) {
  const VoxelGrid& grid = surface.grid;
  expects(surface.distance_mm.size() == grid.voxel_count(), "one distance per voxel");
  expects(grid.voxel_count() < (std::uint64_t{1} << 32U), "a grid of less than 2^32 voxels");
  Builder builder;
  std::array<Corner, 8> corners;
  for (int k = 0; k + 1 < grid.size[2]; ++k) {
    for (int j = 0; j + 1 < grid.size[1]; ++j) {
      for (int i = 0; i + 1 < grid.size[0]; ++i) {
        unsigned inside = 0;
        for (int c = 0; c < 8; ++c) {
          const std::size_t at = grid.index(i + (c & 1), j + ((c >> 1) & 1), k + ((c >> 2) & 1));
          Corner& corner = corners[static_cast<std::size_t>(c)];
          corner.index = at;
          corner.distance = static_cast<double>(surface.distance_mm[at]);
          inside += corner.distance < 0.0 ? 1U : 0U;
        }
        if (inside == 0 || inside == 8) continue;
        for (int c = 0; c < 8; ++c) {
          corners[static_cast<std::size_t>(c)].position_mm =
              grid.patient_from_voxel(Eigen::Vector3d(i + (c & 1), j + ((c >> 1) & 1), k + ((c >> 2) & 1)));
        }
        for (const auto& tetrahedron : tetrahedra) {
          std::array<const Corner*, 4> four{};
          for (std::size_t v = 0; v < 4; ++v) four[v] = &corners[static_cast<std::size_t>(tetrahedron[v])];
          builder.add_tetrahedron(four);
        }
      }
    }
  }
  return std::move(builder.mesh);
}

TriangleMesh largest_part(const TriangleMesh& mesh) {
  std::vector<int> parent(mesh.vertices_mm.size());
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&](int v) {
    while (parent[static_cast<std::size_t>(v)] != v) {
      int& up = parent[static_cast<std::size_t>(v)];
      up = parent[static_cast<std::size_t>(up)];
      v = up;
    }
    return v;
  };
  for (const auto& t : mesh.triangles) {
    for (std::size_t k = 1; k < 3; ++k) {
      const int a = root(t[0]);
      const int b = root(t[k]);
      parent[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
    }
  }
  std::vector<int> triangles_of(mesh.vertices_mm.size(), 0);
  for (const auto& t : mesh.triangles) ++triangles_of[static_cast<std::size_t>(root(t[0]))];
  const auto most = std::ranges::max_element(triangles_of);
  if (most == triangles_of.end()) return {};
  const int chosen = static_cast<int>(most - triangles_of.begin());
  std::vector<std::array<int, 3>> kept;
  for (const auto& t : mesh.triangles) {
    if (root(t[0]) == chosen) kept.push_back(t);
  }
  return with_used_vertices(mesh.vertices_mm, kept);
}

TriangleMesh above_plane(const TriangleMesh& mesh, const CutPlane& plane) {
  std::vector<Eigen::Vector3d> vertices = mesh.vertices_mm;
  std::vector<double> height;
  for (const Eigen::Vector3d& v : vertices) height.push_back(plane.height_mm(v));
  std::unordered_map<std::uint64_t, int> cut_of;
  const auto cut = [&](int a, int b) {
    const auto low = static_cast<std::uint64_t>(std::min(a, b));
    const auto high = static_cast<std::uint64_t>(std::max(a, b));
    const auto [place, is_new] = cut_of.try_emplace(low << 32U | high, static_cast<int>(vertices.size()));
    if (is_new) {
      const double ha = height[static_cast<std::size_t>(a)];
      const double hb = height[static_cast<std::size_t>(b)];
      const Eigen::Vector3d pa = vertices[static_cast<std::size_t>(a)];
      const Eigen::Vector3d pb = vertices[static_cast<std::size_t>(b)];
      vertices.emplace_back(pa + ha / (ha - hb) * (pb - pa));
    }
    return place->second;
  };
  std::vector<std::array<int, 3>> kept;
  for (const auto& triangle : mesh.triangles) {
    std::array<bool, 3> above{};
    int count = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      above[k] = height[static_cast<std::size_t>(triangle[k])] > 0.0;
      count += above[k] ? 1 : 0;
    }
    if (count == 0) continue;
    if (count == 3) {
      kept.push_back(triangle);
      continue;
    }
    // Turned so that the odd one out comes first.
    std::size_t odd = 0;
    while (above[odd] != (count == 1)) ++odd;
    const int a = triangle[odd];
    const int b = triangle[(odd + 1) % 3];
    const int c = triangle[(odd + 2) % 3];
    if (count == 1) {
      kept.push_back({a, cut(a, b), cut(a, c)});
    } else {
      kept.push_back({cut(a, b), b, c});
      kept.push_back({cut(a, b), c, cut(a, c)});
    }
  }
  return with_used_vertices(vertices, kept);
}

}  // namespace focalhip
