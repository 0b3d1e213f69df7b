#pragma once

#include <array>

#include "testdata/simulator/fracture_parameters.h"
#include "testdata/simulator/texture_field.h"
#include "testdata/simulator/vector3.h"

namespace focalhip::simulator {

// What a fracture needs to know of its femur; femur frame, mm.
struct FractureLandmarks {
  Vec3 head_centre;
  Vec3 neck_direction;  // unit, towards the head
  double head_radius_mm = 22.0;
  double neck_length_mm = 58.0;
  Vec3 lesser_tip;
};

// A rigid motion p -> rotation p + shift.
struct RigidMotion {
  Mat3 rotation;
  Vec3 shift;
  [[nodiscard]] Vec3 forward(Vec3 p) const { return rotation * p + shift; }
  [[nodiscard]] Vec3 back(Vec3 p) const { return transposed(rotation) * (p - shift); }
};

// Cuts a femur into fragments and moves them. Works on points alone, so any femur that can be asked in its
// own frame can be broken. "Placed" = femur frame of the intact bone in which the fragments lie.
class FractureModel {
 public:
  FractureModel(const Fracture& fracture, const FractureLandmarks& landmarks);

  enum Fragment { head = 0, distal = 1, lesser = 2 };
  [[nodiscard]] int fragments() const { return fracture_.lesser_displaced_mm > 0.0 ? 3 : 2; }
  [[nodiscard]] const RigidMotion& motion(int fragment) const {
    return motions_[static_cast<std::size_t>(fragment)];
  }
  // To the cut surfaces that bound a fragment, negative inside; intact frame.
  [[nodiscard]] double cut_distance_mm(int fragment, Vec3 p_intact_mm) const;
  // 1 where blood fills what is not bone; placed frame.
  [[nodiscard]] double haematoma_share(Vec3 p_placed_mm) const;

  [[nodiscard]] const Fracture& fracture() const { return fracture_; }
  [[nodiscard]] Vec3 middle_mm() const { return middle_; }  // of the fracture, intact frame
  [[nodiscard]] Vec3 normal() const { return normal_; }     // unit, towards the head; intact frame

 private:
  [[nodiscard]] double height_mm(Vec3 p_intact_mm) const;  // above the fracture surface, towards the head

  Fracture fracture_;
  Vec3 middle_;
  Vec3 normal_;
  Vec3 lesser_tip_;
  double lesser_radius_mm_ = 0.0;
  double bleeding_radius_mm_ = 0.0;
  TextureField relief_;
  std::array<RigidMotion, 3> motions_;
};

}  // namespace focalhip::simulator
