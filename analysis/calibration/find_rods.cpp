#include "analysis/calibration/find_rods.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "analysis/calibration/robust_statistics.h"
#include "analysis/support/expects.h"
#include "analysis/support/format_number.h"
#include "analysis/support/parallel_for.h"

namespace focalhip {

namespace {

constexpr double degree = std::numbers::pi / 180.0;
constexpr int most_failures = 5;         // rows followed in vain before giving up
constexpr std::size_t most_rows = 3;     // phantoms looked at in one scan
constexpr int most_windows_missed = 2;   // in a row: metal or gas beside the phantom
constexpr double largest_move_mm = 3.0;  // of a rod from window to window
constexpr double relaxed_coverage = 0.6;
constexpr double radius_slack_mm = 1.5;

using Places = std::vector<std::optional<Circle>>;

// The row in one window of the track.
struct TrackedRow {
  std::size_t window = 0;
  Places places;
};

// The patient's left (+x) as a direction in the plane of the slices.
Eigen::Vector2d left_in_plane(const VoxelGrid& grid) {
  const Eigen::Vector2d left(grid.patient_axes(0, 0), grid.patient_axes(0, 1));
  expects(left.norm() > 0.5, "slices that contain the left-right axis");
  return left.normalized();
}

std::vector<RowFinding> rows_of_windows(const std::vector<SearchedWindow>& searched,
                                        const VoxelGrid& grid,
                                        const RodSearch& search) {
  const Eigen::Vector2d left = left_in_plane(grid);
  std::vector<RowFinding> findings(searched.size());
  parallel_for(static_cast<int>(searched.size()), search.threads, [&](int i) {
    const SearchedWindow& window = searched[static_cast<std::size_t>(i)];
    findings[static_cast<std::size_t>(i)] = find_rows(window.prepared, window.circles, left, search);
  });
  return findings;
}

// The rods of `previous` in the next window; nothing when more than one of four and more is lost.
std::optional<Places> follow(const PlaneImage& prepared, const Places& previous) {
  Places next(previous.size());
  std::size_t lost = 0;
  std::size_t unknown = 0;
  for (std::size_t i = 0; i < previous.size(); ++i) {
    if (!previous[i]) {
      ++unknown;
      continue;
    }
    const Circle& rod = *previous[i];
    next[i] = fit_circle(
        prepared, rod.centre_mm, rod.radius_mm, radius_slack_mm, rod.contrast_hu() > 0.0, relaxed_coverage);
    if (next[i] && (next[i]->centre_mm - rod.centre_mm).norm() > largest_move_mm) next[i].reset();
    if (!next[i]) ++lost;
  }
  const std::size_t may_be_lost = previous.size() < 4 ? 0 : 1;
  if (lost > may_be_lost || previous.size() - unknown - lost < std::min<std::size_t>(3, previous.size())) {
    return std::nullopt;
  }
  return next;
}

// Where the last look missed a rod, the one before stands in for the next search.
Places remembered(const Places& latest, const Places& before) {
  Places merged = latest;
  for (std::size_t i = 0; i < merged.size(); ++i) {
    if (!merged[i]) merged[i] = before[i];
  }
  return merged;
}

void follow_one_way(const std::vector<SearchedWindow>& searched, int step, std::vector<TrackedRow>& track) {
  Places latest = track.front().places;
  int missed = 0;
  for (auto i = static_cast<std::ptrdiff_t>(track.front().window) + step;
       i >= 0 && i < static_cast<std::ptrdiff_t>(searched.size()) && missed < most_windows_missed;
       i += step) {
    const std::size_t window = static_cast<std::size_t>(i);
    const auto found = follow(searched[window].prepared, latest);
    if (!found) {
      ++missed;
      continue;
    }
    missed = 0;
    latest = remembered(*found, latest);
    track.push_back({window, *found});
  }
}

std::vector<TrackedRow> follow_from(const std::vector<SearchedWindow>& searched, const TrackedRow& seed) {
  std::vector<TrackedRow> track{seed};
  follow_one_way(searched, +1, track);
  follow_one_way(searched, -1, track);
  std::sort(track.begin(), track.end(), [](const TrackedRow& left, const TrackedRow& right) {
    return left.window < right.window;
  });
  return track;
}

Eigen::Vector2d median_position(const std::vector<Eigen::Vector2d>& vectors) {
  std::vector<double> x;
  std::vector<double> y;
  for (const Eigen::Vector2d& vector : vectors) {
    x.push_back(vector.x());
    y.push_back(vector.y());
  }
  return {median(std::move(x)), median(std::move(y))};
}

// Median of the slopes between windows far apart, all rods together: they are parallel. [Sen1968]
Eigen::Vector2d common_shift(const std::vector<SliceAverage>& windows, const std::vector<TrackedRow>& track) {
  const auto middle = [&](const TrackedRow& row) { return windows[row.window].middle_slice(); };
  const double least = 0.5 * (middle(track.back()) - middle(track.front()));
  std::vector<Eigen::Vector2d> slopes;
  for (const TrackedRow& low : track) {
    for (const TrackedRow& high : track) {
      const double distance = middle(high) - middle(low);
      if (distance <= 0.0 || distance < least) continue;
      for (std::size_t i = 0; i < low.places.size(); ++i) {
        if (!low.places[i] || !high.places[i]) continue;
        slopes.emplace_back((high.places[i]->centre_mm - low.places[i]->centre_mm) / distance);
      }
    }
  }
  return slopes.empty() ? Eigen::Vector2d(0.0, 0.0) : median_position(slopes);
}

RodRow straight_rods(const std::vector<SliceAverage>& windows, const std::vector<TrackedRow>& track) {
  RodRow row;
  row.first_slice = windows[track.front().window].first_slice;
  row.last_slice = windows[track.back().window].last_slice;
  row.reference_slice = 0.5 * (row.first_slice + row.last_slice);
  row.shift_mm_per_slice = common_shift(windows, track);
  std::vector<std::optional<Eigen::Vector2d>> known;
  std::vector<double> radii;
  for (std::size_t i = 0; i < track.front().places.size(); ++i) {
    std::vector<Eigen::Vector2d> centres;
    for (const TrackedRow& tracked : track) {
      if (!tracked.places[i]) continue;
      const double slices = windows[tracked.window].middle_slice() - row.reference_slice;
      centres.emplace_back(tracked.places[i]->centre_mm - slices * row.shift_mm_per_slice);
      radii.push_back(tracked.places[i]->radius_mm);
    }
    const bool seen = 2 * centres.size() >= track.size();
    known.push_back(seen ? std::optional<Eigen::Vector2d>(median_position(centres)) : std::nullopt);
  }
  for (std::size_t i = 0; i < known.size(); ++i) {
    row.places.push_back(
        {.centre_mm = known[i] ? *known[i] : expected_place_mm(known, static_cast<double>(i)),
         .seen = known[i].has_value()});
  }
  row.radius_mm = median(radii);
  return row;
}

struct Seed {
  TrackedRow row;
  double score = 0.0;
};

std::vector<Seed> best_seeds_first(const std::vector<RowFinding>& findings) {
  std::vector<Seed> seeds;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    for (const CircleRow& row : findings[i].rows) seeds.push_back({{i, row.places}, row.score});
  }
  std::ranges::stable_sort(seeds, std::greater<>{}, &Seed::score);
  return seeds;
}

// Whether a seed is a window of a row that was followed already.
bool is_known(const Seed& seed, const std::vector<SliceAverage>& windows, const std::vector<RodRow>& rows) {
  const double slice = windows[seed.row.window].middle_slice();
  return std::ranges::any_of(rows, [&](const RodRow& row) {
    return std::ranges::any_of(seed.row.places, [&](const std::optional<Circle>& circle) {
      if (!circle) return false;
      for (std::size_t place = 0; place < row.places.size(); ++place) {
        if ((row.centre_mm(place, slice) - circle->centre_mm).norm() < row.radius_mm) return true;
      }
      return false;
    });
  });
}

std::string searched_text(const std::vector<SliceAverage>& windows,
                          const VoxelGrid& grid,
                          const RodSearch& search) {
  return "searched " + fixed(grid.size[2] * grid.spacing_mm.z(), 0) + " mm in " +
         std::to_string(windows.size()) + " windows for " + std::to_string(search.rods) + " rods of " +
         fixed(search.smallest_radius_mm, 0) + " to " + fixed(search.largest_radius_mm, 0) +
         " mm radius in a row above or below the body; ";
}

// Why a row that was followed is no phantom; empty = it is one.
std::string why_not(const RodRow& row, const VoxelGrid& grid, const RodSearch& search) {
  const double length_mm = (row.last_slice - row.first_slice + 1) * grid.spacing_mm.z();
  if (length_mm < search.least_length_mm) {
    return "it could be followed for " + fixed(length_mm, 0) + " mm only, " +
           fixed(search.least_length_mm, 0) + " mm needed";
  }
  if (row.seen() < search.least_seen())
    return "only " + std::to_string(row.seen()) + " of its rods could be followed";
  const double tilt_deg = std::atan(row.shift_mm_per_slice.norm() / grid.spacing_mm.z()) / degree;
  if (tilt_deg > search.largest_axis_tilt_deg) {
    return "it runs at " + fixed(tilt_deg, 1) + " degrees to the slice axis, " +
           fixed(search.largest_axis_tilt_deg, 0) + " allowed";
  }
  return {};
}

}  // namespace

std::size_t RodRow::seen() const {
  return static_cast<std::size_t>(
      std::count_if(places.begin(), places.end(), [](const Place& place) { return place.seen; }));
}

std::vector<SearchedWindow> search_circles(const std::vector<SliceAverage>& windows,
                                           const RodSearch& search) {
  const CircleSearch circle_search{.smallest_radius_mm = search.smallest_radius_mm,
                                   .largest_radius_mm = search.largest_radius_mm};
  std::vector<SearchedWindow> searched(windows.size());
  parallel_for(static_cast<int>(windows.size()), search.threads, [&](int i) {
    SearchedWindow& one = searched[static_cast<std::size_t>(i)];
    one.prepared = prepared_for_circles(windows[static_cast<std::size_t>(i)].hu);
    one.circles = find_circles(one.prepared, circle_search);
  });
  return searched;
}

FoundRods find_rods(const std::vector<SliceAverage>& windows,
                    const std::vector<SearchedWindow>& searched,
                    const VoxelGrid& grid,
                    const RodSearch& search) {
  const std::vector<RowFinding> findings = rows_of_windows(searched, grid, search);
  const std::vector<Seed> seeds = best_seeds_first(findings);
  FoundRods found;
  std::string last_reason;
  int failures = 0;
  for (const Seed& seed : seeds) {
    if (failures == most_failures || found.rows.size() == most_rows) break;
    if (is_known(seed, windows, found.rows)) continue;
    const RodRow row = straight_rods(windows, follow_from(searched, seed.row));
    const std::string reason = why_not(row, grid, search);
    if (reason.empty()) {
      found.rows.push_back(row);
    } else {
      last_reason = reason;
      ++failures;
    }
  }
  if (!found.rows.empty()) return found;
  std::size_t most = 0;
  for (const RowFinding& finding : findings) most = std::max(most, finding.most_aligned);
  found.why_none =
      searched_text(windows, grid, search) +
      (seeds.empty() ? "no such row found, at most " + std::to_string(most) + " round objects in line"
                     : "a row was found but " + last_reason);
  return found;
}

bool are_same_rods(const RodRow& left, const RodRow& right) {
  const double slice = 0.5 * (left.reference_slice + right.reference_slice);
  std::size_t same = 0;
  for (std::size_t i = 0; i < left.places.size(); ++i) {
    for (std::size_t j = 0; j < right.places.size(); ++j) {
      if ((left.centre_mm(i, slice) - right.centre_mm(j, slice)).norm() < left.radius_mm) ++same;
    }
  }
  return 4 * same >= 3 * std::min(left.places.size(), right.places.size());
}

}  // namespace focalhip
