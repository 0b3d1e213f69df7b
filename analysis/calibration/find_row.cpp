#include "analysis/calibration/find_row.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include <Eigen/Dense>

#include "analysis/calibration/robust_statistics.h"
#include "analysis/support/expects.h"

namespace focalhip {

namespace {

constexpr double degree = std::numbers::pi / 180.0;
constexpr double tilt_slack_deg = 2.0;   // error of a direction taken from two circles
constexpr double place_tolerance = 0.2;  // of the pitch: one step of an arc of 8 mm sagitta turns this much
constexpr double arc_slope_deg = 15.0;   // of the first step of such an arc against the row
constexpr double most_off_arc_mm = 2.0;
constexpr double most_ring_difference_hu = 100.0;  // one holder, seen through streaks and its own borders
constexpr double least_range_hu = 150.0;           // rods differ; holes and tubes of a table do not
constexpr double least_inside_tolerance_hu = 25.0;
constexpr double inside_tolerance = 0.3;  // SD inside, of the contrast
constexpr double relaxed_coverage = 0.6;  // for a rod whose place is known from the others
constexpr double full_voice_contrast_hu = 40.0;

using Places = std::vector<std::optional<Circle>>;

bool alike(const Circle& left, const Circle& right, const RodSearch& search) {
  const double mean_radius = 0.5 * (left.radius_mm + right.radius_mm);
  return std::abs(left.radius_mm - right.radius_mm) <= 2.0 * search.largest_radius_spread * mean_radius &&
         std::abs(left.ring_hu - right.ring_hu) <= most_ring_difference_hu;
}

bool is_left_right(const Eigen::Vector2d& way,
                   const Eigen::Vector2d& left_in_plane,
                   double largest_tilt_deg) {
  return way.dot(left_in_plane) >= std::cos(largest_tilt_deg * degree) * way.norm();
}

const Circle* nearest(const std::vector<Circle>& circles, const Eigen::Vector2d& at_mm, double within_mm) {
  const Circle* best = nullptr;
  double best_distance = within_mm;
  for (const Circle& circle : circles) {
    const double distance = (circle.centre_mm - at_mm).norm();
    if (distance <= best_distance) {
      best_distance = distance;
      best = &circle;
    }
  }
  return best;
}

// Steps from circle to circle, over one unseen place at most, until the row ends.
Places grow(const Circle& first,
            const Circle& second,
            bool place_between,
            const std::vector<Circle>& circles,
            const RodSearch& search) {
  Places places{first};
  if (place_between) places.emplace_back(std::nullopt);
  places.emplace_back(second);
  bool may_skip = !place_between;
  Eigen::Vector2d step = (second.centre_mm - first.centre_mm) / (place_between ? 2.0 : 1.0);
  Eigen::Vector2d last = second.centre_mm;
  while (places.size() <= 2 * search.rods) {
    const Circle* next = nearest(circles, last + step, place_tolerance * step.norm());
    const bool skipped = next == nullptr && may_skip;
    if (skipped) next = nearest(circles, last + 2.0 * step, 2.0 * place_tolerance * step.norm());
    if (next == nullptr || !alike(*next, first, search)) break;
    if (skipped) {
      places.emplace_back(std::nullopt);
      may_skip = false;
    }
    step = (next->centre_mm - last) / (skipped ? 2.0 : 1.0);
    last = next->centre_mm;
    places.emplace_back(*next);
  }
  return places;
}

std::vector<std::optional<Eigen::Vector2d>> centres(const Places& places) {
  std::vector<std::optional<Eigen::Vector2d>> result;
  for (const auto& place : places) {
    result.push_back(place ? std::optional<Eigen::Vector2d>(place->centre_mm) : std::nullopt);
  }
  return result;
}

std::vector<Circle> seen_circles(const Places& places) {
  std::vector<Circle> result;
  for (const auto& place : places) {
    if (place) result.push_back(*place);
  }
  return result;
}

double pitch_spread(const Places& places) {
  std::vector<double> pitches;
  std::size_t last = 0;
  for (std::size_t i = 1; i < places.size(); ++i) {
    if (!places[i]) continue;
    const double steps = static_cast<double>(i - last);
    pitches.push_back((places[i]->centre_mm - places[last]->centre_mm).norm() / steps);
    last = i;
  }
  return largest_relative_deviation(pitches);
}

double radius_spread(const Places& places) {
  std::vector<double> radii;
  for (const Circle& circle : seen_circles(places)) radii.push_back(circle.radius_mm);
  return largest_relative_deviation(radii);
}

// On one line or shallow arc.
bool is_smooth(const Places& places, const RodSearch& search) {
  const auto known = centres(places);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!known[i]) continue;
    const Eigen::Vector2d expected = expected_place_mm(known, static_cast<double>(i));
    if ((expected - *known[i]).norm() > most_off_arc_mm) return false;
  }
  const Eigen::Vector2d first = *known.front();
  const Eigen::Vector2d chord = *known.back() - first;
  const Eigen::Vector2d middle =
      expected_place_mm(known, 0.5 * static_cast<double>(known.size() - 1)) - first;
  const double sagitta = std::abs(chord.x() * middle.y() - chord.y() * middle.x()) / chord.norm();
  return sagitta <= search.largest_sagitta_mm;
}

struct Range {
  double low = 1e30;
  double high = -1e30;
  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  [[nodiscard]] double width() const { return high - low; }
};

// Rods are uniform inside (two may hold a bubble: grading, not finding, refuses those), stand in one material
// and differ from each other. A rod of three that is hidden reads what the holder reads.
bool looks_like_rods(const Places& places, const RodSearch& search) {
  Range ring;
  Range inside;
  int uneven = 0;
  for (const Circle& circle : seen_circles(places)) {
    ring.add(circle.ring_hu);
    inside.add(circle.inside_hu);
    const double tolerance =
        std::max(least_inside_tolerance_hu, inside_tolerance * std::abs(circle.contrast_hu()));
    if (circle.inside_sd_hu > tolerance) ++uneven;
  }
  const bool one_of_three_hidden = search.rods == 3 && seen_circles(places).size() < 3;
  if (one_of_three_hidden) inside.add(0.5 * (ring.low + ring.high));
  return uneven <= 2 && ring.width() <= most_ring_difference_hu && inside.width() >= least_range_hu;
}

bool is_acceptable(const Places& places, const Eigen::Vector2d& left_in_plane, const RodSearch& search) {
  const Eigen::Vector2d chord = places.back()->centre_mm - places.front()->centre_mm;
  return is_left_right(chord, left_in_plane, search.largest_row_tilt_deg + tilt_slack_deg) &&
         pitch_spread(places) <= search.largest_pitch_spread &&
         radius_spread(places) <= search.largest_radius_spread && is_smooth(places, search) &&
         looks_like_rods(places, search);
}

// A row one short: the missing rod is looked for at both ends with less evidence asked.
void complete(const PlaneImage& prepared, Places& places, const RodSearch& search) {
  const auto known = centres(places);
  double radius = 0.0;
  for (const Circle& circle : seen_circles(places)) {
    radius += circle.radius_mm / static_cast<double>(seen_circles(places).size());
  }
  std::optional<Circle> best;
  bool at_front = false;
  for (const bool front : {true, false}) {
    const Eigen::Vector2d expected =
        expected_place_mm(known, front ? -1.0 : static_cast<double>(known.size()));
    for (const bool brighter : {true, false}) {
      const auto circle = fit_circle(prepared, expected, radius, 0.15 * radius, brighter, relaxed_coverage);
      if (!circle || !alike(*circle, *places.front(), search)) continue;
      if (best && best->coverage >= circle->coverage) continue;
      best = circle;
      at_front = front;
    }
  }
  if (!best) return;
  places.insert(at_front ? places.begin() : places.end(), *best);
}

// One more of the same kind beside the row: a longer row, and so another phantom.
bool goes_on(const Places& places, const std::vector<Circle>& circles, const RodSearch& search) {
  const auto known = centres(places);
  const double count = static_cast<double>(places.size());
  const double pitch = (places.back()->centre_mm - places.front()->centre_mm).norm() / (count - 1.0);
  return std::ranges::any_of(std::array{-1.0, count}, [&](double place) {
    const Circle* next = nearest(circles, expected_place_mm(known, place), place_tolerance * pitch);
    return next != nullptr && alike(*next, *places.front(), search);
  });
}

double score_of(const Places& places) {
  double score = -10.0 * pitch_spread(places) - 5.0 * radius_spread(places);
  Range ring;
  for (const Circle& circle : seen_circles(places)) {
    score += circle.coverage * std::min(1.0, std::abs(circle.contrast_hu()) / full_voice_contrast_hu);
    ring.add(circle.ring_hu);
  }
  return score - 0.5 * ring.width() / most_ring_difference_hu;
}

bool share_a_circle(const Places& left, const Places& right) {
  for (const Circle& one : seen_circles(left)) {
    for (const Circle& other : seen_circles(right)) {
      if ((one.centre_mm - other.centre_mm).norm() < 0.5 * one.radius_mm) return true;
    }
  }
  return false;
}

// Best first; of rows that share a circle the better one.
void keep_separate_rows(std::vector<CircleRow>& rows) {
  std::ranges::stable_sort(rows, std::greater<>{}, &CircleRow::score);
  std::vector<CircleRow> kept;
  for (CircleRow& row : rows) {
    const bool taken = std::ranges::any_of(
        kept, [&](const CircleRow& other) { return share_a_circle(row.places, other.places); });
    if (!taken) kept.push_back(std::move(row));
  }
  rows = std::move(kept);
}

}  // namespace

std::size_t CircleRow::seen() const { return seen_circles(places).size(); }

Eigen::Vector2d expected_place_mm(const std::vector<std::optional<Eigen::Vector2d>>& places_mm,
                                  double index) {
  const auto known = static_cast<Eigen::Index>(
      std::count_if(places_mm.begin(), places_mm.end(), [](const auto& place) { return place.has_value(); }));
  expects(known >= 2, "two known places for a line");
  const Eigen::Index terms = std::min<Eigen::Index>(known, 3);
  Eigen::MatrixXd powers(known, terms);
  Eigen::MatrixX2d position(known, 2);
  Eigen::Index row = 0;
  for (std::size_t i = 0; i < places_mm.size(); ++i) {
    if (!places_mm[i]) continue;
    const double at = static_cast<double>(i);
    powers.row(row) = Eigen::RowVector3d(1.0, at, at * at).head(terms);
    position.row(row) = places_mm[i]->transpose();
    ++row;
  }
  const Eigen::MatrixX2d coefficients = powers.colPivHouseholderQr().solve(position);
  return coefficients.transpose() * Eigen::Vector3d(1.0, index, index * index).head(terms);
}

RowFinding find_rows(const PlaneImage& prepared,
                     const std::vector<Circle>& circles,
                     const Eigen::Vector2d& left_in_plane,
                     const RodSearch& search) {
  RowFinding finding;
  finding.most_aligned = circles.empty() ? 0 : 1;
  for (const Circle& first : circles) {
    for (const Circle& second : circles) {
      for (const bool place_between : {false, true}) {
        const Eigen::Vector2d step = (second.centre_mm - first.centre_mm) / (place_between ? 2.0 : 1.0);
        if (step.norm() < search.smallest_pitch_mm || step.norm() > search.largest_pitch_mm) continue;
        if (!is_left_right(step, left_in_plane, search.largest_row_tilt_deg + arc_slope_deg) ||
            !alike(first, second, search))
          continue;
        Places places = grow(first, second, place_between, circles, search);
        const std::size_t seen = seen_circles(places).size();
        finding.most_aligned = std::max(finding.most_aligned, seen);
        if (seen < search.least_seen() || places.size() > search.rods) continue;
        if (!is_acceptable(places, left_in_plane, search)) continue;
        if (places.size() < search.rods) complete(prepared, places, search);
        if (!is_acceptable(places, left_in_plane, search) || goes_on(places, circles, search)) continue;
        const double score = score_of(places);
        finding.rows.push_back({.places = std::move(places), .score = score});
      }
    }
  }
  keep_separate_rows(finding.rows);
  return finding;
}

}  // namespace focalhip
