#include "analysis/femur/joint_space.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/drawn_hips.h"

namespace focalhip {
namespace {

constexpr double head_radius_mm = 23.0;
constexpr double sigma_mm = 0.55;

// Head, gap and wall of the socket along a radius, before any blur.
struct Layers {
  double gap_mm = 3.0;
  double wall_mm = 2.0;
  double wall_hu = 1450.0;
  double behind_mm = 1e3;  // of spongy bone, then bone as dense as the wall again
  [[nodiscard]] double hu(double r) const {
    const double s = r - head_radius_mm;
    if (s < -0.9) return 260.0;
    if (s < 0.0) return 1450.0;
    if (s < gap_mm) return 60.0;
    if (s < gap_mm + wall_mm) return wall_hu;
    return s < gap_mm + wall_mm + behind_mm ? 220.0 : wall_hu;
  }
};

// The upper inner half of the head lies in a socket; blur by numerical integration along the radius.
HipRegion ball_in_socket(const Layers& layers, double noise_hu) {
  HipRegion hip{.side = Side::right, .grid = {}, .hu = {}, .head = {.centre_mm = {0.3, -0.2, 0.1}}};
  hip.head.radius_mm = head_radius_mm;
  hip.grid.spacing_mm = {0.8, 0.8, 1.0};
  hip.grid.size = {100, 100, 80};
  hip.grid.origin_patient_mm = {-39.6, -39.6, -39.5};
  constexpr double step_mm = 0.02;
  std::vector<double> blurred(static_cast<std::size_t>(60.0 / step_mm));
  for (std::size_t i = 0; i < blurred.size(); ++i) {
    double sum = 0.0;
    double weight = 0.0;
    for (double d = -4.0 * sigma_mm; d <= 4.0 * sigma_mm; d += step_mm) {
      const double w = std::exp(-0.5 * d * d / (sigma_mm * sigma_mm));
      sum += w * layers.hu(step_mm * static_cast<double>(i) + d);
      weight += w;
    }
    blurred[i] = sum / weight;
  }
  for (int k = 0; k < hip.grid.size[2]; ++k) {
    for (int j = 0; j < hip.grid.size[1]; ++j) {
      for (int i = 0; i < hip.grid.size[0]; ++i) {
        const Eigen::Vector3d p = hip.grid.patient_from_voxel(Eigen::Vector3d(i, j, k)) - hip.head.centre_mm;
        const double noise = noise_hu * test::drawn::hash_noise(hip.grid.index(i, j, k));
        hip.hu.push_back(static_cast<float>(blurred[static_cast<std::size_t>(p.norm() / step_mm)] + noise));
      }
    }
  }
  return hip;
}

// Interpolation between voxels adds the variance of a sixth of their squared spacing.
const ShaftEdge blur{.sigma_mm = std::sqrt(sigma_mm * sigma_mm + 0.74 / 6.0), .solid_hu = 1450.0};
const Eigen::Vector3d neck = Eigen::Vector3d(-0.7, 0.0, -0.7).normalized();

TEST(JointSpace, IsTheGapWhateverTheBlurOfItsWalls) {
  for (const double gap_mm : {1.2, 1.6, 2.2, 3.0, 4.0}) {
    const JointSpaceMap map = map_joint_space(ball_in_socket({.gap_mm = gap_mm}, 40.0), neck, blur, {});
    ASSERT_TRUE(map.p05_mm) << gap_mm;
    EXPECT_NEAR(*map.p05_mm, gap_mm, 0.3);
    EXPECT_LT(map.fused_share, 0.02);
    ASSERT_EQ(map.direction_patient.size(), map.gap_mm.size());
    for (const Eigen::Vector3d& direction : map.direction_patient) EXPECT_LE(direction.dot(neck), 0.0);
  }
}

// Subchondral bone of the socket is less dense than the shaft; taken for as dense it would be taken for
// thinner, and its face for farther away.
TEST(JointSpace, IsTheGapBesideALessDenseWall) {
  for (const double wall_hu : {1000.0, 1150.0}) {
    for (const double gap_mm : {1.2, 1.9}) {
      const JointSpaceMap map =
          map_joint_space(ball_in_socket({.gap_mm = gap_mm, .wall_hu = wall_hu}, 30.0), neck, blur, {});
      ASSERT_TRUE(map.p05_mm);
      EXPECT_NEAR(*map.p05_mm, gap_mm, 0.15);
    }
  }
}

// The dark bone behind a thick plate is no joint.
TEST(JointSpace, AFusedJointIsFusedWhateverLiesBehindItsPlate) {
  const HipRegion hip = ball_in_socket({.gap_mm = 0.0, .wall_mm = 4.0, .behind_mm = 3.0}, 20.0);
  const JointSpaceMap map = map_joint_space(hip, neck, blur, {});
  EXPECT_FALSE(map.p05_mm);
  EXPECT_GT(map.fused_share, 0.9);
}

// Half of the socket's directions without a gap: the narrow end of the map is zero, not the other half's.
TEST(JointSpace, WhereItIsFusedTheGapIsZero) {
  HipRegion hip = ball_in_socket({.gap_mm = 3.0}, 20.0);
  const HipRegion fused = ball_in_socket({.gap_mm = 0.0, .wall_mm = 5.0}, 20.0);
  for (int k = hip.grid.size[2] / 2 + 8; k < hip.grid.size[2]; ++k) {
    for (int j = 0; j < hip.grid.size[1]; ++j) {
      for (int i = 0; i < hip.grid.size[0]; ++i) {
        const std::size_t at = hip.grid.index(i, j, k);
        hip.hu[at] = fused.hu[at];
      }
    }
  }
  const JointSpaceMap map = map_joint_space(hip, neck, blur, {});
  ASSERT_TRUE(map.p05_mm);
  EXPECT_EQ(*map.p05_mm, 0.0);
  EXPECT_GT(map.fused_share, 0.2);
  EXPECT_LT(map.fused_share, 0.8);
}

// Slices of 3 mm blur the joint above the head away; that it is not seen there does not close it.
TEST(JointSpace, ThickSlicesDoNotCloseAJoint) {
  const HipRegion fine = ball_in_socket({.gap_mm = 3.0}, 20.0);
  HipRegion thick = fine;
  thick.grid.spacing_mm.z() = 3.0;
  thick.grid.size[2] = fine.grid.size[2] / 3;
  thick.grid.origin_patient_mm.z() += 1.0;
  thick.hu.clear();
  for (int k = 0; k < thick.grid.size[2]; ++k) {
    for (int j = 0; j < thick.grid.size[1]; ++j) {
      for (int i = 0; i < thick.grid.size[0]; ++i) {
        float sum = 0.0F;
        for (int n = 0; n < 3; ++n) sum += fine.hu[fine.grid.index(i, j, 3 * k + n)];
        thick.hu.push_back(sum / 3.0F);
      }
    }
  }
  const JointSpaceMap map = map_joint_space(thick, neck, blur, {});
  ASSERT_TRUE(map.p05_mm);
  EXPECT_NEAR(*map.p05_mm, 3.0, 0.6);
  EXPECT_LT(map.fused_share, 0.02);
}

TEST(JointSpace, TellsTheHeadFromItsSocketWhenTheSphereIsMisplaced) {
  HipRegion hip = ball_in_socket({.gap_mm = 1.2}, 30.0);
  const Eigen::Vector3d centre_mm = hip.head.centre_mm;
  hip.head.centre_mm += Eigen::Vector3d(0.4, -0.3, 0.4);
  hip.head.radius_mm += 0.5;
  for (int pass = 0; pass < 2; ++pass) {
    hip.head = head_through_faces(map_joint_space(hip, neck, blur, {}), hip.head);
  }
  EXPECT_LT((hip.head.centre_mm - centre_mm).norm(), 0.25);
  EXPECT_NEAR(hip.head.radius_mm, head_radius_mm, 0.25);
}

TEST(JointSpace, AFusedJointHasNoGapAndSaysSo) {
  HipRegion hip = ball_in_socket({.gap_mm = 0.0}, 20.0);
  const JointSpaceMap map = map_joint_space(hip, neck, blur, {});
  EXPECT_FALSE(map.p05_mm);
  EXPECT_GT(map.fused_share, 0.9);
}

TEST(JointSpace, ABallInSoftTissueHasNoWall) {
  HipRegion hip = ball_in_socket({.gap_mm = 30.0}, 20.0);
  const JointSpaceMap map = map_joint_space(hip, neck, blur, {});
  EXPECT_FALSE(map.p05_mm);
  EXPECT_EQ(map.fused_share, 0.0);
}

}  // namespace
}  // namespace focalhip
