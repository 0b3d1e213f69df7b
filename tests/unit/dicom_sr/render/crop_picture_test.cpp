#include "dicom_sr/render/crop_picture.h"

#include <gtest/gtest.h>

#include "tests/support/fake_results.h"

namespace focalhip {
namespace {

// A body of 0 HU from column 40 to 79 and row 100 to 199 in air, 1 mm pixels.
SlicePicture body_in_air(SlicePicture::Plane plane) {
  SlicePicture picture;
  picture.plane = plane;
  picture.columns = 120;
  picture.rows = 300;
  picture.left_edge_x_mm = -60.0;
  picture.top_edge_mm = plane == SlicePicture::Plane::axial ? -150.0 : 150.0;
  picture.hu.assign(120U * 300U, -1000);
  picture.mask.assign(120U * 300U, 0);
  for (std::size_t row = 100; row < 200; ++row) {
    for (std::size_t column = 40; column < 80; ++column) picture.hu[row * 120U + column] = 0;
  }
  return picture;
}

// 6 mm of air are kept on every side.
TEST(CropPicture, RemovesTheAirAndMovesTheEdges) {
  const SlicePicture axial = crop_picture(body_in_air(SlicePicture::Plane::axial), {});
  EXPECT_NEAR(axial.columns, 40 + 12, 1);
  EXPECT_NEAR(axial.rows, 100 + 12, 1);
  EXPECT_DOUBLE_EQ(axial.left_edge_x_mm, -60.0 + 40.0 - 6.0);
  EXPECT_DOUBLE_EQ(axial.top_edge_mm, -150.0 + 100.0 - 6.0);
  EXPECT_TRUE(is_drawable(axial));
  EXPECT_EQ(axial.hu[6U * static_cast<std::size_t>(axial.columns) + 6U], 0);
  EXPECT_EQ(axial.hu[5U * static_cast<std::size_t>(axial.columns) + 6U], -1000);

  const SlicePicture coronal = crop_picture(body_in_air(SlicePicture::Plane::coronal), {});
  EXPECT_DOUBLE_EQ(coronal.top_edge_mm, 150.0 - 100.0 + 6.0);
}

// Heads at z = 20: the picture begins 90 mm above, at z = 110 = row 40, where there is air down to row 100.
TEST(CropPicture, ShowsTheHipsOfALongScan) {
  HipReport report = test::refused_report_with_pictures();
  for (FemurResult& femur : report.femurs) {
    std::get<UnmeasuredFemur>(femur.outcome).head_centre_patient_mm = Eigen::Vector3d(0.0, 0.0, 20.0);
  }
  SlicePicture tall = body_in_air(SlicePicture::Plane::coronal);
  tall.hu.assign(tall.hu.size(), 40);  // body everywhere
  const SlicePicture coronal = crop_picture(tall, report);
  EXPECT_DOUBLE_EQ(coronal.top_edge_mm, 110.0);
  EXPECT_EQ(coronal.rows, 90 + 170);
  EXPECT_EQ(coronal.columns, 120);
}

TEST(CropPicture, KeepsAPictureOfNothingButAir) {
  SlicePicture air = body_in_air(SlicePicture::Plane::axial);
  air.hu.assign(air.hu.size(), -1000);
  const SlicePicture cropped = crop_picture(air, {});
  EXPECT_EQ(cropped.columns, air.columns);
  EXPECT_EQ(cropped.rows, air.rows);
}

}  // namespace
}  // namespace focalhip
