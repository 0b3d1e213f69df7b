#pragma once

#include <vector>

#include "testdata/simulator/femur_model.h"
#include "testdata/simulator/protocol.h"

namespace focalhip::simulator {

// A simple nail of steel in the shaft with a screw through the neck into the head, in the femora that have
// one, and the streaks it makes.
class ImplantModel {
 public:
  ImplantModel(Implants implants, const FemurModel& right, const FemurModel& left);
  [[nodiscard]] bool empty() const { return cylinders_.empty(); }
  // To the metal, negative inside.
  [[nodiscard]] double distance_mm(Vec3 p_patient_mm) const;
  // What metal in the plane of a point adds to its CT number: bands that alternate round the metal.
  [[nodiscard]] double streak_hu(Vec3 p_patient_mm) const;

 private:
  struct Cylinder {
    Vec3 from;
    Vec3 to;
    double radius_mm = 5.0;
  };
  void add(const FemurModel& femur);
  std::vector<Cylinder> cylinders_;
};

}  // namespace focalhip::simulator
