#include "analysis/cortex/read_profile.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "analysis/cortex/measure_layer.h"

namespace focalhip {
namespace {

constexpr double surface_x_mm = 12.3;

// A slab of bone from x = 12.3 mm on, smooth as a blurred edge, cortex 2 mm; noise if asked.
BsplineVolume slab(double noise_sd) {
  VoxelGrid grid;
  grid.size = {40, 30, 30};
  grid.spacing_mm = {0.8, 0.8, 1.0};
  std::mt19937 random(3);
  std::normal_distribution<double> noise(0.0, noise_sd);
  std::vector<float> values;
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 0; j < grid.size[1]; ++j) {
      for (int i = 0; i < grid.size[0]; ++i) {
        const double x = i * 0.8 - surface_x_mm;
        const ProfileBlur blur{.gaussian_sd_mm = 0.7, .box_mm = 0.0};
        const double value =
            20.0 + 1080.0 * blurred_step(x, blur).value - 1000.0 * blurred_step(x - 2.0, blur).value;
        values.push_back(static_cast<float>(value + noise(random)));
      }
    }
  }
  return {grid, values};
}

SurfacePoint at_surface() {
  return {.position_mm = {surface_x_mm, 12.0, 15.0}, .outward = -Eigen::Vector3d::UnitX()};
}

TEST(ReadProfile, RunsFromOutsideToInsideAlongTheNormal) {
  const CortexProfile profile = read_profile(slab(0.0), at_surface(), {});
  ASSERT_EQ(profile.density.size(), 65U);
  EXPECT_DOUBLE_EQ(profile.x_mm(0), -6.0);
  EXPECT_NEAR(profile.density[0], 20.0, 2.0);
  // x = 1 mm, the middle of the cortex: 1 mm is 1.43 SD from either face, 20 + 1080 * 0.923 - 1000 * 0.077.
  EXPECT_NEAR(profile.density[28], 940.0, 5.0);
  EXPECT_NEAR(profile.density[60], 100.0, 2.0);
  EXPECT_NEAR(profile.slice_sine, 0.0, 1e-12);
}

TEST(ReadProfile, TheDiscAveragesNoiseAwayAndAlignsTheLines) {
  const auto noise_outside = [](const CortexProfile& profile) {
    double squares = 0.0;
    for (std::size_t i = 0; i < 16; ++i) squares += std::pow(profile.density[i] - 20.0, 2);
    return std::sqrt(squares / 16.0);
  };
  double line = 0.0;
  double disc = 0.0;
  const BsplineVolume noisy = slab(30.0);
  for (double y = 6.0; y < 18.0; y += 1.0) {
    SurfacePoint point = at_surface();
    point.position_mm.y() = y;
    line += noise_outside(read_profile(noisy, point, {.disc_lines = 0}));
    disc += noise_outside(read_profile(noisy, point, {}));
  }
  EXPECT_LT(disc, 0.75 * line);
  // A normal 10 degrees askew slides the disc's lines by up to 0.2 mm; aligned, their mean keeps the edge.
  SurfacePoint askew = at_surface();
  askew.outward = Eigen::Vector3d(-std::cos(0.17), std::sin(0.17), 0.0);
  const CortexProfile single = read_profile(slab(0.0), askew, {.disc_lines = 0});
  const CortexProfile averaged = read_profile(slab(0.0), askew, {});
  for (std::size_t i = 8; i + 8 < single.density.size(); ++i) {
    EXPECT_NEAR(averaged.density[i], single.density[i], 12.0) << i;
  }
}

TEST(ReadProfile, GivesNoWeightToWhatLiesOutsideTheVolume) {
  SurfacePoint point = at_surface();
  point.position_mm.x() = 4.0;
  const CortexProfile profile = read_profile(slab(0.0), point, {});
  EXPECT_EQ(profile.weight[0], 0.0);   // x = -2 mm in the volume
  EXPECT_EQ(profile.weight[20], 1.0);  // x = 3 mm
}

TEST(WeighProfile, LeavesOutAnotherBoneAndTellsTheGap) {
  CortexProfile profile;
  for (int i = 0; i < 65; ++i) {
    const double x = profile.first_mm + 0.25 * i;
    const auto bump = [&](double at, double height, double sd) {
      return height * std::exp(-0.5 * std::pow((x - at) / sd, 2));
    };
    profile.density.push_back(20.0 + bump(0.8, 900.0, 0.8) + bump(-3.6, 500.0, 0.8) +
                              (x > 0.8 ? 100.0 : 0.0));
    profile.weight.push_back(1.0);
  }
  const double gap = weigh_profile(profile, 0.0, 1150.0);
  EXPECT_NEAR(gap, 2.2, 0.4);  // half way between the bumps, one a little higher
  EXPECT_EQ(profile.weight[4], 0.0);
  EXPECT_EQ(profile.weight[26], 1.0);
}

// A head's cortex of 0.4 mm shows a third of its density; the socket's wall 2.5 mm away is denser.
TEST(WeighProfile, KeepsAThinCortexBesideADenserWall) {
  CortexProfile profile;
  const ProfileBlur blur{.gaussian_sd_mm = 0.55, .box_mm = 0.0};
  const auto step = [&](double x, double at) { return blurred_step(x - at, blur).value; };
  for (int i = 0; i < 65; ++i) {
    const double x = profile.x_mm(static_cast<std::size_t>(i));
    profile.density.push_back(30.0 + 1090.0 * (step(x, 0.0) - step(x, 0.4)) + 190.0 * step(x, 0.4) +
                              900.0 * (step(x, -4.5) - step(x, -2.5)));
    profile.weight.push_back(1.0);
  }
  EXPECT_GT(weigh_profile(profile, 0.0, 1150.0), 0.0);
  EXPECT_EQ(profile.weight[12], 0.0) << "the wall, x = -3 mm";
  EXPECT_EQ(profile.weight[25], 1.0) << "the cortex, x = 0.25 mm";
  const MeasuredLayer layer =
      measure_layer(profile, {.outside = 30.0, .cortex = 1120.0, .blur_sd_mm = 0.55}, {});
  ASSERT_EQ(layer.state, LayerState::valid);
  EXPECT_NEAR(layer.fit.model.thickness_mm, 0.4, 0.03);
}

TEST(WeighProfile, LeavesOutTheFarCortex) {
  CortexProfile profile;
  for (int i = 0; i < 65; ++i) {
    const double x = profile.first_mm + 0.25 * i;
    profile.density.push_back(x < 0.0 ? 30.0 : (x < 1.5 ? 1100.0 : (x < 8.0 ? 120.0 : 900.0)));
    profile.weight.push_back(1.0);
  }
  EXPECT_LT(weigh_profile(profile, 0.0, 1150.0), 0.0);
  EXPECT_EQ(profile.weight[64], 0.0);
  EXPECT_GT(profile.weight[26], 0.0);
}

}  // namespace
}  // namespace focalhip
