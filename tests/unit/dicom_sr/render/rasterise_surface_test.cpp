#include "dicom_sr/render/rasterise_surface.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

using Eigen::Vector3d;

struct Sphere {
  TriangleMesh mesh;
  std::vector<Vector3d> normals;
};

Sphere sphere(const Vector3d& centre, double radius_mm) {
  constexpr int rings = 60;
  constexpr int around = 90;
  Sphere result;
  for (int ring = 0; ring <= rings; ++ring) {
    for (int i = 0; i < around; ++i) {
      const double polar = std::numbers::pi * ring / rings;
      const double angle = 2.0 * std::numbers::pi * i / around;
      result.normals.emplace_back(
          std::sin(polar) * std::cos(angle), std::sin(polar) * std::sin(angle), std::cos(polar));
      result.mesh.vertices_mm.emplace_back(centre + radius_mm * result.normals.back());
    }
  }
  for (int ring = 0; ring < rings; ++ring) {
    for (int i = 0; i < around; ++i) {
      const int a = ring * around + i;
      const int b = ring * around + (i + 1) % around;
      result.mesh.triangles.push_back({a, a + around, b});
      result.mesh.triangles.push_back({b, a + around, b + around});
    }
  }
  return result;
}

SurfaceView view_of(const Vector3d& right, const Vector3d& down) {
  return {.right_patient = right,
          .down_patient = down,
          .middle_patient_mm = {0, 0, 0},
          .pixels_per_mm = 2.0,
          .columns = 100,
          .rows = 100};
}
const SurfaceView from_front = view_of({1, 0, 0}, {0, 0, -1});

const SurfaceSample& sample_at(const SurfaceRaster& raster, int column, int row) {
  return raster.samples[static_cast<std::size_t>(row) * static_cast<std::size_t>(raster.columns) +
                        static_cast<std::size_t>(column)];
}

TEST(RasteriseSurface, CoversTheDiskOfASphere) {
  const Sphere ball = sphere({0, 0, 0}, 20.0);
  const SurfaceRaster raster = rasterise_surface(ball.mesh, ball.normals, from_front);
  int covered = 0;
  for (const SurfaceSample& sample : raster.samples) covered += sample.triangle >= 0 ? 1 : 0;
  const double radius_samples = 20.0 * 2.0 * 2.0;
  EXPECT_NEAR(covered, std::numbers::pi * radius_samples * radius_samples, 0.005 * covered);
}

TEST(RasteriseSurface, ShowsTheNearSideAndItsDepth) {
  const Sphere ball = sphere({0, 0, 0}, 20.0);
  const SurfaceRaster raster = rasterise_surface(ball.mesh, ball.normals, from_front);
  for (const int column : {100, 130, 70}) {
    const double x_mm = (column + 0.5 - 100.0) / 4.0;
    const double expected_mm = -std::sqrt(400.0 - x_mm * x_mm - 0.125 * 0.125);
    EXPECT_NEAR(sample_at(raster, column, 100).depth_mm, expected_mm, 0.05);
  }
}

// The eye in front of the patient looks to the back: patient left is at the image's right, cranial on top.
TEST(RasteriseSurface, PutsPatientLeftAtTheRightFromTheFront) {
  Sphere ball = sphere({15, 0, 15}, 5.0);
  const SurfaceRaster raster = rasterise_surface(ball.mesh, ball.normals, from_front);
  EXPECT_GE(sample_at(raster, 160, 40).triangle, 0);
  EXPECT_LT(sample_at(raster, 40, 40).triangle, 0);
  EXPECT_LT(sample_at(raster, 160, 160).triangle, 0);
}

TEST(RasteriseSurface, TheNearerOfTwoHidesTheOther) {
  Sphere two = sphere({0, -30, 0}, 5.0);  // anterior: nearer to an eye in front
  const int first = static_cast<int>(two.mesh.triangles.size());
  const Sphere back = sphere({0, 30, 0}, 10.0);
  const int offset = static_cast<int>(two.mesh.vertices_mm.size());
  for (const Vector3d& vertex : back.mesh.vertices_mm) two.mesh.vertices_mm.push_back(vertex);
  for (const Vector3d& normal : back.normals) two.normals.push_back(normal);
  for (const auto& t : back.mesh.triangles) {
    two.mesh.triangles.push_back({t[0] + offset, t[1] + offset, t[2] + offset});
  }
  const SurfaceRaster front = rasterise_surface(two.mesh, two.normals, from_front);
  EXPECT_LT(sample_at(front, 100, 100).triangle, first);
  EXPECT_GE(sample_at(front, 130, 100).triangle, first);
  const SurfaceRaster behind = rasterise_surface(two.mesh, two.normals, view_of({-1, 0, 0}, {0, 0, -1}));
  EXPECT_GE(sample_at(behind, 100, 100).triangle, first);
}

TEST(RasteriseSurface, WeightsMakeUpThePoint) {
  const Sphere ball = sphere({0, 0, 0}, 20.0);
  const SurfaceRaster raster = rasterise_surface(ball.mesh, ball.normals, from_front);
  const SurfaceSample& sample = sample_at(raster, 120, 90);
  Vector3d point = Vector3d::Zero();
  for (std::size_t i = 0; i < 3; ++i) {
    const auto vertex =
        static_cast<std::size_t>(ball.mesh.triangles[static_cast<std::size_t>(sample.triangle)][i]);
    point += sample.weight[i] * ball.mesh.vertices_mm[vertex];
  }
  EXPECT_NEAR(point.x(), (120.5 - 100.0) / 4.0, 1e-9);
  EXPECT_NEAR(point.z(), -(90.5 - 100.0) / 4.0, 1e-9);
}

TEST(PaintSurface, AveragesTheSamplesOfAPixelAndLeavesTheBackgroundBlack) {
  SurfaceRaster raster{.columns = 4, .rows = 2, .samples = std::vector<SurfaceSample>(8)};
  raster.samples[0].triangle = 0;
  raster.samples[5].triangle = 0;
  const Rgb8Image image = paint_surface(raster, [](const SurfaceSample&, int, int) {
    return Colour{1.0, 0.5, 0.0};
  });
  EXPECT_EQ(image.columns, 2);
  EXPECT_EQ(image.rows, 1);
  EXPECT_EQ(image.rgb, (std::vector<std::uint8_t>{128, 64, 0, 0, 0, 0}));
}

TEST(RasteriseSurface, GivesTheSameSamplesEveryTime) {
  const Sphere ball = sphere({0, 0, 0}, 20.0);
  const auto painted = [&] {
    return paint_surface(rasterise_surface(ball.mesh, ball.normals, from_front),
                         [](const SurfaceSample& sample, int, int) {
                           return Colour{sample.shade, 0, 0};
                         });
  };
  EXPECT_EQ(painted().rgb, painted().rgb);
}

}  // namespace
}  // namespace focalhip
