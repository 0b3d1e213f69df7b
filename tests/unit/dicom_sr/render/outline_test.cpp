#include "dicom_sr/render/outline.h"

#include <cmath>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

double length_of(const std::vector<Segment>& segments) {
  double sum = 0.0;
  for (const Segment& s : segments) sum += std::hypot(s.to.x - s.from.x, s.to.y - s.from.y);
  return sum;
}

// One pixel: four diagonal cuts of length sqrt(1/2) around it.
TEST(Outline, SurroundsASinglePixel) {
  const std::vector<std::uint8_t> labels{0, 0, 0, 0, 2, 0, 0, 0, 0};
  const std::vector<Segment> segments = outline(labels, 3, 3, 2);
  EXPECT_EQ(segments.size(), 4U);
  EXPECT_NEAR(length_of(segments), 4.0 * std::sqrt(0.5), 1e-12);
  for (const Segment& s : segments) {
    EXPECT_NEAR(std::hypot(s.from.x - 1.5, s.from.y - 1.5), 0.5, 1e-12);
  }
}

// Every point of a closed outline belongs to two segments; a mask that touches the border closes too.
TEST(Outline, IsClosedAlsoAtTheBorderOfTheImage) {
  const std::vector<std::uint8_t> labels{1, 1, 0, 1, 1, 0, 0, 0, 1};
  std::vector<std::pair<double, double>> ends;
  for (const Segment& s : outline(labels, 3, 3, 1)) {
    ends.emplace_back(s.from.x, s.from.y);
    ends.emplace_back(s.to.x, s.to.y);
  }
  ASSERT_FALSE(ends.empty());
  for (const auto& end : ends) EXPECT_EQ(std::count(ends.begin(), ends.end(), end), 2);
}

TEST(Outline, OfOtherLabelsIsEmpty) {
  const std::vector<std::uint8_t> labels{1, 1, 1, 1};
  EXPECT_TRUE(outline(labels, 2, 2, 3).empty());
}

TEST(CentreOf, IsTheMeanOfThePixelCentres) {
  const std::vector<std::uint8_t> labels{0, 1, 0, 1};
  const std::optional<Point> centre = centre_of(labels, 2, 2, 1);
  ASSERT_TRUE(centre.has_value());
  EXPECT_DOUBLE_EQ(centre->x, 1.5);
  EXPECT_DOUBLE_EQ(centre->y, 1.0);
  EXPECT_FALSE(centre_of(labels, 2, 2, 9).has_value());
}

}  // namespace
}  // namespace focalhip
