#include "testdata/simulator/series_frames.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/write_series.h"

namespace focalhip::simulator {
namespace {

// A prone person's images are shown with the table below: both image axes turn round.
void turn_round(SeriesFrame& frame, const ScanGrid& grid) {
  frame.position_mm = grid.patient_from_voxel(grid.columns - 1, grid.rows - 1, frame.slice);
  frame.row_direction = -1.0 * frame.row_direction;
  frame.column_direction = -1.0 * frame.column_direction;
  std::reverse(frame.stored.begin(), frame.stored.end());
}

void mirror_columns(SeriesFrame& frame, int columns) {
  for (auto row = frame.stored.begin(); row != frame.stored.end(); row += columns)
    std::reverse(row, row + columns);
}

void set_rescale(SeriesFrame& frame, const SeriesHeader& series) {
  frame.intercept = series.rescale_intercept;
  if (!series.traps.changing_rescale) return;
  constexpr double slopes[] = {1.0, 0.5, 0.25};
  frame.slope = slopes[frame.slice % 3];
  frame.intercept -= 8 * (frame.slice % 5);
}

SeriesFrame frame_of(const SeriesHeader& series, const AcquiredVolume& volume, int acquisition, int slice) {
  const ScanGrid& grid = volume.grid;
  SeriesFrame frame;
  const std::string salt = acquisition == 1 ? "" : std::to_string(acquisition) + "/";
  frame.sop_instance_uid = derived_uid(series.series_instance_uid + "/image/" + salt + std::to_string(slice));
  frame.acquisition = series.acquisition + acquisition - 1;
  frame.slice = slice;
  frame.position_mm = grid.patient_from_voxel(0, 0, slice);
  frame.row_direction = {1.0, 0.0, 0.0};
  frame.column_direction = grid.column_direction;
  set_rescale(frame, series);
  const int from = series.traps.mirror == Mirror::slices ? grid.slices - 1 - slice : slice;
  frame.stored.resize(grid.slice_size());
  const auto first = volume.hu.begin() + static_cast<std::ptrdiff_t>(grid.index(0, 0, from));
  std::transform(first,
                 first + static_cast<std::ptrdiff_t>(grid.slice_size()),
                 frame.stored.begin(),
                 [&](std::int16_t hu) { return stored_value(frame, hu); });
  if (series.traps.mirror == Mirror::columns) mirror_columns(frame, grid.columns);
  const bool prone = series.position == PatientPosition::hfp || series.position == PatientPosition::ffp;
  if (prone) turn_round(frame, grid);
  return frame;
}

}  // namespace

std::int16_t stored_value(const SeriesFrame& frame, int hu) {
  const double value = std::round((hu - frame.intercept) / frame.slope);
  return static_cast<std::int16_t>(std::clamp(value, -32768.0, 32767.0));
}

std::vector<SeriesFrame> series_frames(const SeriesHeader& series, std::span<const AcquiredVolume> volumes) {
  if (series.traps.axes) return reordered_frames(series, volumes.front(), *series.traps.axes);
  std::vector<SeriesFrame> frames;
  int before = 0;  // instance numbers used
  for (std::size_t v = 0; v < volumes.size(); ++v) {
    const ScanGrid& grid = volumes[v].grid;
    const int acquisition = static_cast<int>(v) + 1;
    for (int slice = 0; slice < grid.slices; ++slice) {
      if (series.traps.missing_slices.count(slice) > 0) continue;
      frames.push_back(frame_of(series, volumes[v], acquisition, slice));
      frames.back().instance_number =
          before + (series.traps.reversed_instance_numbers ? slice + 1 : grid.slices - slice);
      if (acquisition != 1 || slice != series.traps.duplicate_slice.value_or(-1)) continue;
      SeriesFrame twin = frames.back();
      if (series.traps.duplicate_has_new_uid)
        twin.sop_instance_uid = derived_uid(twin.sop_instance_uid + "/twin");
      frames.push_back(twin);
    }
    before += grid.slices;
  }
  return frames;
}

}  // namespace focalhip::simulator
