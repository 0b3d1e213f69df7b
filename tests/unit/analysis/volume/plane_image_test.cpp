#include "analysis/volume/plane_image.h"

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// value = 3 x - 2 y + 7 in millimetres.
PlaneImage ramp() {
  PlaneImage image{.columns = 7, .rows = 5, .pixel_mm = {0.5, 2.0}, .value = {}, .valid = {}};
  for (int row = 0; row < image.rows; ++row) {
    for (int column = 0; column < image.columns; ++column) {
      image.value.push_back(static_cast<float>(3.0 * 0.5 * column - 2.0 * 2.0 * row + 7.0));
    }
  }
  image.valid.assign(image.value.size(), 1);
  return image;
}

TEST(PlaneImage, BilinearSamplesReproduceARamp) {
  const PlaneImage image = ramp();
  for (const Eigen::Vector2d& at : {Eigen::Vector2d(0.0, 0.0), {1.3, 4.1}, {3.0, 8.0}, {2.99, 0.01}}) {
    EXPECT_NEAR(image.sample(at), 3.0 * at.x() - 2.0 * at.y() + 7.0, 1e-5);  // float storage
  }
}

TEST(PlaneImage, PositionsOutsideReadTheBorder) {
  const PlaneImage image = ramp();
  EXPECT_NEAR(image.sample({-5.0, 0.0}), 7.0, 1e-5);
  EXPECT_NEAR(image.sample({100.0, 100.0}), 3.0 * 3.0 - 2.0 * 8.0 + 7.0, 1e-5);
  EXPECT_FALSE(image.contains(Eigen::Vector2d(-0.1, 0.0)));
  EXPECT_TRUE(image.contains(Eigen::Vector2d(3.0, 8.0)));
}

TEST(PlaneImage, OnePixelCanBeSampledToo) {
  const PlaneImage image{.columns = 1, .rows = 1, .pixel_mm = {1.0, 1.0}, .value = {4.0F}, .valid = {1}};
  EXPECT_DOUBLE_EQ(image.sample({0.3, -0.2}), 4.0);
}

TEST(PlaneImage, SmoothingKeepsTheSumOfAPointAndItsWidth) {
  PlaneImage image{.columns = 41, .rows = 41, .pixel_mm = {0.5, 0.5}, .value = {}, .valid = {}};
  image.value.assign(41 * 41, 0.0F);
  image.valid.assign(image.value.size(), 1);
  image.value[image.index(20, 20)] = 1000.0F;
  const PlaneImage result = smoothed(image, 1.0);
  double sum = 0.0;
  double spread = 0.0;
  for (int row = 0; row < 41; ++row) {
    for (int column = 0; column < 41; ++column) {
      sum += result.value[result.index(column, row)];
      spread += result.value[result.index(column, row)] * 0.25 * (column - 20) * (column - 20);
    }
  }
  EXPECT_NEAR(sum, 1000.0, 0.01);
  EXPECT_NEAR(spread / sum, 1.0, 0.03);  // the kernel ends at 3 sigma, which cuts 2.7 % of the variance
}

}  // namespace
}  // namespace focalhip
