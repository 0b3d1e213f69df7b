#include "testdata/simulator/mesh_distance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace focalhip::simulator {
namespace {

// A closed body of revolution about z: `rings` points (radius, z), first and last on the axis.
TriangleSet revolved(const std::vector<std::pair<double, double>>& rings, int around) {
  TriangleSet set;
  for (const auto& [r, z] : rings) {
    for (int a = 0; a < around; ++a) {
      const double angle = 2.0 * std::numbers::pi * a / around;
      set.vertices_mm.push_back({r * std::cos(angle), r * std::sin(angle), z});
    }
  }
  for (int k = 0; k + 1 < static_cast<int>(rings.size()); ++k) {
    for (int a = 0; a < around; ++a) {
      const int b = (a + 1) % around;
      set.triangles.push_back({k * around + a, k * around + b, (k + 1) * around + b});
      set.triangles.push_back({k * around + a, (k + 1) * around + b, (k + 1) * around + a});
    }
  }
  return set;
}

double largest_error(const FieldGrid<1>& grid, const auto& truth) {
  double largest = 0.0;
  for (int k = 0; k < grid.size(2); ++k)
    for (int j = 0; j < grid.size(1); ++j)
      for (int i = 0; i < grid.size(0); ++i)
        largest = std::max(largest, std::abs(grid.at(i, j, k)[0] - truth(grid.node_mm(i, j, k))));
  return largest;
}

TEST(MeshDistance, IsThatOfASphereUpToItsFacets) {
  constexpr double radius = 22.0;
  constexpr int steps = 180;
  std::vector<std::pair<double, double>> rings;
  for (int k = 0; k <= steps; ++k) {
    const double polar = std::numbers::pi * k / steps;
    rings.emplace_back(radius * std::sin(polar), -radius * std::cos(polar));
  }
  const FieldGrid<1> grid =
      signed_distance_grid(revolved(rings, 2 * steps), {-27, -27, -27}, {27, 27, 27}, 1.5, 1);
  // A facet of edge e lies at most e^2 / (4 r) below the sphere; e = 0.54 mm with its diagonal.
  const double sagitta = 0.54 * 0.54 / (4.0 * radius);
  EXPECT_LT(largest_error(grid, [](Vec3 p) { return length(p) - radius; }), sagitta + 1e-4);
}

TEST(MeshDistance, IsThatOfACylinderWithFlatEnds) {
  constexpr double radius = 14.0;
  constexpr double half = 20.0;
  constexpr int around = 720;
  const TriangleSet set = revolved({{0.0, -half}, {radius, -half}, {radius, half}, {0.0, half}}, around);
  const FieldGrid<1> grid = signed_distance_grid(set, {-20, -20, -25}, {20, 20, 25}, 1.0, 1);
  const double sagitta = radius * (1.0 - std::cos(std::numbers::pi / around));
  const auto truth = [](Vec3 p) {
    const double radial = std::hypot(p.x, p.y) - radius;
    const double axial = std::abs(p.z) - half;
    return std::min(std::max(radial, axial), 0.0) + std::hypot(std::max(radial, 0.0), std::max(axial, 0.0));
  };
  EXPECT_LT(largest_error(grid, truth), sagitta + 1e-3);
}

TEST(MeshDistance, DoesNotDependOnTheNumberOfThreads) {
  const TriangleSet set = revolved({{0.0, -9.0}, {7.0, -9.0}, {7.0, 9.0}, {0.0, 9.0}}, 60);
  const FieldGrid<1> one = signed_distance_grid(set, {-9, -9, -11}, {9, 9, 11}, 1.0, 1);
  const FieldGrid<1> two = signed_distance_grid(set, {-9, -9, -11}, {9, 9, 11}, 1.0, 2);
  for (int k = 0; k < one.size(2); ++k)
    for (int j = 0; j < one.size(1); ++j)
      for (int i = 0; i < one.size(0); ++i) ASSERT_EQ(one.at(i, j, k)[0], two.at(i, j, k)[0]);
}

}  // namespace
}  // namespace focalhip::simulator
