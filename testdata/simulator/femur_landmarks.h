#pragma once

#include "testdata/simulator/femur_model.h"

namespace focalhip::simulator {

// End of the lesser trochanter of a femur, z in the femur frame: the first level below the tip where the
// surface stands out less than 1 mm.
struct LesserTrochanter {
  Vec3 tip;
  double distal_z_mm = 0.0;
};

struct AxisLine {
  Vec3 point;
  Vec3 direction;  // unit
};

// What frame and regions hang on; femur frame, mm.
struct FemurLandmarks {
  FemurShape::Sphere head;         // that fits the articular surface best
  FemurShape::Sphere head_circle;  // that the neck band keeps clear of
  AxisLine neck;                   // towards the head
  double neck_length_mm = 0.0;     // from where it meets the shaft to the head's centre
  AxisLine shaft;                  // cranial, fitted 10 .. 40 mm below the lesser trochanter
  LesserTrochanter lesser;
};

// Of an implicit femur: from its parameters and closed form. Of a real surface: measured on it
// (measured_landmarks).
[[nodiscard]] FemurLandmarks find_landmarks(const FemurModel& femur);

// Of an implicit femur by its parameters, whatever surface it wears. Femur frame.
[[nodiscard]] FemurLandmarks closed_form_landmarks(const FemurShape& shape);

// Measured on the distance field alone, for any femur in its frame:
//   head    least squares sphere of the surface along 1,500 rays up to 100 degrees from the neck, without the
//   fovea neck    through the head's centre and the middle of the narrowest section across that same line
//   shaft   least squares line through the middles of the sections 10 .. 40 mm below the lesser trochanter
//   lesser  how far the wall between medial and posterior stands out over the outline 30 mm below, less what
//   the
//           lateral and anterior wall do; tip = most, distal end = first level below with less than 1 mm
[[nodiscard]] FemurLandmarks measured_landmarks(const FemurModel& femur);

}  // namespace focalhip::simulator
