#pragma once

#include <optional>
#include <vector>

#include "analysis/calibration/vote_for_centres.h"
#include "analysis/volume/plane_image.h"

namespace focalhip {

// A round, uniform patch in a picture, brighter or darker than the ring around it.
struct Circle {
  Eigen::Vector2d centre_mm{0.0, 0.0};  // plane_mm of the picture
  double radius_mm = 0.0;
  double inside_hu = 0.0;  // mean within 0.6 radius
  double inside_sd_hu = 0.0;
  double ring_hu = 0.0;   // median of a ring 2.5 mm outside the edge
  double coverage = 0.0;  // share of the circumference with an edge of the right sign, 0 .. 1

  [[nodiscard]] double contrast_hu() const { return inside_hu - ring_hu; }
};

// The picture in which circles are searched: smoothed by sigma 1 mm.
[[nodiscard]] PlaneImage prepared_for_circles(const PlaneImage& image);

// All circles of the radius range outside the body's core, best closed ones first.
[[nodiscard]] std::vector<Circle> find_circles(const PlaneImage& prepared, const CircleSearch& search);

// The circle near a guess (centre within 3 mm, radius within slack_mm), brighter or darker as asked;
// nothing where the edge does not close.
[[nodiscard]] std::optional<Circle> fit_circle(const PlaneImage& prepared,
                                               const Eigen::Vector2d& centre_mm,
                                               double radius_mm,
                                               double slack_mm,
                                               bool brighter,
                                               double least_coverage);

}  // namespace focalhip
