#pragma once

#include "testdata/simulator/beam.h"
#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/protocol.h"
#include "testdata/simulator/scanner_errors.h"
#include "testdata/simulator/table_model.h"
#include "testdata/simulator/texture_field.h"

namespace focalhip::simulator {

struct RodsPoint {
  double hu = -1000.0;
  double edge_mm = 1e3;  // distance to the nearest edge worth finer sampling
};

// What a calibration sees of a scan, cheap: an elliptic trunk of fat and muscle with two bone cylinders where
// the thighs' bones would be, table and phantom as in the full scene.
class RodsScene {
 public:
  RodsScene(const HipParameters& hip, const Protocol& protocol, double water_offset_hu);
  [[nodiscard]] RodsPoint point(Vec3 p_patient_mm, double edge_width_mm) const;
  [[nodiscard]] const CalibrationTruth& calibration() const { return calibration_; }
  [[nodiscard]] const TableModel& table() const { return table_; }
  [[nodiscard]] Vec3 middle_mm() const { return middle_; }

 private:
  [[nodiscard]] double skin_distance(Vec3 p) const;
  [[nodiscard]] double inner_hu(Vec3 p, double skin, double width, double slope_gain, double& edge_mm) const;

  Beam beam_;
  CalibrationTruth calibration_;
  BodyParameters body_;
  Vec3 middle_;
  ScannerErrors errors_;
  double half_heads_;
  TableModel table_;
  TextureField mottle_;
};

}  // namespace focalhip::simulator
