#pragma once

#include <array>
#include <vector>

#include "testdata/simulator/beam.h"
#include "testdata/simulator/phantom_rods.h"
#include "testdata/simulator/vector3.h"

namespace focalhip::simulator {

// A straight rod of the phantom, in the patient frame.
struct RodAxis {
  Rod rod;
  int phantom = 1;        // 2 = of the second phantom
  double hu = 0.0;        // noise-free, of what fills the rod, at the level of the heads
  Vec3 point_patient_mm;  // on the axis, at the level of the heads
  Vec3 direction{0.0, 0.0, 1.0};
  double radius_mm = 8.0;
  double low_z_mm = -1e4;  // ends of the phantom, patient z
  double high_z_mm = 1e4;
  bool absent = false;
  bool bubble = false;
  bool cut = false;  // part of its cross-section lies outside the image or its circle, somewhere in the scan
  double psf_fwhm_mm = 0.0;  // in-plane at its place, mean of the directions
  double mineral_hu = 0.0;   // what of its HU grows with the scanner's slope

  [[nodiscard]] bool usable() const { return !absent && !bubble && !cut; }
  [[nodiscard]] Vec3 centre_mm(double z_patient_mm) const {
    return point_patient_mm + ((z_patient_mm - point_patient_mm.z) / direction.z) * direction;
  }
};

// Where a phantom lies: middle of the holder at the level of the heads, unit vectors within the axial plane.
struct PhantomSite {
  Vec3 centre;
  Vec3 row{1.0, 0.0, 0.0};   // from the first to the last rod if not reversed
  Vec3 away{0.0, 1.0, 0.0};  // from the person
};

// A holder with rods.
class PhantomModel {
 public:
  static constexpr double holder_half_height_mm = 14.0;

  PhantomModel(const PhantomParameters& parameters, const PhantomSite& site, const Beam& beam, int number);

  // `value` with the phantom in it. edge_mm shrinks to the distance of the nearest edge. slope_gain: share by
  // which the scanner's slope is larger at this level than at the heads.
  [[nodiscard]] double hu(
      Vec3 p_patient_mm, double value, double edge_width_mm, double slope_gain, double& edge_mm) const;
  [[nodiscard]] bool near(Vec3 p_patient_mm) const;
  [[nodiscard]] const std::vector<RodAxis>& rods() const { return rods_; }
  // Corners of the holder at a level.
  [[nodiscard]] std::array<Vec3, 4> outline_mm(double z_patient_mm) const;

 private:
  [[nodiscard]] double bubble_distance(Vec3 p, const RodAxis& axis) const;

  PhantomParameters parameters_;
  PhantomSite site_;  // row turned by the tilt in plane
  Vec3 direction_;
  double half_width_mm_;
  std::vector<RodAxis> rods_;
};

}  // namespace focalhip::simulator
