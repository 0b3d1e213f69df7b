#include "analysis/cortex/exclude_vertices.h"

#include <cmath>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

const Eigen::Vector3d head_mm(10.0, -5.0, 40.0);
constexpr double radius_mm = 22.0;

FemurFrame frame() {
  FemurFrame frame;
  frame.head_centre_patient_mm = head_mm;
  frame.head_radius_mm = radius_mm;
  return frame;
}

// 0.6 mm upward, 3 mm forward, no wall to the side.
JointSpaceMap joint() {
  JointSpaceMap map;
  map.direction_patient = {{0, 0, 1}, {0, -1, 0}, {1, 0, 0}};
  map.gap_mm = {0.6F, 3.0F, std::nanf("")};
  return map;
}

TEST(JointGapAt, IsThatOfTheDirectionThePointLooksInto) {
  const auto gap = [](const Eigen::Vector3d& direction, double distance_mm) {
    return joint_gap_at(head_mm + distance_mm * direction.normalized(), frame(), joint());
  };
  EXPECT_NEAR(gap({0, 0, 1}, radius_mm).value(), 0.6, 1e-6);
  EXPECT_NEAR(gap({0.05, 0, 1}, radius_mm + 1.5).value(), 0.6, 1e-6);
  EXPECT_NEAR(gap({0, -1, 0}, radius_mm).value(), 3.0, 1e-6);
  EXPECT_FALSE(gap({1, 0, 0}, radius_mm)) << "no wall there";
  EXPECT_FALSE(gap({0, 1, 1}, radius_mm)) << "no direction of the map is near";
  EXPECT_FALSE(gap({0, 0, 1}, radius_mm + 20.0)) << "not at the head";
  EXPECT_FALSE(joint_gap_at(head_mm + Eigen::Vector3d(0, 0, radius_mm), frame(), {}));
}

TEST(ExcludedVertices, SayWhyNothingIsMeasured) {
  FemurSurface surface;
  surface.mesh.vertices_mm = {head_mm + Eigen::Vector3d(0, 0, radius_mm),   // closed joint
                              head_mm - Eigen::Vector3d(0, radius_mm, 0),   // open joint
                              head_mm + Eigen::Vector3d(radius_mm, 0, 0),   // sphere only
                              head_mm - Eigen::Vector3d(0, 0, 60.0),        // cut
                              head_mm - Eigen::Vector3d(radius_mm, 0, 0)};  // beside metal
  surface.to_rim_mm = {80.0, 60.0, 60.0, 1.0, 60.0};
  FemurMeasurement femur;
  femur.frame = frame();
  VoxelGrid grid;
  grid.size = {60, 60, 100};
  grid.spacing_mm = {1.0, 1.0, 1.0};
  grid.origin_patient_mm = head_mm - Eigen::Vector3d(30.0, 30.0, 70.0);
  femur.mask.mask.grid = grid;
  femur.mask.prior_only.assign(grid.voxel_count(), 0);
  femur.mask.prior_only[grid.index(30 + 22, 30, 70)] = 1;
  HuRegion region{.grid = grid, .hu = std::vector<float>(grid.voxel_count(), 0.0F)};
  region.hu[grid.index(30 - 22 - 4, 30, 70)] = 3050.0F;

  const std::vector<Unmeasured> excluded = excluded_vertices(surface, region, femur, joint(), {});
  const std::vector<Unmeasured> expected{Unmeasured::closed_joint,
                                         Unmeasured::measured,
                                         Unmeasured::hidden_joint,
                                         Unmeasured::rim,
                                         Unmeasured::metal};
  EXPECT_EQ(excluded, expected);
}

}  // namespace
}  // namespace focalhip
