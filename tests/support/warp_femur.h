#pragma once

#include <cstdint>
#include <vector>

#include "analysis/registration/points.h"
#include "analysis/surface/triangle_mesh.h"

namespace focalhip::test {

// Axes of a proximal femur as a mesh with an open cut through its shaft.
struct FemurAxes {
  Eigen::Vector3d cut_mm{0, 0, 0};  // centre of the cut
  Eigen::Vector3d shaft{0, 0, 1};   // unit, from the cut towards the trochanters
  Eigen::Vector3d medial{1, 0, 0};  // unit, across the shaft, towards the head
  double head_offset_mm = 0.0;      // of the medial end of the head from the shaft axis
};
[[nodiscard]] FemurAxes femur_axes(const TriangleMesh& mesh);

// A smooth deformation that is no sum of Gaussians: free-form cubic B-splines, then the neck turned about the
// shaft (version) and bent in its plane (neck-shaft angle).
class FemurWarp {
 public:
  struct Size {
    double spacing_mm = 30.0;    // of the control points
    double control_sd_mm = 2.5;  // of each of their coordinates
    double version_rad = 0.0;
    double bend_rad = 0.0;
  };
  FemurWarp(const TriangleMesh& mesh, const Size& size, std::uint64_t seed);

  [[nodiscard]] Eigen::Vector3d operator()(const Eigen::Vector3d& point_mm) const;

 private:
  [[nodiscard]] Eigen::Vector3d free_form(const Eigen::Vector3d& point_mm) const;
  [[nodiscard]] Eigen::Vector3d neck(const Eigen::Vector3d& point_mm) const;

  FemurAxes axes_;
  Size size_;
  Eigen::Vector3d origin_mm_{0, 0, 0};
  Eigen::Vector3i controls_{0, 0, 0};
  std::vector<Eigen::Vector3d> control_mm_;
};

}  // namespace focalhip::test
