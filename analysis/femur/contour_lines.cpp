#include "analysis/femur/contour_lines.h"

#include <array>
#include <cmath>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {

// The four pixels of a square, clockwise from the top left one, less the level.
struct Square {
  std::array<double, 4> value;
  Eigen::Vector2d top_left;

  [[nodiscard]] bool is_inside(std::size_t corner) const { return value[corner] < 0.0; }
  [[nodiscard]] bool is_crossed(std::size_t edge) const {
    return is_inside(edge) != is_inside((edge + 1) % 4);
  }
  // Edge i runs from corner i to the next one.
  [[nodiscard]] Eigen::Vector2d crossing(std::size_t edge) const {
    static const std::array<Eigen::Vector2d, 4> corners{
        Eigen::Vector2d(0, 0), Eigen::Vector2d(1, 0), Eigen::Vector2d(1, 1), Eigen::Vector2d(0, 1)};
    const std::size_t next = (edge + 1) % 4;
    const double share = value[edge] / (value[edge] - value[next]);
    return top_left + corners[edge] + share * (corners[next] - corners[edge]);
  }
  // Gradient in the middle of the square.
  [[nodiscard]] Eigen::Vector2d inward() const {
    const Eigen::Vector2d growing(value[1] + value[2] - value[0] - value[3],
                                  value[2] + value[3] - value[0] - value[1]);
    return growing.norm() > 0.0 ? Eigen::Vector2d(-growing.normalized()) : Eigen::Vector2d(0, 0);
  }
  void add_line(std::size_t edge, std::size_t other_edge, std::vector<ContourLine>& lines) const {
    lines.push_back({.from = crossing(edge), .to = crossing(other_edge), .inward = inward()});
  }
  void add_lines(std::vector<ContourLine>& lines) const;
};

void Square::add_lines(std::vector<ContourLine>& lines) const {
  std::array<std::size_t, 4> crossed{};
  std::size_t count = 0;
  for (std::size_t edge = 0; edge < 4; ++edge) {
    if (is_crossed(edge)) crossed[count++] = edge;
  }
  if (count == 2) add_line(crossed[0], crossed[1], lines);
  if (count != 4) return;
  // Two opposite corners are inside: joined with each other when the middle is.
  const bool middle_inside = value[0] + value[1] + value[2] + value[3] < 0.0;
  const bool cut_off_first = middle_inside != is_inside(0);  // corner 0 stands alone
  add_line(3, cut_off_first ? 0 : 2, lines);
  add_line(1, cut_off_first ? 2 : 0, lines);
}

}  // namespace

std::vector<ContourLine> contour_lines(std::span<const float> values, int columns, int rows, float level) {
  expects(columns >= 0 && rows >= 0 &&
              values.size() == static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows),
          "the values fill the picture");
  std::vector<ContourLine> lines;
  const auto stride = static_cast<std::size_t>(columns);
  for (int row = 0; row + 1 < rows; ++row) {
    for (int column = 0; column + 1 < columns; ++column) {
      const std::size_t at = static_cast<std::size_t>(row) * stride + static_cast<std::size_t>(column);
      const auto less_level = [&](std::size_t index) {
        return static_cast<double>(values[index]) - static_cast<double>(level);
      };
      const Square square{
          .value = {less_level(at), less_level(at + 1), less_level(at + stride + 1), less_level(at + stride)},
          .top_left = {column + 0.5, row + 0.5}};
      const double sum = square.value[0] + square.value[1] + square.value[2] + square.value[3];
      if (!std::isnan(sum)) square.add_lines(lines);
    }
  }
  return lines;
}

}  // namespace focalhip
