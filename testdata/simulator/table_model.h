#pragma once

#include <array>

#include "testdata/simulator/attenuation.h"
#include "testdata/simulator/hip_parameters.h"

namespace focalhip::simulator {

// A straight rod of the phantom, in the patient frame.
struct RodAxis {
  Rod rod;
  double hu = 0.0;        // noise-free
  Vec3 point_patient_mm;  // on the axis, at the level of the heads
  Vec3 direction{0.0, 0.0, 1.0};
  double radius_mm = 8.0;
};

// What lies below the person: mat, phantom with five rods in a holder, table.
class TableModel {
 public:
  TableModel(
      const HipParameters& hip, bool phantom, double energy_kev, double back_y_mm, double z_reference_mm);
  // HU at a point; -1000 in air. `edge_mm` becomes the distance to the nearest sharp edge that matters.
  [[nodiscard]] double hu(Vec3 p_patient_mm, double edge_width_mm, double& edge_mm) const;
  [[nodiscard]] const std::array<RodAxis, 5>& rods() const { return rods_; }
  [[nodiscard]] double top_y_mm() const { return mat_top_y_; }
  [[nodiscard]] double bottom_y_mm() const { return table_top_y_ + 50.0; }

 private:
  PhantomParameters parameters_;
  bool phantom_;
  double mat_top_y_;
  double holder_y_;  // centre of the holder
  double table_top_y_;
  double z_reference_;
  std::array<RodAxis, 5> rods_;
};

}  // namespace focalhip::simulator
