#pragma once

#include <vector>

#include "analysis/volume/plane_image.h"

namespace focalhip {

struct CircleSearch {
  double smallest_radius_mm = 5.0;
  double largest_radius_mm = 12.0;
  // Edges deeper than this below the nearest air belong to the body, not to a phantom above or below it.
  // Too small: a phantom wrapped in mats is missed; too large: joints and vertebrae are searched.
  double deepest_mm = 45.0;
  // Least share of the circumference with an edge. Too small: corners pass; too large: streaks hide rods.
  double least_coverage = 0.8;
};

// Where the centre of a circle may be.
struct CentreGuess {
  Eigen::Vector2d centre_mm{0.0, 0.0};  // plane_mm of the picture, to about a pixel
  bool brighter = true;                 // than its surroundings
};

// Radial symmetry [LoyZelinsky2003]: every edge votes for the points that lie a radius of the range up and
// down its gradient. The best supported points, brighter ones first, each kind strongest first.
[[nodiscard]] std::vector<CentreGuess> vote_for_centres(const PlaneImage& prepared,
                                                        const CircleSearch& search);

}  // namespace focalhip
