#include "analysis/calibration/find_circles.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <Eigen/Dense>

namespace focalhip {

namespace {

constexpr double smoothing_mm = 1.0;
constexpr int directions = 48;
constexpr double profile_step_mm = 0.5;
constexpr double edge_half_width_mm = 1.0;  // the edge is the difference over twice this
constexpr double farthest_shift_mm = 3.0;
constexpr double least_edge_hu = 12.0;  // of the middle one of all directions
// Rods sit in a solid holder: plastic, not air and not bone.
constexpr double least_ring_hu = -300.0;
constexpr double largest_ring_hu = 400.0;

std::array<Eigen::Vector2d, directions> unit_circle() {
  std::array<Eigen::Vector2d, directions> unit;
  for (std::size_t k = 0; k < directions; ++k) {
    const double angle = 2.0 * std::numbers::pi * static_cast<double>(k) / directions;
    unit[k] = {std::cos(angle), std::sin(angle)};
  }
  return unit;
}

const Eigen::Vector2d& direction(int k) {
  static const std::array<Eigen::Vector2d, directions> unit = unit_circle();
  return unit[static_cast<std::size_t>(k)];
}

// Edge in one direction: positive where the picture falls outward.
double fall(const PlaneImage& image, const Eigen::Vector2d& centre, const Eigen::Vector2d& out, double r) {
  return image.sample(centre + (r - edge_half_width_mm) * out) -
         image.sample(centre + (r + edge_half_width_mm) * out);
}

double median(std::array<double, directions> values) {
  std::nth_element(values.begin(), values.begin() + directions / 2, values.end());
  return values[directions / 2];
}

// Of all directions the middle one: the holder's own border may lie close beside a rod on two sides.
double usual_fall(const PlaneImage& image, const Eigen::Vector2d& centre, double r) {
  std::array<double, directions> falls{};
  for (int k = 0; k < directions; ++k) {
    falls[static_cast<std::size_t>(k)] = fall(image, centre, direction(k), r);
  }
  return median(falls);
}

// The radius at which the edge is steepest in most directions.
double steepest_radius(
    const PlaneImage& image, const Eigen::Vector2d& centre, double low, double high, double sign) {
  double best_radius = low;
  double best = -1e30;
  for (double r = low; r <= high + 1e-9; r += profile_step_mm) {
    const double edge = sign * usual_fall(image, centre, r);
    if (edge > best) {
      best = edge;
      best_radius = r;
    }
  }
  return best_radius;
}

// Radius of the steepest edge along one direction, to a fraction of the step by a parabola.
double edge_radius(const PlaneImage& image,
                   const Eigen::Vector2d& centre,
                   const Eigen::Vector2d& out,
                   double low,
                   double high,
                   double sign) {
  const int steps = static_cast<int>(std::lround((high - low) / profile_step_mm));
  std::array<double, 64> edge{};
  int best = 0;
  const int last = std::min(steps, static_cast<int>(edge.size()) - 1);
  for (int i = 0; i <= last; ++i) {
    edge[static_cast<std::size_t>(i)] = sign * fall(image, centre, out, low + i * profile_step_mm);
    if (edge[static_cast<std::size_t>(i)] > edge[static_cast<std::size_t>(best)]) best = i;
  }
  double offset = 0.0;
  if (best > 0 && best < last) {
    const std::size_t at = static_cast<std::size_t>(best);
    const double curvature = edge[at - 1] - 2.0 * edge[at] + edge[at + 1];
    if (curvature < 0.0) offset = 0.5 * (edge[at - 1] - edge[at + 1]) / curvature;
  }
  return low + (best + offset) * profile_step_mm;
}

// How far the edge is looked for beside the circle, and how far off the middle it counts. Narrower from pass
// to pass: the border of the holder or of the field of view may be close.
struct Pass {
  double reach_mm;
  double tolerance_mm;
};
constexpr std::array<Pass, 4> passes{{{2.5, 1.5}, {1.5, 1.0}, {1.0, 0.6}, {1.0, 0.6}}};

// Moves centre and radius to the edge points, those far off the circle left out. False: too few are on one
// circle.
bool settle(const PlaneImage& image, Eigen::Vector2d& centre, double& radius, const Pass& pass, double sign) {
  std::array<double, directions> edge{};
  for (int k = 0; k < directions; ++k) {
    edge[static_cast<std::size_t>(k)] =
        edge_radius(image, centre, direction(k), radius - pass.reach_mm, radius + pass.reach_mm, sign);
  }
  const double middle = median(edge);
  Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();  // unknowns: shift x, shift y, radius
  Eigen::Vector3d right = Eigen::Vector3d::Zero();
  int used = 0;
  for (int k = 0; k < directions; ++k) {
    const double r = edge[static_cast<std::size_t>(k)];
    if (std::abs(r - middle) > pass.tolerance_mm) continue;
    const Eigen::Vector3d row(direction(k).x(), direction(k).y(), 1.0);
    normal += row * row.transpose();
    right += row * r;
    ++used;
  }
  if (used < directions / 2) return false;
  const Eigen::Vector3d solution = normal.ldlt().solve(right);
  if (!solution.allFinite() || solution.head<2>().norm() > farthest_shift_mm) return false;
  centre += solution.head<2>();
  radius = solution.z();
  return true;
}

double edge_coverage(const PlaneImage& image, const Circle& circle, double sign) {
  const double usual = sign * usual_fall(image, circle.centre_mm, circle.radius_mm);
  if (usual < least_edge_hu) return 0.0;
  int covered = 0;
  for (int k = 0; k < directions; ++k) {
    if (sign * fall(image, circle.centre_mm, direction(k), circle.radius_mm) > 0.4 * usual) ++covered;
  }
  return static_cast<double>(covered) / directions;
}

void read_inside(const PlaneImage& image, Circle& circle) {
  double sum = 0.0;
  double sum_squares = 0.0;
  int count = 0;
  for (const double share : {0.0, 0.2, 0.4, 0.6}) {
    for (int k = 0; k < directions; k += 4) {
      const double hu = image.sample(circle.centre_mm + share * circle.radius_mm * direction(k));
      sum += hu;
      sum_squares += hu * hu;
      ++count;
    }
  }
  circle.inside_hu = sum / count;
  circle.inside_sd_hu = std::sqrt(std::max(0.0, sum_squares / count - circle.inside_hu * circle.inside_hu));
}

void read_ring(const PlaneImage& image, Circle& circle) {
  std::array<double, directions> ring{};
  for (int k = 0; k < directions; ++k) {
    ring[static_cast<std::size_t>(k)] =
        image.sample(circle.centre_mm + (circle.radius_mm + 2.5) * direction(k));
  }
  circle.ring_hu = median(ring);
}

bool measured_throughout(const PlaneImage& image, const Circle& circle) {
  for (int k = 0; k < directions; k += 4) {
    const Eigen::Vector2d at = circle.centre_mm + circle.radius_mm * direction(k);
    const int column = static_cast<int>(std::lround(at.x() / image.pixel_mm.x()));
    const int row = static_cast<int>(std::lround(at.y() / image.pixel_mm.y()));
    if (!image.contains(column, row) || image.valid[image.index(column, row)] == 0) return false;
  }
  return true;
}

bool known(const std::vector<Circle>& circles, const Circle& candidate) {
  return std::any_of(circles.begin(), circles.end(), [&](const Circle& circle) {
    return (circle.centre_mm - candidate.centre_mm).norm() < circle.radius_mm;
  });
}

}  // namespace

PlaneImage prepared_for_circles(const PlaneImage& image) { return smoothed(image, smoothing_mm); }

std::optional<Circle> fit_circle(const PlaneImage& prepared,
                                 const Eigen::Vector2d& centre_mm,
                                 double radius_mm,
                                 double slack_mm,
                                 bool brighter,
                                 double least_coverage) {
  const double sign = brighter ? 1.0 : -1.0;
  Circle circle{.centre_mm = centre_mm};
  circle.radius_mm = steepest_radius(prepared, centre_mm, radius_mm - slack_mm, radius_mm + slack_mm, sign);
  for (const Pass& pass : passes) {
    if (!settle(prepared, circle.centre_mm, circle.radius_mm, pass, sign)) return std::nullopt;
  }
  if ((circle.centre_mm - centre_mm).norm() > farthest_shift_mm) return std::nullopt;
  if (std::abs(circle.radius_mm - radius_mm) > slack_mm + profile_step_mm) return std::nullopt;
  if (!measured_throughout(prepared, circle)) return std::nullopt;
  circle.coverage = edge_coverage(prepared, circle, sign);
  if (circle.coverage < least_coverage) return std::nullopt;
  read_inside(prepared, circle);
  read_ring(prepared, circle);
  if (circle.ring_hu < least_ring_hu || circle.ring_hu > largest_ring_hu) return std::nullopt;
  if (sign * circle.contrast_hu() <= 0.0) return std::nullopt;
  return circle;
}

std::vector<Circle> find_circles(const PlaneImage& prepared, const CircleSearch& search) {
  const double middle_mm = 0.5 * (search.smallest_radius_mm + search.largest_radius_mm);
  const double slack_mm = 0.5 * (search.largest_radius_mm - search.smallest_radius_mm);
  std::vector<Circle> circles;
  for (const CentreGuess& guess : vote_for_centres(prepared, search)) {
    const auto circle =
        fit_circle(prepared, guess.centre_mm, middle_mm, slack_mm, guess.brighter, search.least_coverage);
    if (circle && !known(circles, *circle)) circles.push_back(*circle);
  }
  std::stable_sort(circles.begin(), circles.end(), [](const Circle& left, const Circle& right) {
    return left.coverage > right.coverage;
  });
  return circles;
}

}  // namespace focalhip
