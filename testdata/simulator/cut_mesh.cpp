#include "testdata/simulator/cut_mesh.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <unordered_map>

namespace focalhip::simulator {
namespace {

std::uint64_t edge_key(int a, int b) {
  return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(std::min(a, b))) << 32U) |
         static_cast<std::uint32_t>(std::max(a, b));
}

// The neighbours along open edges of each vertex that has some, in the order of the triangles.
struct Rim {
  std::unordered_map<int, std::vector<int>> neighbours;
  std::vector<int> order;
};

Rim open_rim(const TriangleSet& set) {
  std::unordered_map<std::uint64_t, int> uses;
  for (const auto& t : set.triangles) {
    for (std::size_t i = 0; i < 3; ++i) ++uses[edge_key(t[i], t[(i + 1) % 3])];
  }
  Rim rim;
  const auto link = [&](int a, int b) {
    auto [place, fresh] = rim.neighbours.try_emplace(a);
    if (fresh) rim.order.push_back(a);
    place->second.push_back(b);
  };
  for (const auto& t : set.triangles) {
    for (std::size_t i = 0; i < 3; ++i) {
      if (uses[edge_key(t[i], t[(i + 1) % 3])] != 1) continue;
      link(t[i], t[(i + 1) % 3]);
      link(t[(i + 1) % 3], t[i]);
    }
  }
  return rim;
}

}  // namespace

Hole largest_hole(const TriangleSet& set) {
  Rim rim = open_rim(set);
  Hole best;
  double longest = 0.0;
  const auto at = [&](int v) { return set.vertices_mm[static_cast<std::size_t>(v)]; };
  std::unordered_map<int, bool> seen;
  for (const int start : rim.order) {
    if (seen[start]) continue;
    std::vector<int> loop;
    double way = 0.0;
    int here = start;
    while (true) {
      seen[here] = true;
      loop.push_back(here);
      int next = -1;
      for (const int n : rim.neighbours[here]) {
        if (!seen[n]) next = n;
      }
      if (next < 0) break;
      way += length(at(next) - at(here));
      here = next;
    }
    way += length(at(start) - at(here));
    if (way > longest) {
      longest = way;
      best.loop = loop;
    }
  }
  if (best.loop.size() < 3) return {};
  double total = 0.0;
  Vec3 sum;
  for (std::size_t i = 0; i < best.loop.size(); ++i) {
    const Vec3 a = at(best.loop[i]);
    const Vec3 b = at(best.loop[(i + 1) % best.loop.size()]);
    total += length(b - a);
    sum = sum + (0.5 * length(b - a)) * (a + b);
  }
  best.centre = (1.0 / total) * sum;
  Vec3 normal;
  for (std::size_t i = 0; i < best.loop.size(); ++i)
    normal = normal +
             cross(at(best.loop[i]) - best.centre, at(best.loop[(i + 1) % best.loop.size()]) - best.centre);
  best.normal = length(normal) > 0.0 ? normalised(normal) : Vec3{0.0, 0.0, 1.0};
  return best;
}

std::vector<std::pair<Vec3, Vec3>> section(const TriangleSet& set, Vec3 point, Vec3 normal) {
  std::vector<std::pair<Vec3, Vec3>> segments;
  for (const auto& t : set.triangles) {
    std::array<Vec3, 3> crossing;
    std::size_t count = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const Vec3 a = set.vertices_mm[static_cast<std::size_t>(t[i])];
      const Vec3 b = set.vertices_mm[static_cast<std::size_t>(t[(i + 1) % 3])];
      const double da = dot(a - point, normal);
      const double db = dot(b - point, normal);
      if ((da < 0.0) != (db < 0.0)) crossing[count++] = a + (da / (da - db)) * (b - a);
    }
    if (count == 2) segments.emplace_back(crossing[0], crossing[1]);
  }
  return segments;
}

TriangleSet kept_above(const TriangleSet& set, Vec3 point, Vec3 normal) {
  TriangleSet kept;
  std::vector<int> moved(set.vertices_mm.size(), -1);
  std::unordered_map<std::uint64_t, int> cuts;
  const auto height = [&](int v) {
    return dot(set.vertices_mm[static_cast<std::size_t>(v)] - point, normal);
  };
  const auto whole = [&](int v) {
    int& to = moved[static_cast<std::size_t>(v)];
    if (to < 0) {
      to = static_cast<int>(kept.vertices_mm.size());
      kept.vertices_mm.push_back(set.vertices_mm[static_cast<std::size_t>(v)]);
    }
    return to;
  };
  const auto cut = [&](int a, int b) {
    const auto [place, fresh] = cuts.try_emplace(edge_key(a, b), static_cast<int>(kept.vertices_mm.size()));
    if (fresh) {
      const Vec3 pa = set.vertices_mm[static_cast<std::size_t>(std::min(a, b))];
      const Vec3 pb = set.vertices_mm[static_cast<std::size_t>(std::max(a, b))];
      const double da = dot(pa - point, normal);
      const double db = dot(pb - point, normal);
      kept.vertices_mm.push_back(pa + (da / (da - db)) * (pb - pa));
    }
    return place->second;
  };
  for (const auto& t : set.triangles) {
    std::vector<int> polygon;
    for (std::size_t i = 0; i < 3; ++i) {
      const int a = t[i];
      const int b = t[(i + 1) % 3];
      if (height(a) >= 0.0) polygon.push_back(whole(a));
      if ((height(a) >= 0.0) != (height(b) >= 0.0)) polygon.push_back(cut(a, b));
    }
    for (std::size_t i = 1; i + 1 < polygon.size(); ++i)
      kept.triangles.push_back({polygon[0], polygon[i], polygon[i + 1]});
  }
  return kept;
}

LongAxis long_axis(const TriangleSet& set) {
  LongAxis axis;
  for (const Vec3 p : set.vertices_mm) axis.centre = axis.centre + p;
  axis.centre = (1.0 / static_cast<double>(set.vertices_mm.size())) * axis.centre;
  Mat3 m{{}, {}, {}};
  for (const Vec3 p : set.vertices_mm) {
    const Vec3 d = p - axis.centre;
    m.row_x = m.row_x + d.x * d;
    m.row_y = m.row_y + d.y * d;
    m.row_z = m.row_z + d.z * d;
  }
  Vec3 v = normalised(Vec3{0.3, 0.4, 1.0});
  for (int i = 0; i < 200; ++i) {
    const Vec3 next = m * v;
    if (!(length(next) > 0.0)) break;
    v = normalised(next);
  }
  axis.direction = v;
  axis.low_mm = 1e9;
  axis.high_mm = -1e9;
  for (const Vec3 p : set.vertices_mm) {
    const double t = dot(p - axis.centre, v);
    axis.low_mm = std::min(axis.low_mm, t);
    axis.high_mm = std::max(axis.high_mm, t);
  }
  return axis;
}

}  // namespace focalhip::simulator
