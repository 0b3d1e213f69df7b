#pragma once

// How far two surfaces lie apart: triangles of a zero level, and exact distances from points to them.
// Independent of the meshers of analysis and simulator.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <unordered_map>
#include <vector>

#include <Eigen/Core>
#include <Eigen/Geometry>

#include "analysis/volume/voxel_grid.h"

namespace focalhip::test {

struct Triangles {
  std::vector<Eigen::Vector3d> vertices_mm;
  std::vector<std::array<int, 3>> corners;
};

// The zero level of a field on a grid (negative inside), every cell cut into six tetrahedra, linear on their
// edges. The side triangles face is not kept. Open at the border of the grid.
inline Triangles zero_level(const VoxelGrid& grid, const std::vector<float>& field) {
  constexpr std::array<std::array<int, 4>, 6> tetrahedra{
      {{0, 1, 3, 7}, {0, 3, 2, 7}, {0, 2, 6, 7}, {0, 6, 4, 7}, {0, 4, 5, 7}, {0, 5, 1, 7}}};
  Triangles surface;
  std::unordered_map<std::uint64_t, int> known;
  const auto node_mm = [&](std::size_t node) {
    const auto columns = static_cast<std::size_t>(grid.size[0]);
    const auto rows = static_cast<std::size_t>(grid.size[1]);
    return grid.patient_from_voxel({static_cast<double>(node % columns),
                                    static_cast<double>(node / columns % rows),
                                    static_cast<double>(node / (columns * rows))});
  };
  const auto vertex = [&](std::size_t a, std::size_t b) {
    const std::uint64_t key = (static_cast<std::uint64_t>(std::min(a, b)) << 32U) | std::max(a, b);
    const auto [found, fresh] = known.try_emplace(key, static_cast<int>(surface.vertices_mm.size()));
    if (fresh) {
      const double from = field[a];
      const double share = from / (from - static_cast<double>(field[b]));
      surface.vertices_mm.push_back(node_mm(a) + share * (node_mm(b) - node_mm(a)));
    }
    return found->second;
  };
  for (int k = 0; k + 1 < grid.size[2]; ++k) {
    for (int j = 0; j + 1 < grid.size[1]; ++j) {
      for (int i = 0; i + 1 < grid.size[0]; ++i) {
        std::array<std::size_t, 8> corner{};
        int inside = 0;
        for (int c = 0; c < 8; ++c) {
          corner[static_cast<std::size_t>(c)] = grid.index(i + (c & 1), j + ((c >> 1) & 1), k + (c >> 2));
          inside += field[corner[static_cast<std::size_t>(c)]] < 0.0F ? 1 : 0;
        }
        if (inside == 0 || inside == 8) continue;
        for (const std::array<int, 4>& tetrahedron : tetrahedra) {
          std::array<std::size_t, 4> order{};
          std::size_t in = 0;
          std::size_t out = 4;
          for (const int t : tetrahedron) {
            const std::size_t node = corner[static_cast<std::size_t>(t)];
            order[field[node] < 0.0F ? in++ : --out] = node;
          }
          const auto [a, b, c, d] = order;
          if (in == 1) surface.corners.push_back({vertex(a, b), vertex(a, c), vertex(a, d)});
          if (in == 3) surface.corners.push_back({vertex(a, d), vertex(b, d), vertex(c, d)});
          if (in == 2) {
            surface.corners.push_back({vertex(a, c), vertex(a, d), vertex(b, d)});
            surface.corners.push_back({vertex(a, c), vertex(b, d), vertex(b, c)});
          }
        }
      }
    }
  }
  return surface;
}

// The point of a triangle nearest to p. [Ericson2005, 5.1.5]
inline Eigen::Vector3d nearest_on_triangle(const Eigen::Vector3d& p,
                                           const Eigen::Vector3d& a,
                                           const Eigen::Vector3d& b,
                                           const Eigen::Vector3d& c) {
  const Eigen::Vector3d ab = b - a;
  const Eigen::Vector3d ac = c - a;
  const Eigen::Vector3d ap = p - a;
  const double d1 = ab.dot(ap);
  const double d2 = ac.dot(ap);
  if (d1 <= 0.0 && d2 <= 0.0) return a;
  const Eigen::Vector3d bp = p - b;
  const double d3 = ab.dot(bp);
  const double d4 = ac.dot(bp);
  if (d3 >= 0.0 && d4 <= d3) return b;
  const double vc = d1 * d4 - d3 * d2;
  if (vc <= 0.0 && d1 >= 0.0 && d3 <= 0.0) return a + d1 / (d1 - d3) * ab;
  const Eigen::Vector3d cp = p - c;
  const double d5 = ab.dot(cp);
  const double d6 = ac.dot(cp);
  if (d6 >= 0.0 && d5 <= d6) return c;
  const double vb = d5 * d2 - d1 * d6;
  if (vb <= 0.0 && d2 >= 0.0 && d6 <= 0.0) return a + d2 / (d2 - d6) * ac;
  const double va = d3 * d6 - d5 * d4;
  if (va <= 0.0 && d4 - d3 >= 0.0 && d5 - d6 >= 0.0) return b + (d4 - d3) / (d4 - d3 + d5 - d6) * (c - b);
  const double scale = 1.0 / (va + vb + vc);
  return a + vb * scale * ab + vc * scale * ac;
}

// Distances from points to a surface, exact up to `reach_mm`; beyond it, reach_mm.
class SurfaceSearch {
 public:
  explicit SurfaceSearch(const Triangles& surface, double cell_mm = 4.0, double reach_mm = 20.0)
      : surface_(surface), cell_mm_(cell_mm), rings_(static_cast<int>(std::ceil(reach_mm / cell_mm))) {
    for (std::size_t t = 0; t < surface.corners.size(); ++t) {
      Eigen::Vector3d low = corner(t, 0);
      Eigen::Vector3d high = low;
      for (const std::size_t c : {1U, 2U}) {
        low = low.cwiseMin(corner(t, c));
        high = high.cwiseMax(corner(t, c));
      }
      const Eigen::Vector3i first = cell_of(low);
      const Eigen::Vector3i last = cell_of(high);
      for (int z = first.z(); z <= last.z(); ++z) {
        for (int y = first.y(); y <= last.y(); ++y) {
          for (int x = first.x(); x <= last.x(); ++x) cells_[key({x, y, z})].push_back(t);
        }
      }
    }
  }

  [[nodiscard]] double distance_mm(const Eigen::Vector3d& p) const {
    const Eigen::Vector3i middle = cell_of(p);
    double best = rings_ * cell_mm_;
    for (int ring = 0; ring <= rings_; ++ring) {
      // Nothing in this ring of cells and beyond is nearer than this.
      if (best <= (ring - 1) * cell_mm_) break;
      for (int z = -ring; z <= ring; ++z) {
        for (int y = -ring; y <= ring; ++y) {
          const bool face = std::abs(z) == ring || std::abs(y) == ring;
          for (int x = -ring; x <= ring; x += face ? 1 : std::max(1, 2 * ring)) {
            best = std::min(best, nearest_in(middle + Eigen::Vector3i(x, y, z), p));
          }
        }
      }
    }
    return best;
  }

 private:
  [[nodiscard]] const Eigen::Vector3d& corner(std::size_t triangle, std::size_t c) const {
    return surface_.vertices_mm[static_cast<std::size_t>(surface_.corners[triangle][c])];
  }
  [[nodiscard]] Eigen::Vector3i cell_of(const Eigen::Vector3d& p) const {
    return (p / cell_mm_).array().floor().cast<int>();
  }
  static std::uint64_t key(const Eigen::Vector3i& cell) {
    const auto part = [](int n) { return static_cast<std::uint64_t>(n + (1 << 20)) & 0x1FFFFFU; };
    return part(cell.x()) | (part(cell.y()) << 21U) | (part(cell.z()) << 42U);
  }
  [[nodiscard]] double nearest_in(const Eigen::Vector3i& cell, const Eigen::Vector3d& p) const {
    const auto found = cells_.find(key(cell));
    double best = std::numeric_limits<double>::max();
    if (found == cells_.end()) return best;
    for (const std::size_t t : found->second) {
      best = std::min(best, (nearest_on_triangle(p, corner(t, 0), corner(t, 1), corner(t, 2)) - p).norm());
    }
    return best;
  }

  const Triangles& surface_;
  double cell_mm_;
  int rings_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> cells_;
};

}  // namespace focalhip::test
