#pragma once

#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/protocol.h"

namespace focalhip::simulator {

// How the scanner's CT numbers deviate from those of the true beam.
class ScannerErrors {
 public:
  ScannerErrors() = default;
  // middle: between the heads. The hardening follows the person's width, as the phantom does not.
  ScannerErrors(const Protocol& protocol, const BodyParameters& body, Vec3 middle_mm, double water_offset_hu);

  [[nodiscard]] double water_offset_hu() const { return water_offset_hu_; }
  // Share by which the slope is larger at a level than at the heads.
  [[nodiscard]] double slope_gain(Vec3 p_patient_mm) const {
    return drift_.slope_gain(p_patient_mm.z - middle_.z);
  }
  // Bone inside the person loses contrast in a hardened beam.
  [[nodiscard]] double bone_factor() const { return bone_factor_; }
  // Dark middle of the person; zero at the skin.
  [[nodiscard]] double cupping_hu(Vec3 p_patient_mm) const;
  // With offset and drift; air stays at -1000.
  [[nodiscard]] double shown_hu(double hu, Vec3 p_patient_mm) const;

 private:
  double water_offset_hu_ = 0.0;
  ScannerDrift drift_;
  Vec3 middle_;
  double bone_factor_ = 1.0;
  double cupping_hu_ = 0.0;
  double half_width_mm_ = 1.0;
  double half_depth_mm_ = 1.0;
};

}  // namespace focalhip::simulator
