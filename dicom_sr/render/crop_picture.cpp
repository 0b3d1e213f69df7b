#include "dicom_sr/render/crop_picture.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace focalhip {

namespace {

constexpr double shown_above_heads_mm = 90.0;
constexpr double shown_below_heads_mm = 170.0;
constexpr std::int16_t body_hu = -300;
// Less than this much body in a row or column is a table edge or a cable.
constexpr double least_body_mm = 12.0;
constexpr double margin_mm = 6.0;

// First and one past the last index shown.
struct Range {
  int first = 0;
  int end = 0;
};

Range clamped(double first, double end, int size) {
  const auto index = [&](double value) {
    return static_cast<int>(std::clamp(std::floor(value), 0.0, static_cast<double>(size)));
  };
  return {index(first), index(end)};
}

std::optional<Eigen::Vector3d> head_centre_patient_mm(const FemurResult& femur) {
  const FemurMeasurement* measured = femur.measurement();
  return measured != nullptr ? measured->frame.head_centre_patient_mm
                             : femur.unmeasured()->head_centre_patient_mm;
}

// Rows of a coronal picture around the heads; all rows when no head is known or none would be left.
Range rows_near_heads(const SlicePicture& picture, const HipReport& report) {
  const Range all{0, picture.rows};
  if (picture.plane != SlicePicture::Plane::coronal) return all;
  std::optional<Range> near;
  for (const FemurResult& femur : report.femurs) {
    const std::optional<Eigen::Vector3d> centre = head_centre_patient_mm(femur);
    if (!centre || !centre->allFinite()) continue;
    const double row = (picture.top_edge_mm - centre->z()) / picture.pixel_mm;
    const Range range = clamped(row - shown_above_heads_mm / picture.pixel_mm,
                                row + shown_below_heads_mm / picture.pixel_mm,
                                picture.rows);
    near = near ? Range{std::min(near->first, range.first), std::max(near->end, range.end)} : range;
  }
  return near && near->end > near->first ? *near : all;
}

std::size_t index_of(const SlicePicture& picture, int column, int row) {
  return static_cast<std::size_t>(row) * static_cast<std::size_t>(picture.columns) +
         static_cast<std::size_t>(column);
}

// The span of indices whose count of body pixels is large enough, with a margin.
Range span_of(const std::vector<int>& counts, const SlicePicture& picture, int offset, int size) {
  const double least = least_body_mm / picture.pixel_mm;
  const auto is_body = [&](int count) { return count >= least; };
  const auto first = std::find_if(counts.begin(), counts.end(), is_body);
  if (first == counts.end()) return {offset, offset + static_cast<int>(counts.size())};
  const auto last = std::find_if(counts.rbegin(), counts.rend(), is_body);
  const double margin = margin_mm / picture.pixel_mm;
  const auto at = static_cast<double>(offset + (first - counts.begin()));
  const auto end = static_cast<double>(offset + (last.base() - counts.begin()));
  return clamped(at - margin, end + margin + 1.0, size);
}

}  // namespace

bool is_drawable(const SlicePicture& picture) {
  if (picture.columns <= 0 || picture.rows <= 0 || !(picture.pixel_mm > 0.0)) return false;
  const std::size_t pixels =
      static_cast<std::size_t>(picture.columns) * static_cast<std::size_t>(picture.rows);
  return picture.hu.size() == pixels && picture.mask.size() == pixels;
}

SlicePicture crop_picture(const SlicePicture& picture, const HipReport& report) {
  const Range near = rows_near_heads(picture, report);
  std::vector<int> in_column(static_cast<std::size_t>(picture.columns));
  std::vector<int> in_row(static_cast<std::size_t>(near.end - near.first));
  for (int row = near.first; row < near.end; ++row) {
    for (int column = 0; column < picture.columns; ++column) {
      if (picture.hu[index_of(picture, column, row)] < body_hu) continue;
      ++in_column[static_cast<std::size_t>(column)];
      ++in_row[static_cast<std::size_t>(row - near.first)];
    }
  }
  const Range columns = span_of(in_column, picture, 0, picture.columns);
  Range rows = span_of(in_row, picture, near.first, picture.rows);
  rows = {std::max(rows.first, near.first), std::min(rows.end, near.end)};

  SlicePicture result = picture;
  result.columns = columns.end - columns.first;
  result.rows = rows.end - rows.first;
  result.left_edge_x_mm += columns.first * picture.pixel_mm;
  result.top_edge_mm +=
      (picture.plane == SlicePicture::Plane::axial ? 1.0 : -1.0) * rows.first * picture.pixel_mm;
  result.hu.clear();
  result.mask.clear();
  for (int row = rows.first; row < rows.end; ++row) {
    for (int column = columns.first; column < columns.end; ++column) {
      result.hu.push_back(picture.hu[index_of(picture, column, row)]);
      result.mask.push_back(picture.mask[index_of(picture, column, row)]);
    }
  }
  return result;
}

}  // namespace focalhip
