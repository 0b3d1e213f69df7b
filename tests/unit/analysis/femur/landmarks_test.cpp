#include <gtest/gtest.h>

#include <Eigen/Geometry>

#include <cmath>
#include <numbers>

#include "analysis/femur/bone_solid.h"
#include "analysis/femur/femur_frame.h"
#include "analysis/femur/head_sphere.h"
#include "analysis/femur/lesser_trochanter.h"
#include "analysis/femur/neck_axis.h"
#include "analysis/femur/right_side.h"
#include "analysis/volume/smooth_gaussian.h"
#include "tests/support/drawn_hips.h"

namespace focalhip {
namespace {

using test::DrawnHips;

VoxelGrid femur_grid() {
  VoxelGrid grid;
  grid.size = {100, 60, 140};
  grid.origin_patient_mm = {-70.0, -30.0, -112.0};
  return grid;
}

// The drawn right femur itself, head at the origin.
BoneSolid drawn_bone() {
  const VoxelGrid grid = femur_grid();
  std::vector<std::uint8_t> mask;
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 0; j < grid.size[1]; ++j) {
      for (int i = 0; i < grid.size[0]; ++i) {
        mask.push_back(test::drawn::femur(grid.patient_from_voxel(Eigen::Vector3d(i, j, k))) < 0.0 ? 1 : 0);
      }
    }
  }
  return make_bone_solid(grid, mask);
}

TEST(BoneSolid, FitsALineThroughCentresAndIgnoresAnOutlier) {
  const Eigen::Vector3d direction = Eigen::Vector3d(0.1, -0.05, 1.0).normalized();
  std::vector<Eigen::Vector3d> points;
  for (int i = 0; i < 25; ++i) points.emplace_back(Eigen::Vector3d(3.0, 4.0, 5.0) + i * direction);
  points[12] += Eigen::Vector3d(2.5, 0.0, 0.0);
  const AxisLine line = fit_axis(points, Eigen::Vector3d::UnitZ());
  EXPECT_GT(line.direction.dot(direction), 1.0 - 1e-5);
  EXPECT_LT(line.distance_mm({3.0, 4.0, 5.0}), 0.06);
}

TEST(BoneSolid, MeasuresTheWayOutOfTheBone) {
  const BoneSolid bone = drawn_bone();
  // Voxels of 1 mm: a quarter of a voxel.
  const Eigen::Vector3d oblique = Eigen::Vector3d(1.0, 0.37, 0.21).normalized();
  EXPECT_NEAR(
      exit_distance_mm(bone, Eigen::Vector3d::Zero(), oblique, 60.0), DrawnHips::head_radius_mm, 0.35);
  const Eigen::Vector3d shaft{-DrawnHips::offset_mm, 0.0, -90.0};
  EXPECT_NEAR(exit_distance_mm(bone, shaft, {0.0, -1.0, 0.0}, 60.0), DrawnHips::shaft_radius_mm, 0.25);
  EXPECT_EQ(exit_distance_mm(bone, shaft, {0.0, 0.0, -1.0}, 60.0), 60.0);  // goes on below the scan
  EXPECT_EQ(exit_distance_mm(bone, {0.0, 29.0, 0.0}, {0.0, 1.0, 0.0}, 60.0), 0.0);
}

TEST(LesserTrochanter, IsFoundWhereItStandsOutFromTheShaft) {
  const BoneSolid bone = drawn_bone();
  const AxisLine shaft{.point_mm = {-DrawnHips::offset_mm, 0.0, 0.0}, .direction = {0.0, 0.0, 1.0}};
  const auto found =
      find_lesser_trochanter(bone, shaft, right_femur::lateral, right_femur::anterior, -110.0, -40.0);
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(found->distal_mm, DrawnHips::lesser_distal_z_mm(), 0.8);
  EXPECT_NEAR(found->tip_mm, DrawnHips::lesser_z_mm, 2.0);  // the top of a sphere is flat
  EXPECT_NEAR(found->protrusion_mm,
              DrawnHips::lesser_out_mm + DrawnHips::lesser_radius_mm - DrawnHips::shaft_radius_mm,
              0.4);
  EXPECT_GT(found->tip_point_mm.y(), 8.0);  // posterior
}

// Below the lesser trochanter the rough line begins to stand out on the same side: what the trochanter is
// measured against must not depend on how much of that was scanned.
TEST(LesserTrochanter, EndsAtTheSameLevelHoweverFarDownTheScanGoes) {
  constexpr double line_top_mm = -100.0;
  VoxelGrid grid = femur_grid();
  grid.size[2] = 180;
  grid.origin_patient_mm.z() = -152.0;
  const Eigen::Vector3d out = Eigen::Vector3d(1.0, 1.0, 0.0).normalized();  // medial and posterior
  std::vector<std::uint8_t> mask;
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 0; j < grid.size[1]; ++j) {
      for (int i = 0; i < grid.size[0]; ++i) {
        const Eigen::Vector3d p = grid.patient_from_voxel(Eigen::Vector3d(i, j, k));
        const Eigen::Vector3d on_axis(-DrawnHips::offset_mm, 0.0, p.z());
        const double line = p.z() > line_top_mm ? 1.0 : test::drawn::sphere(p, on_axis + 7.5 * out, 10.0);
        const Eigen::Vector3d q(p.x(), p.y(), std::max(p.z(), line_top_mm));  // the shaft goes on
        mask.push_back(std::min(test::drawn::femur(q), line) < 0.0 ? 1 : 0);
      }
    }
  }
  const BoneSolid bone = make_bone_solid(grid, mask);
  const AxisLine shaft{.point_mm = {-DrawnHips::offset_mm, 0.0, 0.0}, .direction = {0.0, 0.0, 1.0}};
  const auto distal_mm = [&](double lowest_mm) {
    const auto found =
        find_lesser_trochanter(bone, shaft, right_femur::lateral, right_femur::anterior, lowest_mm, -40.0);
    return found ? found->distal_mm : 0.0;
  };
  for (const double lowest_mm : {-99.0, -115.0, -145.0}) {
    EXPECT_NEAR(distal_mm(lowest_mm), DrawnHips::lesser_distal_z_mm(), 0.8) << lowest_mm;
  }
}

TEST(LesserTrochanter, IsNotFoundOnABareShaft) {
  const BoneSolid bone = drawn_bone();
  const AxisLine shaft{.point_mm = {-DrawnHips::offset_mm, 0.0, 0.0}, .direction = {0.0, 0.0, 1.0}};
  EXPECT_FALSE(find_lesser_trochanter(bone, shaft, right_femur::lateral, right_femur::anterior, -110.0, -76.0)
                   .has_value());
}

// With shaft enough to show it, a missing trochanter is not the scan's fault.
TEST(FemurFrame, TellsAMissingLesserTrochanterFromAShortScan) {
  VoxelGrid grid = femur_grid();
  const auto refusal_at = [&](int first_slice) {
    VoxelGrid cut = grid;
    cut.size[2] -= first_slice;
    cut.origin_patient_mm.z() += first_slice;
    std::vector<std::uint8_t> mask;
    for (int k = 0; k < cut.size[2]; ++k) {
      for (int j = 0; j < cut.size[1]; ++j) {
        for (int i = 0; i < cut.size[0]; ++i) {
          const Eigen::Vector3d p = cut.patient_from_voxel(Eigen::Vector3d(i, j, k));
          const double lesser = (p - Eigen::Vector3d(-DrawnHips::offset_mm, 0.0, p.z())).norm();
          const bool bare = p.z() > -50.0 || lesser < DrawnHips::shaft_radius_mm;
          mask.push_back(test::drawn::femur(p) < 0.0 && bare ? 1 : 0);
        }
      }
    }
    HeadSphere head;
    head.radius_mm = DrawnHips::head_radius_mm;
    try {
      (void)find_femur_frame(
          make_bone_solid(cut, mask), head, Eigen::Vector3d(-0.75, 0.0, -0.66).normalized());
    } catch (const Refusal& refusal) {
      return refusal.code();
    }
    return RefusalCode::processing_failed;
  };
  grid.size[2] = 155;
  grid.origin_patient_mm.z() = -125.0;
  EXPECT_EQ(refusal_at(0), RefusalCode::segmentation);
  EXPECT_EQ(refusal_at(45), RefusalCode::coverage);
}

TEST(NeckAxis, RunsAlongTheNeckAndThroughItsNarrowestPlace) {
  const BoneSolid bone = drawn_bone();
  const HeadSphere head{.centre_mm = {0, 0, 0}, .radius_mm = DrawnHips::head_radius_mm};
  const Eigen::Vector3d along = Eigen::Vector3d{DrawnHips::offset_mm, 0.0, DrawnHips::drop_mm}.normalized();
  // A start 15 degrees off.
  const Eigen::Vector3d start = Eigen::AngleAxisd(0.26, Eigen::Vector3d::UnitX()) * -along;
  const NeckAxis neck = find_neck_axis(bone, head, start);
  EXPECT_GT(neck.line.direction.dot(along), std::cos(2.0 * std::numbers::pi / 180.0));
  EXPECT_NEAR(neck.narrowest_area_mm2, std::numbers::pi * std::pow(DrawnHips::neck_radius_mm, 2), 25.0);
}

TEST(NeckAxis, RefusesABallWithoutNeck) {
  VoxelGrid grid = femur_grid();
  std::vector<std::uint8_t> ball;
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 0; j < grid.size[1]; ++j) {
      for (int i = 0; i < grid.size[0]; ++i) {
        ball.push_back(grid.patient_from_voxel(Eigen::Vector3d(i, j, k)).norm() < 23.0 ? 1 : 0);
      }
    }
  }
  const HeadSphere head{.centre_mm = {0, 0, 0}, .radius_mm = 23.0};
  EXPECT_THROW((void)find_neck_axis(make_bone_solid(grid, ball), head, {0.0, 0.0, -1.0}), Refusal);
}

// A ball of 22 mm with a socket around its upper half whose outer face is a ball of 29 mm.
HuRegion ball_in_socket(double noise_hu) {
  HuRegion region;
  region.grid.size = {90, 90, 90};
  region.grid.origin_patient_mm = {-45.0, -45.0, -45.0};
  for (int k = 0; k < 90; ++k) {
    for (int j = 0; j < 90; ++j) {
      for (int i = 0; i < 90; ++i) {
        const Eigen::Vector3d p =
            region.grid.patient_from_voxel(Eigen::Vector3d(i, j, k)) - Eigen::Vector3d(1.3, -0.7, 0.4);
        const double r = p.norm();
        double hu = 40.0;
        if (r < 22.0) hu = r > 20.5 ? 900.0 : 250.0;
        if (r > 25.0 && r < 29.0 && p.z() > 0.0) hu = 1000.0;
        const double noise = noise_hu * test::drawn::hash_noise(region.grid.index(i, j, k));
        region.hu.push_back(static_cast<float>(hu + noise));
      }
    }
  }
  smooth_gaussian(region.grid, region.hu, 0.8);
  return region;
}

TEST(HeadSphere, IsTheBallAndNotItsSocket) {
  const HuRegion region = ball_in_socket(60.0);
  const auto sphere = fit_head_sphere(region, {4.0, 2.0, -1.5}, {});
  ASSERT_TRUE(sphere.has_value());
  EXPECT_LT((sphere->centre_mm - Eigen::Vector3d(1.3, -0.7, 0.4)).norm(), 0.3);
  EXPECT_NEAR(sphere->radius_mm, 22.0, 0.5);  // a blurred thin shell looks half a millimetre larger
  EXPECT_GT(sphere->inlier_fraction, 0.9);
}

TEST(HeadSphere, IsNotFoundInSoftTissue) {
  HuRegion region = ball_in_socket(0.0);
  for (float& hu : region.hu) hu = 40.0F;
  EXPECT_FALSE(fit_head_sphere(region, {0.0, 0.0, 0.0}, {}).has_value());
}

TEST(RightSide, MirrorsLeftFemoraAndIsItsOwnInverse) {
  FemurFrame frame;
  frame.head_centre_patient_mm = {80.0, 5.0, -3.0};
  frame.neck_axis_patient = Eigen::Vector3d(-0.7, 0.1, 0.7).normalized();
  frame.patient_axes = Eigen::AngleAxisd(0.3, Eigen::Vector3d(1.0, 1.0, 0.2).normalized()).toRotationMatrix();
  const FemurFrame mirrored = mirrored_to_right(frame, Side::left);
  EXPECT_EQ(mirrored.head_centre_patient_mm, Eigen::Vector3d(-80.0, 5.0, -3.0));
  EXPECT_EQ(mirrored_to_right(mirrored, Side::left).neck_axis_patient, frame.neck_axis_patient);
  EXPECT_EQ(mirrored_to_right(mirrored, Side::left).patient_axes, frame.patient_axes);
  EXPECT_EQ(mirrored_to_right(frame, Side::right).head_centre_patient_mm, frame.head_centre_patient_mm);

  VoxelGrid grid = femur_grid();
  const VoxelGrid other = mirrored_to_right(grid, Side::left);
  const Eigen::Vector3d voxel{3.0, 4.0, 5.0};
  const Eigen::Vector3d here = grid.patient_from_voxel(voxel);
  EXPECT_LT((other.patient_from_voxel(voxel) - Eigen::Vector3d(-here.x(), here.y(), here.z())).norm(), 1e-12);
}

}  // namespace
}  // namespace focalhip
