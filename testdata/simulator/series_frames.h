#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "testdata/simulator/scan_grid.h"
#include "testdata/simulator/series_header.h"

namespace focalhip::simulator {

// One acquisition of a series: its slices and their CT numbers.
struct AcquiredVolume {
  ScanGrid grid;
  std::span<const std::int16_t> hu;
};

// One image as it will stand in a file.
struct SeriesFrame {
  std::string sop_instance_uid;
  int instance_number = 1;
  int acquisition = 1;
  int slice = 0;  // within its acquisition, most caudal first
  Vec3 position_mm;
  Vec3 row_direction;     // along a row, to growing columns
  Vec3 column_direction;  // down a column
  double slope = 1.0;
  int intercept = 0;
  std::vector<std::int16_t> stored;
  // 0 = those of the grid.
  int columns = 0;
  int rows = 0;
  double column_step_mm = 0.0;  // between columns
  double row_step_mm = 0.0;     // between rows
  double image_step_mm = 0.0;
};

// The frames of a series in the order of their files, traps applied.
[[nodiscard]] std::vector<SeriesFrame> series_frames(const SeriesHeader& series,
                                                     std::span<const AcquiredVolume> volumes);

// The images of one untilted volume stored along other axes.
[[nodiscard]] std::vector<SeriesFrame> reordered_frames(const SeriesHeader& series,
                                                        const AcquiredVolume& volume,
                                                        const AxisOrder& order);

// Stored value of a CT number in a frame.
[[nodiscard]] std::int16_t stored_value(const SeriesFrame& frame, int hu);

}  // namespace focalhip::simulator
