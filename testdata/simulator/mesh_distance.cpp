#include "testdata/simulator/mesh_distance.h"

#include <algorithm>
#include <cmath>

namespace focalhip::simulator {
namespace {

constexpr int leaf_triangles = 4;

// Squared distance from a point to a triangle: the regions of C. Ericson, Real-Time Collision Detection
// (2005), section 5.1.5.
double squared_distance(Vec3 p, Vec3 a, Vec3 b, Vec3 c) {
  const auto to = [&](Vec3 q) { return dot(p - q, p - q); };
  const Vec3 ab = b - a;
  const Vec3 ac = c - a;
  const Vec3 ap = p - a;
  const double d1 = dot(ab, ap);
  const double d2 = dot(ac, ap);
  if (d1 <= 0.0 && d2 <= 0.0) return dot(ap, ap);
  const Vec3 bp = p - b;
  const double d3 = dot(ab, bp);
  const double d4 = dot(ac, bp);
  if (d3 >= 0.0 && d4 <= d3) return dot(bp, bp);
  const double vc = d1 * d4 - d3 * d2;
  if (vc <= 0.0 && d1 >= 0.0 && d3 <= 0.0) return to(a + (d1 / (d1 - d3)) * ab);
  const Vec3 cp = p - c;
  const double d5 = dot(ab, cp);
  const double d6 = dot(ac, cp);
  if (d6 >= 0.0 && d5 <= d6) return dot(cp, cp);
  const double vb = d5 * d2 - d1 * d6;
  if (vb <= 0.0 && d2 >= 0.0 && d6 <= 0.0) return to(a + (d2 / (d2 - d6)) * ac);
  const double va = d3 * d6 - d5 * d4;
  if (va <= 0.0 && d4 - d3 >= 0.0 && d5 - d6 >= 0.0)
    return to(b + ((d4 - d3) / ((d4 - d3) + (d5 - d6))) * (c - b));
  const double sum = va + vb + vc;
  if (!(std::abs(sum) > 1e-300)) return std::min({dot(ap, ap), dot(bp, bp), dot(cp, cp)});
  return to(a + (vb / sum) * ab + (vc / sum) * ac);
}

double squared_distance_to_box(Vec3 p, Vec3 low, Vec3 high) {
  const double x = std::max({low.x - p.x, 0.0, p.x - high.x});
  const double y = std::max({low.y - p.y, 0.0, p.y - high.y});
  const double z = std::max({low.z - p.z, 0.0, p.z - high.z});
  return x * x + y * y + z * z;
}

double along(Vec3 p, int axis) { return axis == 0 ? p.x : axis == 1 ? p.y : p.z; }

// Where the rows along x cross the surface: the x of each crossing, by row.
class RowCrossings {
 public:
  RowCrossings(const TriangleSet& set, const FieldGrid<1>& grid)
      : rows_(static_cast<std::size_t>(grid.size(1)) * static_cast<std::size_t>(grid.size(2))),
        columns_(static_cast<std::size_t>(grid.size(1))) {
    for (const auto& t : set.triangles) add(set, t, grid);
    for (auto& row : rows_) std::sort(row.begin(), row.end());
  }
  [[nodiscard]] const std::vector<double>& row(int j, int k) const {
    return rows_[static_cast<std::size_t>(j) + columns_ * static_cast<std::size_t>(k)];
  }

 private:
  // A row is moved aside by this much, so that it meets neither vertices nor edges.
  static constexpr double aside_y = 3.1415e-5;
  static constexpr double aside_z = 2.7182e-5;

  void add(const TriangleSet& set, const std::array<int, 3>& t, const FieldGrid<1>& grid) {
    std::array<Vec3, 3> v;
    for (std::size_t i = 0; i < 3; ++i) {
      const Vec3 p = set.vertices_mm[static_cast<std::size_t>(t[i])] - grid.low_mm();
      v[i] = (1.0 / grid.step_mm()) * p - Vec3{0.0, aside_y, aside_z};
    }
    const auto [y0, y1] = std::minmax({v[0].y, v[1].y, v[2].y});
    const auto [z0, z1] = std::minmax({v[0].z, v[1].z, v[2].z});
    const int j0 = std::max(0, static_cast<int>(std::ceil(y0)));
    const int j1 = std::min(grid.size(1) - 1, static_cast<int>(std::floor(y1)));
    const int k0 = std::max(0, static_cast<int>(std::ceil(z0)));
    const int k1 = std::min(grid.size(2) - 1, static_cast<int>(std::floor(z1)));
    for (int k = k0; k <= k1; ++k) {
      for (int j = j0; j <= j1; ++j) {
        // Barycentric coordinates in the y-z plane.
        const auto edge = [&](const Vec3& a, const Vec3& b) {
          return (b.y - a.y) * (k - a.z) - (b.z - a.z) * (j - a.y);
        };
        const double w0 = edge(v[1], v[2]);
        const double w1 = edge(v[2], v[0]);
        const double w2 = edge(v[0], v[1]);
        if ((w0 < 0.0 || w1 < 0.0 || w2 < 0.0) && (w0 > 0.0 || w1 > 0.0 || w2 > 0.0)) continue;
        const double sum = w0 + w1 + w2;
        if (sum == 0.0) continue;
        const double x = (w0 * v[0].x + w1 * v[1].x + w2 * v[2].x) / sum;
        rows_[static_cast<std::size_t>(j) + columns_ * static_cast<std::size_t>(k)].push_back(x);
      }
    }
  }

  std::vector<std::vector<double>> rows_;
  std::size_t columns_;
};

}  // namespace

MeshDistance::MeshDistance(const TriangleSet& set) {
  triangles_.reserve(set.triangles.size());
  for (const auto& t : set.triangles) {
    const auto at = [&](std::size_t i) { return set.vertices_mm[static_cast<std::size_t>(t[i])]; };
    triangles_.push_back({at(0), at(1), at(2)});
  }
  nodes_.emplace_back();
  split(0, 0, static_cast<int>(triangles_.size()));
}

void MeshDistance::split(std::size_t node, int begin, int end) {
  Vec3 low{1e30, 1e30, 1e30};
  Vec3 high{-1e30, -1e30, -1e30};
  for (int i = begin; i < end; ++i) {
    const Triangle& t = triangles_[static_cast<std::size_t>(i)];
    for (const Vec3 p : {t.a, t.b, t.c}) {
      low = {std::min(low.x, p.x), std::min(low.y, p.y), std::min(low.z, p.z)};
      high = {std::max(high.x, p.x), std::max(high.y, p.y), std::max(high.z, p.z)};
    }
  }
  nodes_[node].low = low;
  nodes_[node].high = high;
  if (end - begin <= leaf_triangles) {
    nodes_[node].first = begin;
    nodes_[node].count = end - begin;
    return;
  }
  const Vec3 extent = high - low;
  const int axis = extent.x > extent.y && extent.x > extent.z ? 0 : extent.y > extent.z ? 1 : 2;
  const auto middle = triangles_.begin() + (begin + end) / 2;
  std::nth_element(triangles_.begin() + begin,
                   middle,
                   triangles_.begin() + end,
                   [&](const Triangle& s, const Triangle& t) {
                     return along(s.a + s.b + s.c, axis) < along(t.a + t.b + t.c, axis);
                   });
  const std::size_t left = nodes_.size();
  nodes_[node].first = static_cast<int>(left);
  nodes_.resize(left + 2);
  split(left, begin, (begin + end) / 2);
  split(left + 1, (begin + end) / 2, end);
}

double MeshDistance::unsigned_mm(Vec3 p, double within_mm) const {
  double best = within_mm * within_mm;
  std::array<int, 128> stack{};
  int depth = 0;
  stack[static_cast<std::size_t>(depth++)] = 0;
  while (depth > 0) {
    const Node& node = nodes_[static_cast<std::size_t>(stack[static_cast<std::size_t>(--depth)])];
    if (squared_distance_to_box(p, node.low, node.high) >= best) continue;
    if (node.count > 0) {
      for (int i = node.first; i < node.first + node.count; ++i) {
        const Triangle& t = triangles_[static_cast<std::size_t>(i)];
        best = std::min(best, squared_distance(p, t.a, t.b, t.c));
      }
      continue;
    }
    const Node& left = nodes_[static_cast<std::size_t>(node.first)];
    const Node& right = nodes_[static_cast<std::size_t>(node.first) + 1];
    const bool left_nearer =
        squared_distance_to_box(p, left.low, left.high) < squared_distance_to_box(p, right.low, right.high);
    stack[static_cast<std::size_t>(depth++)] = left_nearer ? node.first + 1 : node.first;
    stack[static_cast<std::size_t>(depth++)] = left_nearer ? node.first : node.first + 1;
  }
  return std::sqrt(best);
}

FieldGrid<1> signed_distance_grid(
    const TriangleSet& set, Vec3 low_mm, Vec3 high_mm, double step_mm, int threads) {
  FieldGrid<1> grid(low_mm, high_mm, step_mm);
  const MeshDistance distance(set);
  const RowCrossings crossings(set, grid);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (int k = 0; k < grid.size(2); ++k) {
    for (int j = 0; j < grid.size(1); ++j) {
      const std::vector<double>& row = crossings.row(j, k);
      std::size_t crossed = 0;
      double near = 1e3;  // the neighbour's distance bounds this one's
      for (int i = 0; i < grid.size(0); ++i) {
        while (crossed < row.size() && row[crossed] < i) ++crossed;
        near = distance.unsigned_mm(grid.node_mm(i, j, k), near + step_mm + 1e-9);
        grid.at(i, j, k)[0] = static_cast<float>(crossed % 2 == 1 ? -near : near);
      }
    }
  }
  return grid;
}

}  // namespace focalhip::simulator
