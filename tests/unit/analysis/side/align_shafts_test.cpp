#include "analysis/side/align_shafts.h"

#include <cmath>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// A head and a shaft with nothing between them: no point of a neck's surface.
HipBone head_without_neck() {
  HipBone hip;
  hip.grid.size = {60, 40, 90};
  hip.grid.spacing_mm = {2.0, 2.0, 2.0};
  hip.grid.origin_patient_mm = {-60.0, -40.0, -130.0};
  hip.head.centre_mm = {0.0, 0.0, 0.0};
  hip.head.radius_mm = 23.0;
  AxisLine shaft;
  shaft.point_mm = {-42.0, 0.0, -60.0};
  shaft.direction = {0.0, 0.0, 1.0};
  hip.shaft = shaft;
  for (int k = 0; k < 90; ++k) {
    for (int j = 0; j < 40; ++j) {
      for (int i = 0; i < 60; ++i) {
        const Eigen::Vector3d p = hip.grid.patient_from_voxel(Eigen::Vector3d(i, j, k));
        const bool bone = p.norm() < 21.0 || (p.z() < -70.0 && std::hypot(p.x() + 42.0, p.y()) < 14.0);
        hip.solid.push_back(bone ? 1 : 0);
        hip.hu.push_back(bone ? 600.0F : 50.0F);
      }
    }
  }
  return hip;
}

TEST(CompareFragments, WithoutANeckRestsOnTheShaftsAlone) {
  const HipBone hip = head_without_neck();
  ShaftAlignment shafts;
  shafts.other_from_model.translation() = Eigen::Vector3d(1.0, -2.0, 3.0);
  const FragmentComparison compared = compare_fragments(hip, hip, shafts);
  EXPECT_TRUE(compared.other_from_model_head.isApprox(shafts.other_from_model));
  EXPECT_EQ(compared.turn_rad, 0.0);
  EXPECT_EQ(compared.unexplained_of_model_mm2, 0.0);
  EXPECT_EQ(compared.unexplained_of_other_mm2, 0.0);
}

}  // namespace
}  // namespace focalhip
