#include "analysis/statistics/search_region.h"

#include <algorithm>
#include <map>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {

// Edges of all simplices, sorted, and the place of each.
class EdgeIndex {
 public:
  explicit EdgeIndex(SearchRegion& region) : region_(region) {
    std::ranges::sort(region.edges);
    const auto repeated = std::ranges::unique(region.edges);
    region.edges.erase(repeated.begin(), repeated.end());
    first_.assign(static_cast<std::size_t>(region.points) + 1, 0);
    for (const auto& edge : region.edges) ++first_[static_cast<std::size_t>(edge[0]) + 1];
    for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  }
  [[nodiscard]] int of(int a, int b) const {
    if (a > b) std::swap(a, b);
    const auto begin = region_.edges.begin() + first_[static_cast<std::size_t>(a)];
    const auto end = region_.edges.begin() + first_[static_cast<std::size_t>(a) + 1];
    return static_cast<int>(std::lower_bound(begin, end, std::array<int, 2>{a, b}) - region_.edges.begin());
  }

 private:
  const SearchRegion& region_;
  std::vector<std::ptrdiff_t> first_;
};

void join_simplices(SearchRegion& region) {
  const EdgeIndex index(region);
  for (const auto& [a, b, c] : region.triangles) {
    region.triangle_edges.push_back({index.of(a, b), index.of(a, c), index.of(b, c)});
  }
  for (const auto& [a, b, c, d] : region.tetrahedra) {
    region.tetrahedron_edges.push_back(
        {index.of(a, b), index.of(a, c), index.of(a, d), index.of(b, c), index.of(b, d), index.of(c, d)});
  }
  region.dimensions = !region.tetrahedra.empty()  ? 3
                      : !region.triangles.empty() ? 2
                      : region.edges.empty()      ? 0
                                                  : 1;
}

std::array<int, 2> ordered(int a, int b) { return a < b ? std::array{a, b} : std::array{b, a}; }

// Cells of a lattice, numbers of inside voxels or -1.
class Lattice {
 public:
  Lattice(const std::array<int, 3>& dims, std::span<const std::uint8_t> inside)
      : dims_(dims), number_(inside.size(), -1) {
    for (std::size_t i = 0; i < inside.size(); ++i) {
      if (inside[i] != 0) number_[i] = points_++;
    }
  }
  [[nodiscard]] int points() const { return points_; }
  // Of the voxel at the corner (x, y, z) of the lattice.
  [[nodiscard]] int at(const std::array<int, 3>& p) const {
    for (std::size_t k = 0; k < 3; ++k) {
      if (p[k] >= dims_[k]) return -1;
    }
    const auto nx = static_cast<std::size_t>(dims_[0]);
    const auto ny = static_cast<std::size_t>(dims_[1]);
    return number_[static_cast<std::size_t>(p[0]) +
                   nx * (static_cast<std::size_t>(p[1]) + ny * static_cast<std::size_t>(p[2]))];
  }

 private:
  std::array<int, 3> dims_;
  std::vector<int> number_;
  int points_ = 0;
};

// Counted from 1, as the diagonals are defined.
bool is_odd(const std::array<int, 3>& p) { return (p[0] + p[1] + p[2] + 3) % 2 != 0; }

void add_edge(SearchRegion& region, int a, int b) {
  if (a >= 0 && b >= 0) region.edges.push_back(ordered(a, b));
}

void add_triangle(SearchRegion& region, int a, int b, int c) {
  if (a >= 0 && b >= 0 && c >= 0) region.triangles.push_back({a, b, c});
}

void add_square(
    SearchRegion& region, const Lattice& lattice, std::array<int, 3> p, std::size_t u, std::size_t v) {
  std::array<std::array<int, 3>, 4> corner = {p, p, p, p};  // round the square
  ++corner[1][u];
  ++corner[2][u];
  ++corner[2][v];
  ++corner[3][v];
  const std::size_t first = is_odd(p) ? 0 : 1;  // the diagonal joins corners `first` and `first` + 2
  const auto at = [&](std::size_t i) { return lattice.at(corner[(first + i) % 4]); };
  add_edge(region, at(0), at(2));
  add_triangle(region, at(0), at(1), at(2));
  add_triangle(region, at(0), at(2), at(3));
}

void add_tetrahedron(SearchRegion& region, const std::array<int, 4>& corners) {
  if (std::ranges::none_of(corners, [](int i) { return i < 0; })) region.tetrahedra.push_back(corners);
}

void add_cube(SearchRegion& region, const Lattice& lattice, const std::array<int, 3>& p) {
  std::array<int, 4> odd{};
  std::size_t count = 0;
  for (int bits = 0; bits < 8; ++bits) {
    const std::array<int, 3> q = {p[0] + (bits & 1), p[1] + ((bits >> 1) & 1), p[2] + ((bits >> 2) & 1)};
    if (is_odd(q)) {
      odd[count++] = lattice.at(q);
      continue;
    }
    std::array<int, 4> corners = {lattice.at(q), 0, 0, 0};
    for (std::size_t k = 0; k < 3; ++k) {
      std::array<int, 3> neighbour = q;
      neighbour[k] = 2 * p[k] + 1 - q[k];
      corners[k + 1] = lattice.at(neighbour);
    }
    add_tetrahedron(region, corners);
  }
  add_tetrahedron(region, odd);
  add_triangle(region, odd[0], odd[1], odd[2]);
  add_triangle(region, odd[0], odd[1], odd[3]);
  add_triangle(region, odd[0], odd[2], odd[3]);
  add_triangle(region, odd[1], odd[2], odd[3]);
}

}  // namespace

std::variant<SearchRegion, SurfaceFault> region_of_triangles(
    int points, const std::vector<std::array<int, 3>>& triangles) {
  SearchRegion region;
  region.points = points;
  region.triangles = triangles;
  std::vector<std::pair<std::array<int, 3>, std::size_t>> sorted;
  std::vector<std::pair<std::array<int, 2>, std::size_t>> sides;
  for (std::size_t i = 0; i < triangles.size(); ++i) {
    std::array<int, 3> t = triangles[i];
    for (const int p : t) {
      if (p < 0 || p >= points) {
        return SurfaceFault{
            i, "vertex " + std::to_string(p) + " does not exist; there are " + std::to_string(points)};
      }
    }
    if (t[0] == t[1] || t[0] == t[2] || t[1] == t[2])
      return SurfaceFault{i, "a triangle names a vertex twice"};
    for (std::size_t k = 0; k < 3; ++k) sides.emplace_back(ordered(t[k], t[(k + 1) % 3]), i);
    std::ranges::sort(t);
    sorted.emplace_back(t, i);
  }
  std::ranges::sort(sorted);
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i].first == sorted[i - 1].first) {
      return SurfaceFault{sorted[i].second, "the triangle stands in the list twice"};
    }
  }
  std::ranges::sort(sides);
  for (std::size_t i = 0; i < sides.size(); ++i) {
    region.edges.push_back(sides[i].first);
    if (i >= 2 && sides[i].first == sides[i - 2].first) {
      return SurfaceFault{sides[i].second,
                          "a third triangle at the edge " + std::to_string(sides[i].first[0]) + "-" +
                              std::to_string(sides[i].first[1]) + "; the surface is not a manifold"};
    }
  }
  join_simplices(region);
  return region;
}

SearchRegion region_of_lattice(const std::array<int, 3>& dims, std::span<const std::uint8_t> inside) {
  const Lattice lattice(dims, inside);
  SearchRegion region;
  region.points = lattice.points();
  for (int z = 0; z < dims[2]; ++z) {
    for (int y = 0; y < dims[1]; ++y) {
      for (int x = 0; x < dims[0]; ++x) {
        const std::array<int, 3> p = {x, y, z};
        for (std::size_t k = 0; k < 3; ++k) {
          std::array<int, 3> next = p;
          ++next[k];
          add_edge(region, lattice.at(p), lattice.at(next));
        }
        add_square(region, lattice, p, 0, 1);
        add_square(region, lattice, p, 0, 2);
        add_square(region, lattice, p, 1, 2);
        add_cube(region, lattice, p);
      }
    }
  }
  join_simplices(region);
  return region;
}

}  // namespace focalhip
