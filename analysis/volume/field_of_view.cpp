#include "analysis/volume/field_of_view.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

namespace focalhip {

namespace {

constexpr double sampled_every_mm = 5.0;
constexpr std::size_t samples_in_mean = 4;
constexpr int tissue_above_hu = -250;
constexpr int air_below_hu = -900;
constexpr double circle_margin_pixels = 2.0;  // the border of a reconstruction is blurred

// What counts as measured in one slice.
class MeasuredArea {
 public:
  MeasuredArea(const CtVolume& ct, int slice) : ct_(ct), slice_(slice) {
    const VoxelGrid& grid = ct.grid;
    centre_column_ = 0.5 * (grid.size[0] - 1);
    centre_row_ = 0.5 * (grid.size[1] - 1);
    if (!ct.acquisition.reconstruction_diameter_mm || !corners_are_air()) return;
    const double pixel_mm = std::max(grid.spacing_mm.x(), grid.spacing_mm.y());
    radius_pixels_ = 0.5 * *ct.acquisition.reconstruction_diameter_mm / pixel_mm - circle_margin_pixels;
  }
  [[nodiscard]] bool contains(int column, int row) const {
    if (!ct_.grid.contains(column, row, slice_)) return false;
    if (!ct_.is_valid(ct_.grid.index(column, row, slice_))) return false;
    return radius_pixels_ <= 0.0 || std::hypot(column - centre_column_, row - centre_row_) <= radius_pixels_;
  }

 private:
  [[nodiscard]] bool corners_are_air() const {
    const auto is_air = [&](int column, int row) {
      const std::size_t index = ct_.grid.index(column, row, slice_);
      return ct_.is_valid(index) && ct_.hu[index] < air_below_hu;
    };
    const int columns = ct_.grid.size[0];
    const int rows = ct_.grid.size[1];
    for (int i = 0; i < std::min(columns, rows) / 10; ++i) {  // along the diagonals, well outside the circle
      if (!is_air(i, i) || !is_air(columns - 1 - i, i) || !is_air(i, rows - 1 - i) ||
          !is_air(columns - 1 - i, rows - 1 - i))
        return false;
    }
    return true;
  }

  const CtVolume& ct_;
  int slice_;
  double centre_column_ = 0.0;
  double centre_row_ = 0.0;
  double radius_pixels_ = 0.0;  // 0: no circle
};

double touched_share(const CtVolume& ct, int slice) {
  const MeasuredArea area(ct, slice);
  std::size_t border = 0;
  std::size_t touched = 0;
  for (int row = 0; row < ct.grid.size[1]; ++row) {
    for (int column = 0; column < ct.grid.size[0]; ++column) {
      if (!area.contains(column, row)) continue;
      const bool is_inside = area.contains(column - 1, row) && area.contains(column + 1, row) &&
                             area.contains(column, row - 1) && area.contains(column, row + 1);
      if (is_inside) continue;
      ++border;
      if (ct.hu[ct.grid.index(column, row, slice)] > tissue_above_hu) ++touched;
    }
  }
  return border == 0 ? 0.0 : static_cast<double>(touched) / static_cast<double>(border);
}

}  // namespace

double tissue_on_border(const CtVolume& ct) {
  const int step = std::max(1, static_cast<int>(std::lround(sampled_every_mm / ct.grid.spacing_mm.z())));
  // Where a tilt was removed the first and last slices are cut obliquely by the ends of the scan.
  const double half_height_mm = 0.5 * ct.grid.size[1] * ct.grid.spacing_mm.y();
  const double oblique_mm = half_height_mm * std::tan(ct.removed_tilt_deg * std::numbers::pi / 180.0);
  const int oblique = static_cast<int>(std::ceil(oblique_mm / ct.grid.spacing_mm.z()));
  std::vector<double> shares;
  for (int slice = oblique; slice < ct.grid.size[2] - oblique; slice += step)
    shares.push_back(touched_share(ct, slice));
  const std::size_t length = std::min(samples_in_mean, shares.size());
  double largest = 0.0;
  for (std::size_t i = 0; length > 0 && i + length <= shares.size(); ++i) {
    const auto begin = shares.begin() + static_cast<std::ptrdiff_t>(i);
    const double sum = std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(length), 0.0);
    largest = std::max(largest, sum / static_cast<double>(length));
  }
  return largest;
}

}  // namespace focalhip
