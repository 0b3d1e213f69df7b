#include "analysis/femur/contour_lines.h"

#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

constexpr int size = 80;

template <typename Value>
std::vector<float> field(const Value& value) {
  std::vector<float> result;
  for (int row = 0; row < size; ++row) {
    for (int column = 0; column < size; ++column) {
      result.push_back(static_cast<float>(value(column + 0.5, row + 0.5)));
    }
  }
  return result;
}

std::vector<ContourLine> circle_lines(double x, double y, double radius) {
  return contour_lines(
      field([&](double column, double row) { return std::hypot(column - x, row - y) - radius; }),
      size,
      size,
      0.0F);
}

TEST(ContourLines, LieOnACircleFinerThanAPixel) {
  const std::vector<ContourLine> lines = circle_lines(40.3, 38.9, 25.4);
  ASSERT_GT(lines.size(), 100U);
  double length = 0.0;
  for (const ContourLine& line : lines) {
    // Linear between pixels: the sagitta of a unit chord, 1 / (8 R), is all that is lost.
    EXPECT_NEAR(std::hypot(line.from.x() - 40.3, line.from.y() - 38.9), 25.4, 0.006);
    length += (line.to - line.from).norm();
  }
  EXPECT_NEAR(length, 2.0 * std::acos(-1.0) * 25.4, 0.1);
}

TEST(ContourLines, CloseOnThemselves) {
  std::map<std::pair<long, long>, int> ends;
  for (const ContourLine& line : circle_lines(40.3, 38.9, 25.4)) {
    for (const Eigen::Vector2d& end : {line.from, line.to}) {
      ++ends[{std::lround(end.x() * 1e5), std::lround(end.y() * 1e5)}];
    }
  }
  for (const auto& [end, count] : ends) EXPECT_EQ(count, 2);
}

TEST(ContourLines, TellWhereInsideIs) {
  for (const ContourLine& line : circle_lines(40.0, 40.0, 20.0)) {
    const Eigen::Vector2d to_middle = Eigen::Vector2d(40.0, 40.0) - 0.5 * (line.from + line.to);
    EXPECT_GT(line.inward.dot(to_middle.normalized()), 0.98);
  }
}

TEST(ContourLines, SkipWhatIsNotKnown) {
  std::vector<float> values = field([](double column, double) { return column - 40.2; });
  for (int row = 0; row < 40; ++row) {
    values[static_cast<std::size_t>(row) * size + 40U] = std::numeric_limits<float>::quiet_NaN();
  }
  for (const ContourLine& line : contour_lines(values, size, size, 0.0F)) EXPECT_GE(line.from.y(), 40.0);
}

// Inside at two opposite corners: two lines that do not cross, joined as the mean says.
TEST(ContourLines, DecideASaddleByItsMean) {
  const std::vector<ContourLine> joined = contour_lines(std::vector<float>{-2, 1, 1, -2}, 2, 2, 0.0F);
  const std::vector<ContourLine> parted = contour_lines(std::vector<float>{-1, 2, 2, -1}, 2, 2, 0.0F);
  ASSERT_EQ(joined.size(), 2U);
  ASSERT_EQ(parted.size(), 2U);
  const auto nearest_to = [](const std::vector<ContourLine>& lines, double x, double y) {
    double nearest = 10.0;
    for (const ContourLine& line : lines) {
      nearest = std::min(nearest, (0.5 * (line.from + line.to) - Eigen::Vector2d(x, y)).norm());
    }
    return nearest;
  };
  // Joined: the lines cut off the outer corners (1.5, 0.5) and (0.5, 1.5); parted: the inner ones.
  EXPECT_LT(nearest_to(joined, 1.5, 0.5), nearest_to(joined, 0.5, 0.5));
  EXPECT_LT(nearest_to(parted, 0.5, 0.5), nearest_to(parted, 1.5, 0.5));
}

}  // namespace
}  // namespace focalhip
