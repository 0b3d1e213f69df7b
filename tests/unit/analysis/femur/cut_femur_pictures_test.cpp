#include "analysis/femur/cut_femur_pictures.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <Eigen/Geometry>

namespace focalhip {
namespace {

using Eigen::Vector2d;
using Eigen::Vector3d;

const Vector3d head_mm(-88.3, -4.2, 125.4);
constexpr double radius_mm = 23.7;

// A trunk with a gradient in patient x, so that a picture's HU tell where it was cut.
CtVolume scan() {
  CtVolume ct;
  ct.grid.size = {160, 120, 160};
  ct.grid.spacing_mm = {1.6, 1.6, 1.5};
  ct.grid.origin_patient_mm = {-200.0, -100.0, 0.0};
  for (int slice = 0; slice < 160; ++slice) {
    for (int row = 0; row < 120; ++row) {
      for (int column = 0; column < 160; ++column) {
        const Vector3d p = ct.grid.patient_from_voxel({double(column), double(row), double(slice)});
        ct.hu.push_back(static_cast<std::int16_t>(std::lround(2.0 * p.x() + 3.0 * p.y() - p.z())));
      }
    }
  }
  return ct;
}

// A femur that is its head, with the neck band above and below a height as FN and IT.
FemurMeasurement ball() {
  FemurMeasurement femur;
  femur.side = Side::right;
  femur.frame.head_centre_patient_mm = head_mm;
  femur.frame.head_radius_mm = radius_mm;
  femur.frame.shaft_point_patient_mm = head_mm + Vector3d(-45.0, 0.0, -80.0);
  femur.frame.shaft_axis_patient = Vector3d::UnitZ();
  femur.frame.neck_point_patient_mm = head_mm;
  femur.frame.lesser_trochanter_patient_mm = head_mm + Vector3d(-30.0, 10.0, -70.0);
  VoxelGrid& grid = femur.mask.mask.grid;
  grid.size = {70, 70, 70};
  grid.spacing_mm = {0.9, 0.9, 1.0};
  grid.origin_patient_mm = head_mm - Vector3d(31.2, 31.3, 34.6);
  femur.voi.grid = grid;
  for (int slice = 0; slice < 70; ++slice) {
    for (int row = 0; row < 70; ++row) {
      for (int column = 0; column < 70; ++column) {
        const Vector3d p = grid.patient_from_voxel({double(column), double(row), double(slice)});
        const double distance_mm = (p - head_mm).norm() - radius_mm;
        const bool inside = distance_mm < 0.0;
        femur.mask.surface_distance_mm.push_back(static_cast<float>(distance_mm));
        femur.mask.mask.label.push_back(inside ? 1 : 0);
        femur.mask.prior_only.push_back(p.x() > head_mm.x() ? 1 : 0);
        femur.voi.label.push_back(static_cast<std::uint8_t>(!inside ? 0 : p.z() > head_mm.z() ? 1 : 3));
      }
    }
  }
  return femur;
}

Vector3d on_patient(const FemurPicture& picture, const Vector2d& pixel) {
  return picture.first_pixel_patient_mm + picture.pixel_mm * ((pixel.x() - 0.5) * picture.right_patient +
                                                              (pixel.y() - 0.5) * picture.down_patient);
}

TEST(CutFemurPictures, TheOutlineLiesOnTheSurfaceInEveryPlane) {
  const FemurMeasurement femur = ball();
  int pictures_with_outline = 0;
  for (const FemurPicture& picture : cut_femur_pictures(scan(), femur)) {
    for (const OutlineLine& line : picture.outline) {
      // Trilinear distance of a sphere on 1 mm voxels: below h^2 / (4 R) off.
      EXPECT_NEAR((on_patient(picture, line.from) - head_mm).norm(), radius_mm, 0.03);
    }
    pictures_with_outline += picture.outline.empty() ? 0 : 1;
  }
  EXPECT_EQ(pictures_with_outline, 3);  // the lesser trochanter lies below the ball
}

TEST(CutFemurPictures, TheOutlineTellsTheRegionInsideAndWhereThereIsNoEdge) {
  const FemurMeasurement femur = ball();
  const FemurPicture picture = cut_femur_pictures(scan(), femur)[2];
  ASSERT_EQ(picture.plane, FemurPicture::Plane::neck_shaft);
  for (const OutlineLine& line : picture.outline) {
    const Vector3d point = on_patient(picture, 0.5 * (line.from + line.to));
    if (std::abs(point.z() - head_mm.z()) > 2.0) {
      EXPECT_EQ(int{line.voi}, point.z() > head_mm.z() ? 1 : 3);
    }
    if (std::abs(point.x() - head_mm.x()) > 1.0) {
      EXPECT_EQ(line.prior_only, point.x() > head_mm.x());
    }
  }
}

TEST(CutFemurPictures, BordersOfRegionsAreStraightAndInsideTheBone) {
  const FemurPicture picture = cut_femur_pictures(scan(), ball())[2];
  double leftmost = 1e9;
  double rightmost = -1e9;
  for (const OutlineLine& line : picture.voi_borders) {
    const Vector3d point = on_patient(picture, line.from);
    // Label by voxel centre: the border lies up to half a voxel from the plane.
    EXPECT_NEAR(point.z(), head_mm.z(), 0.7);
    EXPECT_LT((point - head_mm).norm(), radius_mm);
    leftmost = std::min(leftmost, point.x());
    rightmost = std::max(rightmost, point.x());
  }
  EXPECT_GT(rightmost - leftmost, 2.0 * radius_mm - 4.0);  // it crosses the whole bone
  EXPECT_TRUE(picture.voi_at[0] && picture.voi_at[2]);
  EXPECT_FALSE(picture.voi_at[1]);
}

TEST(CutFemurPictures, GreyIsThatOfThePlaceOnThePicture) {
  for (const FemurPicture& picture : cut_femur_pictures(scan(), ball())) {
    for (const int row : {60, 130, 200}) {
      const Vector3d p = on_patient(picture, {150.5, row + 0.5});
      const int hu = picture.hu[static_cast<std::size_t>(row * picture.columns + 150)];
      EXPECT_NEAR(hu, 2.0 * p.x() + 3.0 * p.y() - p.z(), 2.0);
    }
  }
}

// Patient right or anterior at the left border, anterior or cranial on top, whatever the side.
TEST(CutFemurPictures, AreTurnedAsRadiologistsExpect) {
  for (const double sign : {-1.0, 1.0}) {
    FemurMeasurement femur = ball();
    femur.frame.shaft_point_patient_mm = head_mm + Vector3d(sign * 45.0, 0.0, -80.0);
    const std::vector<FemurPicture> pictures = cut_femur_pictures(scan(), femur);
    ASSERT_EQ(pictures.size(), 4U);
    EXPECT_GT(pictures[0].right_patient.x(), 0.99);
    EXPECT_GT(pictures[0].down_patient.y(), 0.99);
    EXPECT_GT(pictures[2].right_patient.x(), 0.9);
    EXPECT_LT(pictures[2].down_patient.z(), -0.9);
    EXPECT_GT(pictures[3].right_patient.y(), 0.99);
    EXPECT_LT(pictures[3].down_patient.z(), -0.99);
  }
}

TEST(CutFemurPictures, AnUnmeasuredFemurHasSlicesThroughItsHeadWithoutOutline) {
  UnmeasuredFemur femur;
  EXPECT_TRUE(cut_femur_pictures(scan(), femur).empty());
  femur.head_centre_patient_mm = head_mm;
  const std::vector<FemurPicture> pictures = cut_femur_pictures(scan(), femur);
  ASSERT_EQ(pictures.size(), 3U);
  for (const FemurPicture& picture : pictures) {
    EXPECT_TRUE(picture.outline.empty());
    const Vector3d normal = picture.right_patient.cross(picture.down_patient);
    EXPECT_NEAR((head_mm - picture.first_pixel_patient_mm).dot(normal), 0.0, 1e-9);
  }
}

}  // namespace
}  // namespace focalhip
