#pragma once

#include <string>
#include <vector>

#include "analysis/calibration/find_row.h"
#include "analysis/volume/average_slices.h"
#include "analysis/volume/voxel_grid.h"

namespace focalhip {

// The rods of a phantom as straight parallel cylinders along the slice axis. Places of the row are counted in
// the direction of the patient's left (+x); a place may be known from its neighbours only.
struct RodRow {
  struct Place {
    Eigen::Vector2d centre_mm{0.0, 0.0};  // plane_mm at `reference_slice`
    bool seen = false;                    // an edge was found there; false: expected from the neighbours
  };
  std::vector<Place> places;
  double reference_slice = 0.0;
  Eigen::Vector2d shift_mm_per_slice{0.0, 0.0};  // of all rods, along the slice index
  double radius_mm = 0.0;
  int first_slice = 0;  // slices in which the row was followed, by whole windows; last included
  int last_slice = 0;

  [[nodiscard]] Eigen::Vector2d centre_mm(std::size_t place, double slice) const {
    return places[place].centre_mm + (slice - reference_slice) * shift_mm_per_slice;
  }
  [[nodiscard]] std::size_t seen() const;
};

// The round objects of one window.
struct SearchedWindow {
  PlaneImage prepared;
  std::vector<Circle> circles;
};
[[nodiscard]] std::vector<SearchedWindow> search_circles(const std::vector<SliceAverage>& windows,
                                                         const RodSearch& search);

struct FoundRods {
  std::vector<RodRow> rows;  // of different rods, best first; empty = none
  std::string why_none;      // what was searched and the most that was found, when there is none
};

// Looks for rows of search.rods rods in every window and follows them along the slice axis.
[[nodiscard]] FoundRods find_rods(const std::vector<SliceAverage>& windows,
                                  const std::vector<SearchedWindow>& searched,
                                  const VoxelGrid& grid,
                                  const RodSearch& search);

// Whether two rows are made of the same rods, at least three quarters of the shorter.
[[nodiscard]] bool are_same_rods(const RodRow& left, const RodRow& right);

}  // namespace focalhip
