#pragma once

#include <memory>
#include <string>

#include "testdata/simulator/field_grid.h"
#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/triangle_set.h"

namespace focalhip::simulator {

// A real femur's surface as a bone of the simulator: its signed distance in the femur frame of the implicit
// femur that fits it best, with a shaft that goes on below the cut. Always a right femur; a left bone is
// mirrored. Made once, worn by any number of persons on either side.
class MeshBone {
 public:
  // Throws std::runtime_error with a sentence that begins with `name`.
  MeshBone(TriangleSet set, const std::string& name, int threads);

  // To the surface, mm, negative inside; femur frame. Below the cut the outline of the last level goes
  // straight down and turns, within 20 mm, into its own mean, elliptic and turned parts (Fourier orders 0-2):
  // what is left of a lesser trochanter there ends.
  [[nodiscard]] double distance_mm(Vec3 p_femur_mm) const;

  // The same bone stretched about its head's centre along the axes of the femur frame, by factors near 1: the
  // surface exactly, the distance off it to first order. Another person's bone, or the other side's.
  [[nodiscard]] MeshBone stretched(Vec3 factors) const;

  [[nodiscard]] Vec3 stretch() const { return stretch_; }

  // The implicit femur: shape only, not stretched but for the radius of its head.
  [[nodiscard]] const FemurParameters& fitted() const { return fitted_; }
  [[nodiscard]] double fit_rms_mm() const { return fit_rms_mm_; }
  [[nodiscard]] Side side_in_file() const { return side_; }
  // Box of the surface above the cut.
  [[nodiscard]] Vec3 low_mm() const { return low_; }
  [[nodiscard]] Vec3 high_mm() const { return high_; }

 private:
  [[nodiscard]] double unstretched_distance_mm(Vec3 p) const;
  [[nodiscard]] double outline_mm(double angle) const;
  void measure_outline();

  FemurParameters fitted_;
  double fit_rms_mm_ = 0.0;
  Side side_ = Side::right;
  FieldGrid<1> distance_;
  Vec3 low_;
  Vec3 high_;
  double joint_z_mm_ = 0.0;  // from here down the shaft is continued
  Vec3 outline_centre_;
  std::array<double, 5> outline_{};  // mean, cos and sin of the angle and of twice the angle
  Vec3 stretch_{1.0, 1.0, 1.0};
  Vec3 stretch_centre_;
};

// The drawn femur with the shape of a real bone: pose, cortex and density stay those drawn.
[[nodiscard]] FemurParameters wearing(const FemurParameters& drawn, std::shared_ptr<const MeshBone> bone);

}  // namespace focalhip::simulator
