#include "analysis/calibration/find_circles.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "analysis/calibration/find_row.h"
#include "tests/support/phantom_volume.h"

namespace focalhip {
namespace {

struct Disc {
  double x_mm;
  double y_mm;
  double radius_mm;
  double hu;
};

// A plate of 160 x 40 mm with discs in it, in air; 220 x 120 mm.
PlaneImage plate(const std::vector<Disc>& discs, double noise_hu) {
  PlaneImage image{.columns = 220, .rows = 120, .pixel_mm = {1.0, 1.0}, .value = {}, .valid = {}};
  for (int row = 0; row < image.rows; ++row) {
    for (int column = 0; column < image.columns; ++column) {
      const double outside = test::box_distance(column - 110.0, row - 60.0, 80.0, 20.0);
      double hu = test::mixed(-1000.0, 40.0, test::blurred_share(outside, 0.6));
      for (const Disc& disc : discs) {
        const double distance = std::hypot(column - disc.x_mm, row - disc.y_mm) - disc.radius_mm;
        hu = test::mixed(hu, disc.hu, test::blurred_share(distance, 0.6));
      }
      hu += noise_hu * test::gaussian_noise(5, image.value.size());
      image.value.push_back(static_cast<float>(hu));
    }
  }
  image.valid.assign(image.value.size(), 1);
  return prepared_for_circles(image);
}

TEST(FindCircles, FindsBrightAndDarkDiscsToAFractionOfAPixel) {
  const std::vector<Disc> discs{
      {60.3, 58.8, 8.0, -60.0}, {95.6, 61.2, 6.5, 200.0}, {140.0, 60.5, 10.0, 500.0}};
  const std::vector<Circle> circles = find_circles(plate(discs, 8.0), {});
  for (const Disc& disc : discs) {
    const auto found = std::find_if(circles.begin(), circles.end(), [&](const Circle& circle) {
      return (circle.centre_mm - Eigen::Vector2d(disc.x_mm, disc.y_mm)).norm() < 0.3;
    });
    ASSERT_NE(found, circles.end()) << disc.x_mm;
    EXPECT_NEAR(found->radius_mm, disc.radius_mm, 0.3);  // smoothing by 1 mm draws the edge of a disc inward
    EXPECT_NEAR(found->inside_hu, disc.hu, 5.0);
    EXPECT_NEAR(found->ring_hu, 40.0, 25.0);  // blurred: 2.5 mm outside the edge
    EXPECT_GT(found->coverage, 0.95);
  }
  EXPECT_EQ(circles.size(), discs.size());
}

TEST(FindCircles, AnEmptyPlateHasNone) { EXPECT_TRUE(find_circles(plate({}, 8.0), {}).empty()); }

TEST(FindCircles, DiscsOutsideTheRangeOfRadiiAreNotTaken) {
  EXPECT_TRUE(find_circles(plate({{60.0, 60.0, 3.0, 500.0}, {130.0, 60.0, 16.0, 500.0}}, 8.0), {}).empty());
}

TEST(FindCircles, TinyPicturesAreHarmless) {
  const PlaneImage image{
      .columns = 2, .rows = 1, .pixel_mm = {1.0, 1.0}, .value = {0.0F, 9.0F}, .valid = {1, 1}};
  EXPECT_TRUE(find_circles(image, {}).empty());
}

// ---- rows ----

std::vector<Disc> five(double pitch_mm) {
  std::vector<Disc> discs;
  const std::vector<double> hu{-70.0, -28.0, 197.0, 369.0, 520.0};
  for (std::size_t i = 0; i < hu.size(); ++i) {
    discs.push_back({110.0 + pitch_mm * (static_cast<double>(i) - 2.0), 60.0, 8.0, hu[i]});
  }
  return discs;
}

RowFinding row_in(const std::vector<Disc>& discs) {
  const PlaneImage image = plate(discs, 8.0);
  return find_rows(image, find_circles(image, {}), {1.0, 0.0}, {});
}

TEST(FindRow, TakesFiveEqualDiscsOfEqualPitch) {
  const RowFinding finding = row_in(five(30.0));
  ASSERT_EQ(finding.rows.size(), 1U);
  EXPECT_EQ(finding.rows[0].seen(), 5U);
  EXPECT_EQ(finding.most_aligned, 5U);
}

TEST(FindRow, ADiscOutOfPlaceIsNoRod) {
  std::vector<Disc> discs = five(30.0);
  discs[2].x_mm += 9.0;  // 30 % of the pitch; four rods remain, one place unseen
  const RowFinding finding = row_in(discs);
  ASSERT_EQ(finding.rows.size(), 1U);
  EXPECT_EQ(finding.rows[0].seen(), 4U);
  EXPECT_FALSE(finding.rows[0].places[2]);
}

TEST(FindRow, DiscsOfDifferentSizeAreNoRow) {
  std::vector<Disc> discs = five(30.0);
  discs[0].radius_mm = 5.5;
  discs[1].radius_mm = 11.0;
  EXPECT_TRUE(row_in(discs).rows.empty());
}

TEST(FindRow, EqualHolesOfATableAreNoRow) {
  std::vector<Disc> discs = five(30.0);
  for (Disc& disc : discs) disc.hu = -900.0;
  EXPECT_TRUE(row_in(discs).rows.empty());
}

TEST(FindRow, ThreeDiscsAreNoRowButAreCounted) {
  std::vector<Disc> discs = five(30.0);
  discs.erase(discs.begin(), discs.begin() + 2);
  const RowFinding finding = row_in(discs);
  EXPECT_TRUE(finding.rows.empty());
  EXPECT_EQ(finding.most_aligned, 3U);
}

TEST(FindRow, ARowThatRunsFrontToBackIsNoPhantom) {
  const PlaneImage image = plate(five(30.0), 8.0);
  EXPECT_TRUE(find_rows(image, find_circles(image, {}), {0.0, 1.0}, {}).rows.empty());
}

TEST(FindRow, SixDiscsAreAnotherPhantom) {
  std::vector<Disc> discs = five(26.0);
  discs.push_back({110.0 + 3 * 26.0 - 13.0, 60.0, 8.0, 300.0});
  for (Disc& disc : discs) disc.x_mm -= 13.0;
  discs.back().x_mm += 13.0;
  EXPECT_TRUE(row_in(discs).rows.empty());
}

TEST(FindRow, SixAndThreeAndTwoDiscsAreRowsWhereTheyAreAskedFor) {
  for (const std::size_t count : {6U, 3U, 2U}) {
    std::vector<Disc> discs;
    for (std::size_t i = 0; i < count; ++i) {
      discs.push_back(
          {40.0 + 26.0 * static_cast<double>(i), 60.0, 8.0, 100.0 + 200.0 * static_cast<double>(i)});
    }
    const PlaneImage image = plate(discs, 8.0);
    const RowFinding finding = find_rows(image, find_circles(image, {}), {1.0, 0.0}, {.rods = count});
    ASSERT_EQ(finding.rows.size(), 1U) << count;
    EXPECT_EQ(finding.rows[0].seen(), count);
  }
}

TEST(FindRow, ThePlaceBetweenIsExpectedOnTheParabola) {
  std::vector<std::optional<Eigen::Vector2d>> places;
  for (int i = 0; i < 5; ++i) places.emplace_back(Eigen::Vector2d(30.0 * i, 1.5 * (i - 2) * (i - 2)));
  places[3].reset();
  const Eigen::Vector2d expected = expected_place_mm(places, 3.0);
  EXPECT_NEAR(expected.x(), 90.0, 1e-9);
  EXPECT_NEAR(expected.y(), 1.5, 1e-9);
}

}  // namespace
}  // namespace focalhip
