#pragma once

#include <vector>

#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/vector3.h"

namespace focalhip::simulator {

// The implicit femur nearest to points of a real surface, and where it lies.
struct FittedFemur {
  FemurParameters parameters;  // shape only; pose, cortex and density are defaults
  Mat3 femur_from_placed;      // rotation about the head's centre
  double rms_mm = 0.0;         // of the points' distances to the implicit surface
  double p95_mm = 0.0;
};

// points_mm: on the surface, relative to the centre of the head, roughly in the directions of the femur frame
// (within 20 deg). The head's centre and radius are kept; Levenberg and Marquardt's method over pose and
// shape with weak priors at the family's means.
[[nodiscard]] FittedFemur fit_femur_shape(const std::vector<Vec3>& points_mm, double head_radius_mm);

// Fits the points as a right and, mirrored in y, as a left femur; the side is the one that fits better.
struct SidedFit {
  FittedFemur fit;  // of the points, mirrored in y if the side is left
  Side side = Side::right;
  double other_rms_mm = 0.0;  // of the side that was rejected
};
[[nodiscard]] SidedFit fit_either_side(const std::vector<Vec3>& points_mm, double head_radius_mm);

// A point given relative to the head's centre, in the femur frame of the fit.
[[nodiscard]] Vec3 femur_from_placed(const FittedFemur& fit, Vec3 p_mm);

}  // namespace focalhip::simulator
