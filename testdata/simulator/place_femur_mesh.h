#pragma once

#include <string>
#include <vector>

#include "testdata/simulator/triangle_set.h"

namespace focalhip::simulator {

struct Ball {
  Vec3 centre;
  double radius_mm = 0.0;
};

// Least squares of the distances to the points (Gauss-Newton), dropping points farther than `trim_mm` from
// the sphere in later steps: the fovea and what is no head.
[[nodiscard]] Ball fitted_ball(const std::vector<Vec3>& points, Ball start, double trim_mm);

// A femur's surface relative to the middle of the head: x lateral, z cranial along the shaft, y = z x x,
// which is anterior if the bone in the file is a right one and posterior if it is a left one.
struct PlacedMesh {
  TriangleSet surface;  // as in the file, turned and moved
  double head_radius_mm = 0.0;
  double cut_z_mm = 0.0;  // above the ragged rim of the distal cut
};

// Finds shaft and head of a proximal femur that lies anywhere and any way round: the shaft's end is the
// largest hole of the surface and the head what stands farthest from the shaft's axis. Does not tell the side
// (fit_either_side does). Throws std::runtime_error with a sentence that `name` begins if the surface is
// closed or no proximal femur in mm.
[[nodiscard]] PlacedMesh place_femur_mesh(TriangleSet set, const std::string& name);

}  // namespace focalhip::simulator
