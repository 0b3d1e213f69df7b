#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace focalhip::test {

using IcosphereVertex = std::array<float, 3>;

inline IcosphereVertex on_sphere(float x, float y, float z) {
  const float length = std::sqrt(x * x + y * y + z * z);
  return {x / length, y / length, z / length};
}

// Vertices on the unit sphere and the triangles of a closed surface.
struct Icosphere {
  std::vector<IcosphereVertex> vertices;
  std::vector<std::array<int, 3>> triangles;
};

inline Icosphere icosahedron() {
  const float g = 1.618034F;
  const std::vector<IcosphereVertex> corners = {{-1, g, 0},
                                                {1, g, 0},
                                                {-1, -g, 0},
                                                {1, -g, 0},
                                                {0, -1, g},
                                                {0, 1, g},
                                                {0, -1, -g},
                                                {0, 1, -g},
                                                {g, 0, -1},
                                                {g, 0, 1},
                                                {-g, 0, -1},
                                                {-g, 0, 1}};
  Icosphere sphere{.vertices = {}, .triangles = {{0, 11, 5}, {0, 5, 1},  {0, 1, 7},   {0, 7, 10}, {0, 10, 11},
                                                 {1, 5, 9},  {5, 11, 4}, {11, 10, 2}, {10, 7, 6}, {7, 1, 8},
                                                 {3, 9, 4},  {3, 4, 2},  {3, 2, 6},   {3, 6, 8},  {3, 8, 9},
                                                 {4, 9, 5},  {2, 4, 11}, {6, 2, 10},  {8, 6, 7},  {9, 8, 1}}};
  for (const auto& [x, y, z] : corners) sphere.vertices.push_back(on_sphere(x, y, z));
  return sphere;
}

// Each triangle becomes four.
inline Icosphere divided(Icosphere sphere) {
  std::map<std::pair<int, int>, int> middles;
  const auto middle = [&](int a, int b) {
    const auto [found, is_new] =
        middles.try_emplace(std::minmax(a, b), static_cast<int>(sphere.vertices.size()));
    if (is_new) {
      const IcosphereVertex& p = sphere.vertices[static_cast<std::size_t>(a)];
      const IcosphereVertex& q = sphere.vertices[static_cast<std::size_t>(b)];
      sphere.vertices.push_back(on_sphere(p[0] + q[0], p[1] + q[1], p[2] + q[2]));
    }
    return found->second;
  };
  std::vector<std::array<int, 3>> finer;
  for (const auto& [a, b, c] : std::exchange(sphere.triangles, {})) {
    const int ab = middle(a, b);
    const int bc = middle(b, c);
    const int ca = middle(c, a);
    finer.insert(finer.end(), {{a, ab, ca}, {b, bc, ab}, {c, ca, bc}, {ab, bc, ca}});
  }
  sphere.triangles = std::move(finer);
  return sphere;
}

// 10 * 4^n + 2 vertices.
inline Icosphere icosphere(int divisions) {
  Icosphere sphere = icosahedron();
  for (int i = 0; i < divisions; ++i) sphere = divided(std::move(sphere));
  return sphere;
}

}  // namespace focalhip::test
