#include "testdata/simulator/axis_order.h"

#include <cstddef>

#include "testdata/simulator/series_frames.h"
#include "testdata/simulator/write_series.h"

namespace focalhip::simulator {
namespace {

constexpr std::string_view letters = "LRPASI";

struct StoredShape {
  std::array<int, 3> nodes;
  std::array<double, 3> step_mm;
};

StoredShape shape_of(const ScanGrid& grid, const AxisOrder& order) {
  const std::array<int, 3> nodes{grid.columns, grid.rows, grid.slices};
  const std::array<double, 3> steps{grid.pixel_mm, grid.pixel_mm, grid.slice_spacing_mm};
  StoredShape shape{};
  for (std::size_t i = 0; i < 3; ++i) {
    shape.nodes.at(i) = nodes.at(static_cast<std::size_t>(order.axis.at(i)));
    shape.step_mm.at(i) = steps.at(static_cast<std::size_t>(order.axis.at(i)));
  }
  return shape;
}

}  // namespace

Vec3 AxisOrder::direction(std::size_t stored) const {
  const double s = sign.at(stored);
  switch (axis.at(stored)) {
    case 0:
      return {s, 0.0, 0.0};
    case 1:
      return {0.0, s, 0.0};
    default:
      return {0.0, 0.0, s};
  }
}

std::optional<AxisOrder> axis_order_of(std::string_view code) {
  if (code.size() != 3) return std::nullopt;
  AxisOrder order;
  std::array<bool, 3> used{};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t place = letters.find(code[i]);
    if (place == std::string_view::npos || used.at(place / 2)) return std::nullopt;
    used.at(place / 2) = true;
    order.axis.at(i) = static_cast<int>(place / 2);
    order.sign.at(i) = place % 2 == 0 ? 1 : -1;
  }
  return order;
}

std::vector<std::string> all_axis_codes() {
  std::vector<std::string> codes;
  for (const char a : letters) {
    for (const char b : letters) {
      for (const char c : letters) {
        const std::string code{a, b, c};
        if (axis_order_of(code)) codes.push_back(code);
      }
    }
  }
  return codes;
}

std::vector<SeriesFrame> reordered_frames(const SeriesHeader& series,
                                          const AcquiredVolume& volume,
                                          const AxisOrder& order) {
  const ScanGrid& grid = volume.grid;
  const StoredShape shape = shape_of(grid, order);
  // Volume index of a stored one.
  const auto voxel = [&](int column, int row, int image) {
    const std::array<int, 3> stored{column, row, image};
    std::array<int, 3> v{};
    for (std::size_t i = 0; i < 3; ++i) {
      v.at(static_cast<std::size_t>(order.axis.at(i))) =
          order.sign.at(i) > 0 ? stored.at(i) : shape.nodes.at(i) - 1 - stored.at(i);
    }
    return v;
  };
  std::vector<SeriesFrame> frames;
  for (int image = 0; image < shape.nodes[2]; ++image) {
    SeriesFrame frame;
    frame.sop_instance_uid = derived_uid(series.series_instance_uid + "/image/" + std::to_string(image));
    frame.acquisition = series.acquisition;
    frame.instance_number = image + 1;
    frame.slice = image;
    frame.intercept = series.rescale_intercept;
    const std::array<int, 3> first = voxel(0, 0, image);
    frame.position_mm = grid.patient_from_voxel(first[0], first[1], first[2]);
    frame.row_direction = order.direction(0);
    frame.column_direction = order.direction(1);
    frame.columns = shape.nodes[0];
    frame.rows = shape.nodes[1];
    frame.column_step_mm = shape.step_mm[0];
    frame.row_step_mm = shape.step_mm[1];
    frame.image_step_mm = shape.step_mm[2];
    frame.stored.reserve(static_cast<std::size_t>(frame.columns) * static_cast<std::size_t>(frame.rows));
    for (int row = 0; row < frame.rows; ++row) {
      for (int column = 0; column < frame.columns; ++column) {
        const std::array<int, 3> v = voxel(column, row, image);
        frame.stored.push_back(stored_value(frame, volume.hu[grid.index(v[0], v[1], v[2])]));
      }
    }
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace focalhip::simulator
