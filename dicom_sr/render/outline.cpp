#include "dicom_sr/render/outline.h"

namespace focalhip {

namespace {

// Label lookup that is empty outside the image, so that a mask cut by the border closes.
struct Labels {
  std::span<const std::uint8_t> values;
  int columns;
  int rows;
  std::uint8_t label;

  [[nodiscard]] bool at(int column, int row) const {
    if (column < 0 || row < 0 || column >= columns || row >= rows) return false;
    return values[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
                  static_cast<std::size_t>(column)] == label;
  }
};

// Marching squares of one cell of four pixel centres; (x, y) is the centre of the upper left one.
void append_cell(const Labels& labels, int column, int row, std::vector<Segment>& segments) {
  const bool a = labels.at(column, row);
  const bool b = labels.at(column + 1, row);
  const bool c = labels.at(column + 1, row + 1);
  const bool d = labels.at(column, row + 1);
  if (a == b && b == c && c == d) return;
  const double x = column + 0.5;
  const double y = row + 0.5;
  const Point top{x + 0.5, y};
  const Point right{x + 1.0, y + 0.5};
  const Point bottom{x + 0.5, y + 1.0};
  const Point left{x, y + 0.5};
  if (a == c && b == d) {  // opposite corners touch: they are kept apart
    segments.push_back(a ? Segment{left, top} : Segment{top, right});
    segments.push_back(a ? Segment{right, bottom} : Segment{left, bottom});
    return;
  }
  std::vector<Point> crossed;  // two edges of the cell
  if (a != b) crossed.push_back(top);
  if (b != c) crossed.push_back(right);
  if (c != d) crossed.push_back(bottom);
  if (d != a) crossed.push_back(left);
  segments.push_back({crossed[0], crossed[1]});
}

}  // namespace

std::vector<Segment> outline(std::span<const std::uint8_t> labels,
                             int columns,
                             int rows,
                             std::uint8_t label) {
  const Labels grid{labels, columns, rows, label};
  std::vector<Segment> segments;
  for (int row = -1; row < rows; ++row) {
    for (int column = -1; column < columns; ++column) append_cell(grid, column, row, segments);
  }
  return segments;
}

std::optional<Point> centre_of(std::span<const std::uint8_t> labels,
                               int columns,
                               int rows,
                               std::uint8_t label) {
  const Labels grid{labels, columns, rows, label};
  double count = 0.0;
  Point sum;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      if (!grid.at(column, row)) continue;
      sum.x += column + 0.5;
      sum.y += row + 0.5;
      count += 1.0;
    }
  }
  if (count == 0.0) return std::nullopt;
  return Point{sum.x / count, sum.y / count};
}

}  // namespace focalhip
