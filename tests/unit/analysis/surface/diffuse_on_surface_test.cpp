#include "analysis/surface/diffuse_on_surface.h"

#include <cmath>
#include <numbers>
#include <stdexcept>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// A flat sheet of equilateral-like triangles, edge about 1 mm, centred on the origin.
TriangleMesh sheet(int half) {
  TriangleMesh mesh;
  const int side = 2 * half + 1;
  for (int j = -half; j <= half; ++j) {
    for (int i = -half; i <= half; ++i) {
      mesh.vertices_mm.emplace_back(i + 0.5 * (std::abs(j) % 2), 0.866 * j, 0.0);
    }
  }
  const auto at = [&](int i, int j) { return (j + half) * side + i + half; };
  for (int j = -half; j < half; ++j) {
    for (int i = -half; i < half; ++i) {
      if (std::abs(j) % 2 == 0) {
        mesh.triangles.push_back({at(i, j), at(i + 1, j), at(i, j + 1)});
        mesh.triangles.push_back({at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)});
      } else {
        mesh.triangles.push_back({at(i, j), at(i + 1, j), at(i + 1, j + 1)});
        mesh.triangles.push_back({at(i, j), at(i + 1, j + 1), at(i, j + 1)});
      }
    }
  }
  return mesh;
}

TEST(SurfaceDiffusion, EqualsAGaussianOfTheAskedWidthOnAFlatSheet) {
  const TriangleMesh mesh = sheet(40);
  // A half plane of ones: smoothed, its edge is the Gaussian's cumulative distribution.
  std::vector<float> values;
  for (const auto& v : mesh.vertices_mm) values.push_back(v.x() > 0.25 ? 1.0F : 0.0F);
  const std::vector<std::uint8_t> mask(values.size(), 1);
  const std::vector<float> smooth =
      SurfaceDiffusion(mesh, {.fwhm_mm = 10.0, .steps = 32}).smoothed(values, mask);
  const double sd = 10.0 / std::sqrt(8.0 * std::numbers::ln2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& v = mesh.vertices_mm[i];
    if (std::abs(v.x()) > 20.0 || std::abs(v.y()) > 12.0) continue;
    const double expected = 0.5 * std::erfc(-(v.x() - 0.25) / (sd * std::numbers::sqrt2));
    EXPECT_NEAR(smooth[i], expected, 0.02) << v.x();  // 32 implicit steps, 1 mm triangles
  }
}

TEST(SurfaceDiffusion, KeepsAConstantAndIgnoresWhatIsMasked) {
  const TriangleMesh mesh = sheet(10);
  std::vector<float> values(mesh.vertices_mm.size(), 2.5F);
  std::vector<std::uint8_t> mask(values.size(), 1);
  for (std::size_t i = 0; i < values.size(); i += 5) {
    values[i] = 1000.0F;
    mask[i] = 0;
  }
  values[7] = std::nanf("");
  for (const float v : SurfaceDiffusion(mesh, {}).smoothed(values, mask)) EXPECT_NEAR(v, 2.5, 1e-4);
}

TEST(SurfaceDiffusion, WithoutWidthGivesTheValuesBack) {
  const TriangleMesh mesh = sheet(3);
  std::vector<float> values;
  for (std::size_t i = 0; i < mesh.vertices_mm.size(); ++i) values.push_back(static_cast<float>(i));
  const std::vector<std::uint8_t> mask(values.size(), 1);
  EXPECT_EQ(SurfaceDiffusion(mesh, {.fwhm_mm = 0.0}).smoothed(values, mask), values);
}

TEST(SurfaceDiffusion, KeepsTheMeanOverTheAreaOfAClosedOrOpenSurface) {
  const TriangleMesh mesh = sheet(12);
  std::vector<float> values;
  for (const auto& v : mesh.vertices_mm) values.push_back(static_cast<float>(std::sin(v.x()) + 0.1 * v.y()));
  const std::vector<std::uint8_t> mask(values.size(), 1);
  const std::vector<float> smooth = SurfaceDiffusion(mesh, {.fwhm_mm = 6.0}).smoothed(values, mask);
  std::vector<double> area(values.size(), 0.0);
  for (const auto& t : mesh.triangles) {
    for (const int v : t) area[static_cast<std::size_t>(v)] += 0.866 / 6.0;
  }
  double before = 0.0;
  double after = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    before += area[i] * values[i];
    after += area[i] * smooth[i];
  }
  EXPECT_NEAR(before, after, 1e-2);
}

TEST(SurfaceDiffusion, RefusesWhatIsNoSurface) {
  TriangleMesh bad = sheet(2);
  bad.triangles.push_back({0, 1, 999});
  EXPECT_THROW(SurfaceDiffusion(bad, {}), std::invalid_argument);
  EXPECT_THROW(SurfaceDiffusion(TriangleMesh{}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace focalhip
