#include "analysis/cortex/map_cortex.h"

#include <cmath>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

constexpr double radius_mm = 14.0;

// A tube along z, cortex 2.4 mm on one side and 1 mm on the other, blurred as a CT blurs it.
double thickness_at(double angle) { return angle > 0.0 ? 2.4 : 1.0; }

DensityVolume tube(double noise_sd) {
  DensityVolume volume;
  volume.grid.size = {50, 50, 24};
  volume.grid.spacing_mm = {0.9, 0.9, 1.0};
  volume.grid.origin_patient_mm = {-22.05, -22.05, 0.0};
  std::mt19937 random(17);
  std::normal_distribution<double> noise(0.0, noise_sd);
  const ProfileBlur blur{.gaussian_sd_mm = 0.55, .box_mm = 0.0};
  for (int k = 0; k < 24; ++k) {
    for (int j = 0; j < 50; ++j) {
      for (int i = 0; i < 50; ++i) {
        const Eigen::Vector3d p = volume.grid.patient_from_voxel(Eigen::Vector3d(i, j, k));
        const double depth = radius_mm - std::hypot(p.x(), p.y());
        const double t = thickness_at(std::atan2(p.y(), p.x()));
        const double value =
            30.0 + 1090.0 * blurred_step(depth, blur).value - 1000.0 * blurred_step(depth - t, blur).value;
        volume.mg_cm3.push_back(static_cast<float>(value + noise(random)));
      }
    }
  }
  return volume;
}

struct Tube {
  TriangleMesh mesh;
  std::vector<SurfacePoint> points;
  std::vector<double> angle;
};

Tube tube_surface() {
  Tube tube;
  constexpr int around = 72;
  constexpr int along = 12;
  for (int k = 0; k < along; ++k) {
    for (int a = 0; a < around; ++a) {
      const double angle = 2.0 * std::numbers::pi * (a + 0.5) / around - std::numbers::pi;
      const Eigen::Vector3d outward(std::cos(angle), std::sin(angle), 0.0);
      tube.mesh.vertices_mm.emplace_back(radius_mm * outward + Eigen::Vector3d(0.0, 0.0, 5.0 + 1.2 * k));
      tube.points.push_back({.position_mm = tube.mesh.vertices_mm.back(),
                             .outward = outward,
                             .mean_curvature_per_mm = 0.5 / radius_mm});
      tube.angle.push_back(angle);
    }
  }
  for (int k = 0; k + 1 < along; ++k) {
    for (int a = 0; a < around; ++a) {
      const int next = (a + 1) % around;
      tube.mesh.triangles.push_back({k * around + a, k * around + next, (k + 1) * around + a});
      tube.mesh.triangles.push_back({k * around + next, (k + 1) * around + next, (k + 1) * around + a});
    }
  }
  return tube;
}

CorticalMap mapped(const Tube& tube,
                   const DensityVolume& volume,
                   std::vector<std::uint8_t> measurable,
                   int threads) {
  MapCortexOptions options;
  options.measure.noise = 20.0;
  return map_cortex(volume, tube.mesh, tube.points, measurable, options, threads);
}

TEST(MapCortex, FindsTheThicknessAllRoundATube) {
  const Tube surface = tube_surface();
  const CorticalMap map = mapped(surface, tube(20.0), std::vector<std::uint8_t>(surface.points.size(), 1), 1);
  EXPECT_NEAR(map.bone.prior.cortex, 1120.0, 20.0);
  for (std::size_t v = 0; v < surface.points.size(); ++v) {
    const double angle = surface.angle[v];
    const double to_border = std::min(std::abs(angle), std::numbers::pi - std::abs(angle));
    if (radius_mm * to_border < 2.5) continue;  // the step between both thicknesses
    EXPECT_EQ(map.state[v], VertexState::measured) << angle;
    // 20 mg/cm3 of noise: SD 0.03 to 0.06 mm.
    EXPECT_NEAR(map.cth_mm[v], thickness_at(angle), 0.25) << angle;
    EXPECT_NEAR(map.cm_mg_cm2[v], 0.1F * map.cbmd_mg_cm3[v] * map.cth_mm[v], 0.05F);
    EXPECT_NEAR(map.ectd_mg_cm3[v], 120.0, 40.0);
  }
}

TEST(MapCortex, DoesNotDependOnTheThreadCount) {
  const Tube surface = tube_surface();
  const std::vector<std::uint8_t> all(surface.points.size(), 1);
  const DensityVolume volume = tube(30.0);
  const CorticalMap one = mapped(surface, volume, all, 1);
  const CorticalMap four = mapped(surface, volume, all, 4);
  EXPECT_EQ(one.cth_mm, four.cth_mm);
  EXPECT_EQ(one.ectd_mg_cm3, four.ectd_mg_cm3);
}

TEST(MapCortex, AFailedVertexTakesItsNeighboursMedianAndSaysSo) {
  const Tube surface = tube_surface();
  DensityVolume volume = tube(10.0);
  // Stripes no bone has, at one vertex: nothing that a layer could describe.
  const std::size_t hole = 6 * 72 + 54;  // on the thick side
  for (std::size_t i = 0; i < volume.mg_cm3.size(); ++i) {
    const Eigen::Vector3d p = volume.grid.patient_from_voxel(Eigen::Vector3d(
        static_cast<double>(i % 50), static_cast<double>(i / 50 % 50), static_cast<double>(i / 2500)));
    if ((p - surface.points[hole].position_mm).norm() < 3.0) {
      volume.mg_cm3[i] = i % 2 == 0 ? 1500.0F : -300.0F;
    }
  }
  const CorticalMap map = mapped(surface, volume, std::vector<std::uint8_t>(surface.points.size(), 1), 1);
  EXPECT_EQ(map.state[hole], VertexState::failed);
  EXPECT_GT(map.invalid_share, 0.0);
  ASSERT_EQ(map.has_value[hole], 1);
  EXPECT_EQ(map.information_share[hole], 0.0F);
  EXPECT_NEAR(map.cth_mm[hole], thickness_at(surface.angle[hole]), 0.3);
}

TEST(MapCortex, LeavesOutWhatItIsTold) {
  const Tube surface = tube_surface();
  std::vector<std::uint8_t> measurable(surface.points.size(), 1);
  measurable[100] = 0;
  const CorticalMap map = mapped(surface, tube(10.0), measurable, 1);
  EXPECT_EQ(map.state[100], VertexState::left_out);
  EXPECT_EQ(map.has_value[100], 0);
  EXPECT_TRUE(std::isnan(map.cth_mm[100]));
}

TEST(EstimateBone, SaysWhenNothingTellsTheDensity) {
  const BoneEstimate estimate = estimate_bone({}, {}, {}, {.fallback = {.cortex = 1100.0}}, 1);
  EXPECT_TRUE(estimate.from_fallback);
  EXPECT_DOUBLE_EQ(estimate.prior.cortex, 1100.0);
}

TEST(MassCurveTop, IsTheDensityThatThickLayersApproach) {
  std::vector<double> mass;
  std::vector<double> peak;
  std::mt19937 random(5);
  std::uniform_real_distribution<double> thickness(0.3, 3.5);
  const ProfileBlur blur{.gaussian_sd_mm = 0.6, .box_mm = 0.0};
  for (int i = 0; i < 2000; ++i) {
    const double t = thickness(random);
    // Middle of a blurred layer of 1150 between 0 and 0.
    peak.push_back(1150.0 * (blurred_step(0.5 * t, blur).value - blurred_step(-0.5 * t, blur).value));
    mass.push_back(1150.0 * t);
  }
  EXPECT_NEAR(mass_curve_top(mass, peak), 1150.0, 0.013 * 1150.0);  // [cbm 3.2]
  EXPECT_EQ(mass_curve_top({}, {}), 0.0);
}

}  // namespace
}  // namespace focalhip
