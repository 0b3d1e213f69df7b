#pragma once

#include "testdata/simulator/truth.h"

namespace focalhip::simulator {

// Step of the projection and of the integration.
inline constexpr double projection_step_mm = 0.5;

// A point of the projection: u lateral, v cranial, mm from the frame's origin.
struct Point2 {
  double u = 0.0;
  double v = 0.0;
};

// The femur seen along the anterior axis.
struct Silhouette {
  const FemurModel& femur;
  const VoiGeometry& g;

  [[nodiscard]] Vec3 femur_point(Point2 q, double w_mm) const;
  // How deep the deepest point of the ray through q lies inside: negative = the ray hits bone.
  [[nodiscard]] double depth(Point2 q) const;
  // Distance from a point inside to the first exit along a direction.
  [[nodiscard]] double first_exit_mm(Point2 from, Point2 direction, double limit_mm) const;
};

// Range of rays through a femur of any size, along the anterior axis.
inline constexpr double ray_low_mm = -38.0;
inline constexpr double ray_high_mm = 34.0;

// Frame, neck band, lower limit and TR / IT line of a femur.
[[nodiscard]] VoiGeometry place_regions(const FemurModel& femur, const FemurLandmarks& marks);

}  // namespace focalhip::simulator
