#include "analysis/surface/editable_mesh.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <Eigen/Geometry>

namespace focalhip {

namespace {

constexpr double least_turn_cosine = 0.3;  // of a triangle's normal before and after

std::size_t index(int i) { return static_cast<std::size_t>(i); }

bool contains(const std::array<int, 3>& t, int v) { return t[0] == v || t[1] == v || t[2] == v; }

}  // namespace

EditableMesh::EditableMesh(const TriangleMesh& mesh)
    : position_mm_(mesh.vertices_mm), fan_(mesh.vertices_mm.size()) {
  for (const auto& t : mesh.triangles) {
    for (const int v : t) {
      if (v < 0 || v >= vertex_count())
        throw std::invalid_argument("a triangle names a vertex that is not there");
    }
    if (t[0] == t[1] || t[1] == t[2] || t[2] == t[0]) {
      throw std::invalid_argument("a triangle names a vertex twice");
    }
    add_triangle(t);
  }
  for (const Edge& edge : edges()) {
    if (triangles_at(edge).size() > 2) throw std::invalid_argument("an edge with more than two triangles");
  }
  for (int v = 0; v < vertex_count(); ++v) {
    // In one fan of k triangles there are k neighbours, or k + 1 on a rim.
    const std::size_t rings = neighbours(v).size();
    const std::size_t triangles = fan_[index(v)].size();
    if (is_alive(v) && rings != triangles && rings != triangles + 1) {
      throw std::invalid_argument("a vertex where two parts of the surface touch");
    }
  }
}

std::vector<EditableMesh::Edge> EditableMesh::edges() const {
  std::vector<Edge> result;
  for (int a = 0; a < vertex_count(); ++a) {
    for (const int b : neighbours(a)) {
      if (a < b) result.push_back({a, b});
    }
  }
  return result;
}

std::vector<int> EditableMesh::triangles_at(const Edge& edge) const {
  std::vector<int> result;
  for (const int t : fan_[index(edge.a)]) {
    if (contains(triangle_[index(t)], edge.b)) result.push_back(t);
  }
  return result;
}

bool EditableMesh::has_edge(int a, int b) const {
  return std::ranges::any_of(fan_[index(a)], [&](int t) { return contains(triangle_[index(t)], b); });
}

std::vector<int> EditableMesh::neighbours(int vertex) const {
  std::vector<int> result;
  result.reserve(2 * fan_[index(vertex)].size());
  for (const int t : fan_[index(vertex)]) {
    for (const int v : triangle_[index(t)]) {
      if (v != vertex) result.push_back(v);
    }
  }
  std::ranges::sort(result);
  result.erase(std::ranges::unique(result).begin(), result.end());
  return result;
}

// Round an inner vertex every neighbour stands in two triangles of the one fan; on a rim the two at its ends
// stand in one, and what cancels elsewhere is left of them.
bool EditableMesh::is_rim(int vertex) const {
  int left = 0;
  for (const int t : fan_[index(vertex)]) {
    for (const int v : triangle_[index(t)]) left ^= v == vertex ? 0 : v;
  }
  return left != 0;
}

int EditableMesh::valence(int vertex) const {
  return static_cast<int>(fan_[index(vertex)].size()) + (is_rim(vertex) ? 1 : 0);
}

int EditableMesh::opposite(int triangle, const Edge& edge) const {
  for (const int v : triangle_[index(triangle)]) {
    if (v != edge.a && v != edge.b) return v;
  }
  return -1;
}

Eigen::Vector3d EditableMesh::triangle_normal(const std::array<int, 3>& t) const {
  return (position_mm(t[1]) - position_mm(t[0])).cross(position_mm(t[2]) - position_mm(t[0]));
}

Eigen::Vector3d EditableMesh::normal(int vertex) const {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  for (const int t : fan_[index(vertex)]) sum += triangle_normal(triangle_[index(t)]);
  return sum.normalized();
}

void EditableMesh::replace_vertex(int triangle, int from, int to) {
  for (int& v : triangle_[index(triangle)]) {
    if (v == from) v = to;
  }
  std::erase(fan_[index(from)], triangle);
  fan_[index(to)].push_back(triangle);
}

void EditableMesh::remove_triangle(int triangle) {
  for (const int v : triangle_[index(triangle)]) std::erase(fan_[index(v)], triangle);
  triangle_alive_[index(triangle)] = false;
}

int EditableMesh::add_triangle(const std::array<int, 3>& t) {
  const int added = static_cast<int>(triangle_.size());
  triangle_.push_back(t);
  triangle_alive_.push_back(true);
  for (const int v : t) fan_[index(v)].push_back(added);
  return added;
}

int EditableMesh::split(const Edge& edge) {
  const int middle = vertex_count();
  const Eigen::Vector3d between = 0.5 * (position_mm(edge.a) + position_mm(edge.b));
  position_mm_.push_back(between);
  fan_.emplace_back();
  for (const int t : triangles_at(edge)) {
    std::array<int, 3> other = triangle_[index(t)];
    for (int& v : other) {
      if (v == edge.a) v = middle;
    }
    replace_vertex(t, edge.b, middle);
    add_triangle(other);
  }
  return middle;
}

bool EditableMesh::collapse(const Edge& edge, const Eigen::Vector3d& to_mm, double longest_mm) {
  const std::vector<int> shared = triangles_at(edge);
  const bool rim_a = is_rim(edge.a);
  const bool rim_b = is_rim(edge.b);
  if (rim_a && rim_b && shared.size() == 2) return false;  // would pinch the surface
  const int kept = rim_b && !rim_a ? edge.b : edge.a;
  const int gone = kept == edge.a ? edge.b : edge.a;
  const Eigen::Vector3d target = rim_a != rim_b ? position_mm(kept) : to_mm;
  // Link condition: the ends have no common neighbours but those of the shared triangles.
  const std::vector<int> near_a = neighbours(edge.a);
  const std::vector<int> near_b = neighbours(edge.b);
  std::vector<int> common;
  std::ranges::set_intersection(near_a, near_b, std::back_inserter(common));
  if (common.size() != shared.size()) return false;
  for (const int c : common) {
    if (fan_[index(c)].size() <= (is_rim(c) ? 2U : 3U)) return false;
  }
  const auto spoils = [&](int moved) {
    for (const int v : neighbours(moved)) {
      if (v != edge.a && v != edge.b && (position_mm(v) - target).norm() > longest_mm) return true;
    }
    for (const int t : fan_[index(moved)]) {
      if (std::ranges::find(shared, t) != shared.end()) continue;
      const Eigen::Vector3d before = triangle_normal(triangle_[index(t)]);
      std::array<Eigen::Vector3d, 3> p;
      for (std::size_t k = 0; k < 3; ++k) {
        const int v = triangle_[index(t)][k];
        p[k] = v == moved ? target : position_mm(v);
      }
      const Eigen::Vector3d after = (p[1] - p[0]).cross(p[2] - p[0]);
      if (before.dot(after) < least_turn_cosine * before.norm() * after.norm() || after.norm() < 1e-9)
        return true;
    }
    return false;
  };
  if (spoils(edge.a) || spoils(edge.b)) return false;
  for (const int t : shared) remove_triangle(t);
  for (const int t : std::vector<int>(fan_[index(gone)])) replace_vertex(t, gone, kept);
  move(kept, target);
  return true;
}

bool EditableMesh::flip_if_more_regular(const Edge& edge) {
  const std::vector<int> shared = triangles_at(edge);
  if (shared.size() != 2) return false;
  const int c = opposite(shared[0], edge);
  const int d = opposite(shared[1], edge);
  if (c == d || has_edge(c, d)) return false;
  const auto excess = [&](int v, int change) {
    const int off = valence(v) + change - (is_rim(v) ? 4 : 6);
    return off * off;
  };
  const int before = excess(edge.a, 0) + excess(edge.b, 0) + excess(c, 0) + excess(d, 0);
  const int after = excess(edge.a, -1) + excess(edge.b, -1) + excess(c, 1) + excess(d, 1);
  if (after >= before) return false;
  // Orientation from the first triangle: a -> b as it runs there.
  const std::array<int, 3>& first = triangle_[index(shared[0])];
  std::size_t at = 0;
  while (first[at] != c) ++at;
  const int a = first[(at + 1) % 3];
  const int b = first[(at + 2) % 3];
  const std::array<int, 3> one{c, a, d};
  const std::array<int, 3> other{c, d, b};
  const Eigen::Vector3d old = triangle_normal(triangle_[index(shared[0])]).normalized() +
                              triangle_normal(triangle_[index(shared[1])]).normalized();
  for (const auto& t : {one, other}) {
    const Eigen::Vector3d turned = triangle_normal(t);
    if (turned.norm() < 1e-9 || turned.dot(old) < 2.0 * least_turn_cosine * turned.norm()) return false;
  }
  remove_triangle(shared[0]);
  remove_triangle(shared[1]);
  add_triangle(one);
  add_triangle(other);
  return true;
}

TriangleMesh EditableMesh::compact() const {
  std::vector<int> place(position_mm_.size(), -1);
  TriangleMesh mesh;
  for (int v = 0; v < vertex_count(); ++v) {
    if (!is_alive(v)) continue;
    place[index(v)] = static_cast<int>(mesh.vertices_mm.size());
    mesh.vertices_mm.push_back(position_mm(v));
  }
  for (std::size_t t = 0; t < triangle_.size(); ++t) {
    if (!triangle_alive_[t]) continue;
    mesh.triangles.push_back(
        {place[index(triangle_[t][0])], place[index(triangle_[t][1])], place[index(triangle_[t][2])]});
  }
  return mesh;
}

}  // namespace focalhip
