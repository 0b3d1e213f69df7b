#include "analysis/femur/cut_pictures.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/drawn_hips.h"

namespace focalhip {
namespace {

using test::draw;

TEST(CutPictures, ShowBothHeadsWithTheirMasks) {
  const CtVolume ct = draw({});
  const std::optional<std::array<FemurOutcome, 2>> femora = segment_femora(ct, {});
  const std::vector<SlicePicture> pictures = cut_pictures(ct, femora);
  ASSERT_EQ(pictures.size(), 2U);
  EXPECT_EQ(pictures[0].plane, SlicePicture::Plane::axial);
  EXPECT_EQ(pictures[1].plane, SlicePicture::Plane::coronal);
  EXPECT_NEAR(pictures[0].position_mm, 0.0, 0.5);  // through the heads
  for (const SlicePicture& picture : pictures) {
    const auto pixels = static_cast<std::size_t>(picture.columns) * static_cast<std::size_t>(picture.rows);
    ASSERT_EQ(picture.hu.size(), pixels);
    ASSERT_EQ(picture.mask.size(), pixels);
    // Mask 1 where x < 0 (right), 2 where x > 0, in numbers of a head's cross-section: pi 23^2 = 1662 mm2.
    double right_mm2 = 0.0;
    double left_mm2 = 0.0;
    for (int row = 0; row < picture.rows; ++row) {
      for (int column = 0; column < picture.columns; ++column) {
        const std::uint8_t label =
            picture.mask[static_cast<std::size_t>(row) * static_cast<std::size_t>(picture.columns) +
                         static_cast<std::size_t>(column)];
        const double x = picture.left_edge_x_mm + column * picture.pixel_mm;
        if (label == 1) {
          EXPECT_LT(x, 0.0);
          right_mm2 += picture.pixel_mm * picture.pixel_mm;
        }
        if (label == 2) {
          EXPECT_GT(x, 0.0);
          left_mm2 += picture.pixel_mm * picture.pixel_mm;
        }
      }
    }
    EXPECT_GT(right_mm2, 1500.0);
    EXPECT_GT(left_mm2, 1500.0);
  }
}

TEST(CutPictures, HaveSquarePixelsAlsoAcrossThickSlices) {
  const CtVolume ct = draw({.spacing_mm = 3.0});
  const SlicePicture coronal = cut_pictures(ct, std::nullopt)[1];
  const double height_mm = (ct.grid.size[2] - 1) * 3.0;
  EXPECT_NEAR(coronal.rows * coronal.pixel_mm, height_mm + coronal.pixel_mm, coronal.pixel_mm);
  EXPECT_NEAR(coronal.top_edge_mm, ct.grid.origin_patient_mm.z() + height_mm, 1e-9);
  EXPECT_EQ(std::count(coronal.mask.begin(), coronal.mask.end(), 0),
            static_cast<std::ptrdiff_t>(coronal.mask.size()));
}

TEST(CutPictures, ShowPatientLeftAtTheRightOfThePictureWhateverTheStorageOrder) {
  CtVolume ct;
  ct.grid.size = {40, 30, 5};
  ct.grid.spacing_mm = {2.0, 2.0, 2.0};
  ct.grid.origin_patient_mm = {39.0, 29.0, 0.0};  // columns to the right, rows to anterior
  ct.grid.patient_axes.col(0) *= -1.0;
  ct.grid.patient_axes.col(1) *= -1.0;
  ct.hu.assign(ct.grid.voxel_count(), 0);
  ct.hu[ct.grid.index(0, 0, 2)] = 777;  // most left, most posterior
  const SlicePicture axial = cut_pictures(ct, std::nullopt)[0];
  ASSERT_EQ(axial.columns, 40);
  ASSERT_EQ(axial.rows, 30);
  EXPECT_EQ(axial.hu.back(), 777);
}

TEST(CutPictures, TakesTheSmallestVolumes) {
  EXPECT_TRUE(cut_pictures(CtVolume{}, std::nullopt).empty());
  CtVolume one;
  one.grid.size = {1, 1, 1};
  one.hu = {5};
  EXPECT_EQ(cut_pictures(one, std::nullopt).at(1).hu.at(0), 5);
}

}  // namespace
}  // namespace focalhip
