#pragma once

#include <array>
#include <optional>
#include <vector>

#include "analysis/surface/triangle_mesh.h"

namespace focalhip {

// A triangle mesh whose edges can be split, collapsed and flipped while it stays a manifold with the same
// topology. Vertices and triangles are marked dead, never moved; compact() drops them. All results depend on
// the order of calls alone.
class EditableMesh {
 public:
  struct Edge {
    int a = 0;
    int b = 0;
  };

  // Throws std::invalid_argument when an edge has more than two triangles, or a vertex more than one fan of
  // them.
  explicit EditableMesh(const TriangleMesh& mesh);

  // Every edge once, in order of its smaller, then its larger vertex.
  [[nodiscard]] std::vector<Edge> edges() const;
  [[nodiscard]] bool has_edge(int a, int b) const;
  // On the open end: the vertex or edge has a side without triangle.
  [[nodiscard]] bool is_rim(int vertex) const;
  [[nodiscard]] bool is_rim(const Edge& edge) const { return triangles_at(edge).size() == 1; }
  [[nodiscard]] std::vector<int> neighbours(int vertex) const;  // sorted
  [[nodiscard]] int valence(int vertex) const;                  // number of neighbours
  [[nodiscard]] bool is_alive(int vertex) const { return !fan_[static_cast<std::size_t>(vertex)].empty(); }
  [[nodiscard]] int vertex_count() const {
    return static_cast<int>(position_mm_.size());
  }  // dead ones included

  [[nodiscard]] const Eigen::Vector3d& position_mm(int vertex) const {
    return position_mm_[static_cast<std::size_t>(vertex)];
  }
  void move(int vertex, const Eigen::Vector3d& to_mm) {
    position_mm_[static_cast<std::size_t>(vertex)] = to_mm;
  }
  [[nodiscard]] double length_mm(const Edge& edge) const {
    return (position_mm(edge.a) - position_mm(edge.b)).norm();
  }
  // Area-weighted, unit.
  [[nodiscard]] Eigen::Vector3d normal(int vertex) const;

  // A new vertex in the middle of an edge.
  int split(const Edge& edge);
  // Both ends become one at `to_mm`; refused (false) where the topology would change, a triangle would turn
  // over, or an edge longer than `longest_mm` would come about. An end on the rim stays on it.
  bool collapse(const Edge& edge, const Eigen::Vector3d& to_mm, double longest_mm);
  // The other diagonal of the edge's two triangles, if it brings the vertices' valences closer to 6 (4 on the
  // rim) and turns no triangle over.
  bool flip_if_more_regular(const Edge& edge);

  [[nodiscard]] TriangleMesh compact() const;

 private:
  [[nodiscard]] std::vector<int> triangles_at(const Edge& edge) const;
  [[nodiscard]] int opposite(int triangle, const Edge& edge) const;
  [[nodiscard]] Eigen::Vector3d triangle_normal(const std::array<int, 3>& t) const;
  void replace_vertex(int triangle, int from, int to);
  void remove_triangle(int triangle);
  int add_triangle(const std::array<int, 3>& t);

  std::vector<Eigen::Vector3d> position_mm_;
  std::vector<std::array<int, 3>> triangle_;
  std::vector<bool> triangle_alive_;
  std::vector<std::vector<int>> fan_;  // triangles of each vertex; empty = dead
};

}  // namespace focalhip
