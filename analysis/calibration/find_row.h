#pragma once

#include <optional>
#include <vector>

#include "analysis/calibration/find_circles.h"

namespace focalhip {

// What a row of rods looks like (science qct 2.3).
struct RodSearch {
  std::size_t rods = 5;
  double smallest_radius_mm = 5.0;
  double largest_radius_mm = 12.0;
  double smallest_pitch_mm = 18.0;
  double largest_pitch_mm = 45.0;
  double largest_row_tilt_deg = 15.0;   // against the patient's left-right axis
  double largest_axis_tilt_deg = 5.0;   // against the slice axis
  double largest_sagitta_mm = 8.0;      // the row may be a shallow arc
  double largest_pitch_spread = 0.10;   // relative to the mean
  double largest_radius_spread = 0.15;  // relative to the mean, in one window
  double least_length_mm = 60.0;        // followed along the slice axis
  int threads = 2;                      // changes speed only

  // Of three and more rods one may be hidden.
  [[nodiscard]] std::size_t least_seen() const { return rods < 3 ? rods : rods - 1; }
};

// Circles of one picture that stand like the rods of a phantom, in the direction of the patient's left. A
// place without circle was expected but not seen; the first and the last place are always seen.
struct CircleRow {
  std::vector<std::optional<Circle>> places;
  double score = 0.0;

  [[nodiscard]] std::size_t seen() const;
};

struct RowFinding {
  std::vector<CircleRow> rows;   // best first; no two share a circle
  std::size_t most_aligned = 0;  // circles in the longest row, acceptable or not
};

// The rows of at least least_seen() circles: equal pitch, equal radius, on a line or a shallow arc that runs
// left-right in the patient, uniform inside, in one and the same material, not all alike. `left_in_plane` is
// the patient's left (+x) seen in the picture.
[[nodiscard]] RowFinding find_rows(const PlaneImage& prepared,
                                   const std::vector<Circle>& circles,
                                   const Eigen::Vector2d& left_in_plane,
                                   const RodSearch& search);

// Where place `index` of a row is expected when the others are known: parabola through the known ones, a line
// through two.
[[nodiscard]] Eigen::Vector2d expected_place_mm(const std::vector<std::optional<Eigen::Vector2d>>& places_mm,
                                                double index);

}  // namespace focalhip
