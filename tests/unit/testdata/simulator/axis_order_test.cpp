#include "testdata/simulator/axis_order.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "testdata/simulator/series_frames.h"

namespace focalhip::simulator {
namespace {

TEST(AxisOrder, ThereAreFortyEightCodesSixteenOfThemAxial) {
  const std::vector<std::string> codes = all_axis_codes();
  EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), 48U);
  int axial = 0;
  for (const std::string& code : codes) axial += axis_order_of(code)->axial() ? 1 : 0;
  EXPECT_EQ(axial, 16);
  for (const char* wrong : {"", "LP", "LRS", "LPX", "LPSS", "LLS"})
    EXPECT_FALSE(axis_order_of(wrong)) << wrong;
}

TEST(AxisOrder, EveryStoredPixelLiesWhereItsHeaderSays) {
  ScanGrid grid;
  grid.columns = 5;
  grid.rows = 4;
  grid.slices = 3;
  grid.pixel_mm = 0.8;
  grid.slice_spacing_mm = 2.5;
  grid.origin_patient_mm = {-3.0, 11.0, -700.0};
  std::vector<std::int16_t> hu(grid.voxel_count());
  for (std::size_t i = 0; i < hu.size(); ++i) hu[i] = static_cast<std::int16_t>(i);
  for (const std::string& code : all_axis_codes()) {
    SeriesHeader series;
    series.series_instance_uid = "2.25.1";
    series.traps.axes = axis_order_of(code);
    const std::vector<AcquiredVolume> volumes{{grid, hu}};
    const std::vector<SeriesFrame> frames = series_frames(series, volumes);
    std::size_t pixels = 0;
    for (const SeriesFrame& frame : frames) {
      for (int row = 0; row < frame.rows; ++row) {
        for (int column = 0; column < frame.columns; ++column, ++pixels) {
          const Vec3 p = frame.position_mm + (frame.column_step_mm * column) * frame.row_direction +
                         (frame.row_step_mm * row) * frame.column_direction;
          const Vec3 v = grid.voxel_from_patient(p);
          const std::size_t i = grid.index(static_cast<int>(std::lround(v.x)),
                                           static_cast<int>(std::lround(v.y)),
                                           static_cast<int>(std::lround(v.z)));
          ASSERT_NEAR(std::abs(v.x - std::lround(v.x)) + std::abs(v.y - std::lround(v.y)), 0.0, 1e-9);
          ASSERT_EQ(frame.stored[static_cast<std::size_t>(row * frame.columns + column)], hu[i]) << code;
        }
      }
    }
    EXPECT_EQ(pixels, hu.size()) << code;
  }
}

}  // namespace
}  // namespace focalhip::simulator
