#pragma once

#include <Eigen/Core>

#include "analysis/cortex/bspline_volume.h"
#include "analysis/cortex/cortex_profile.h"
#include "analysis/volume/ct_volume.h"

namespace focalhip {

struct ReadProfileOptions {
  double first_mm = -6.0;  // outside the vertex
  double last_mm = 10.0;   // inside
  double step_mm = 0.25;
  // Parallel lines round the centre, in the tangent plane; averaged after their outer edges are aligned.
  // Halves the noise. 0 lines = the single line.
  int disc_lines = 6;
  double disc_radius_mm = 1.2;  // never more than a quarter of the radius of curvature
  double centre_weight = 2.0;
  double furthest_shift_mm = 1.0;  // of a line's edge against the centre's; more: the line is left out
};

struct SurfacePoint {
  Eigen::Vector3d position_mm{0, 0, 0};  // frame of the volume's grid
  Eigen::Vector3d outward{0, 0, 1};      // unit
  double mean_curvature_per_mm = 0.0;    // positive where convex; 1 / (2 R) of a cylinder
};

// The profile through one point of the periosteal surface, straight along its normal, outside to inside.
// Where the line leaves the volume the weight is 0. [cbm 4]
[[nodiscard]] CortexProfile read_profile(const BsplineVolume& volume,
                                         const SurfacePoint& point,
                                         const ReadProfileOptions& options);

struct ReadVoxelsOptions {
  double first_mm = -6.0;
  double last_mm = 10.0;
  double radius_mm = 1.5;  // at least; never less than half the slice spacing
};

// The voxels themselves within a cylinder round the normal, each at its depth below the surface: a plane
// through the point, bent by half the inverse radius of curvature (the mean curvature of a cylinder). Nothing
// is interpolated, so thick slices and steep normals show the layer exactly as blurred. Weights fall to 0 at
// the cylinder's wall; voxels where the profile has no weight get none.
[[nodiscard]] LayerSamples read_voxels(const DensityVolume& volume,
                                       const SurfacePoint& point,
                                       const CortexProfile& profile,
                                       const ReadVoxelsOptions& options);

// What of a profile belongs to this cortex, densities as shares of `rise` above `outside` (soft tissue):
// further from the vertex counts less; another bone beyond the joint (rising again by 0.13 of the rise from a
// minimum below half) and the far cortex (rising by a quarter) count nothing. Returns the width of soft
// tissue (mm) up to the other bone, or a negative number without one. [cbm 4, neighbour-bone gate]
double weigh_profile(CortexProfile& profile, double outside, double rise);

}  // namespace focalhip
