#pragma once

#include <optional>

#include "testdata/simulator/femur_shape.h"
#include "testdata/simulator/field_grid.h"
#include "testdata/simulator/fracture_model.h"
#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/texture_field.h"

namespace focalhip::simulator {

// Rigid placement of a femur: the femur frame in the patient (left = mirrored).
class FemurPose {
 public:
  FemurPose(const FemurShape& shape, Side side);
  [[nodiscard]] Vec3 patient_from_femur(Vec3 p_femur_mm) const;
  [[nodiscard]] Vec3 femur_from_patient(Vec3 p_patient_mm) const;
  [[nodiscard]] Vec3 patient_direction_from_femur(Vec3 direction) const;

 private:
  Mat3 patient_axes_from_femur_;
  Vec3 head_femur_mm_;
  Vec3 head_patient_mm_;
};

// What stands at a point of a femur.
struct FemurPoint {
  double distance_mm = 1e3;   // to the periosteal surface, negative inside
  double density_mg_cm3 = 0;  // HA; meaningful where distance_mm < 1
  double cortical_share = 0;  // 1 in the cortex, 0 in spongy bone, between them in the transition
};

// One femur of the scene: shape, pose, and its fields sampled (at 1 mm unless said otherwise) for speed. All
// truth is read from the same sampled fields, so image and truth cannot disagree.
class FemurModel {
 public:
  // lowest_z_femur_mm: how far down the shaft is needed, femur frame.
  FemurModel(const FemurParameters& parameters,
             Side side,
             double lowest_z_femur_mm,
             int threads,
             double field_step_mm = 1.0);

  [[nodiscard]] FemurPoint point(Vec3 p_patient_mm, double edge_width_mm) const;
  [[nodiscard]] double distance_mm(Vec3 p_patient_mm) const;

  // The fragments of a broken femur; the patient's points above see them, the femur frame below is that of
  // the intact bone.
  [[nodiscard]] const std::optional<FractureModel>& fracture() const { return fracture_; }
  // 1 where the blood of a fracture fills what is not bone.
  [[nodiscard]] double haematoma_share(Vec3 p_patient_mm) const;

  // In the femur frame, intact.
  [[nodiscard]] double distance_femur_mm(Vec3 p_femur_mm) const { return fields_.sample(p_femur_mm)[0]; }
  [[nodiscard]] double cortex_femur_mm(Vec3 p_femur_mm) const { return fields_.sample(p_femur_mm)[1]; }
  [[nodiscard]] FemurPoint point_femur(Vec3 p_femur_mm, double edge_width_mm) const;
  [[nodiscard]] Vec3 low_femur_mm() const { return fields_.low_mm(); }
  [[nodiscard]] Vec3 high_femur_mm() const { return fields_.high_mm(); }

  [[nodiscard]] const FemurShape& shape() const { return shape_; }
  [[nodiscard]] const FemurPose& pose() const { return pose_; }
  [[nodiscard]] Side side() const { return side_; }
  // Axis-parallel box in the patient that holds the femur with a margin of 6 mm.
  [[nodiscard]] bool near(Vec3 p_patient_mm) const;

 private:
  [[nodiscard]] double cortical_mg_cm3(Vec3 p_femur_mm) const;
  [[nodiscard]] double arthritic(Vec3 p_femur_mm, double distance_mm, double spongy_mg_cm3) const;
  void widen_box(const RigidMotion* motion);
  [[nodiscard]] double broken_distance_mm(Vec3 p_placed_mm) const;
  [[nodiscard]] FemurPoint broken_point(Vec3 p_placed_mm, double edge_width_mm) const;

  FemurShape shape_;
  FemurPose pose_;
  Side side_;
  FieldGrid<3> fields_;  // distance, cortex, trabecular density
  TextureField texture_;
  double texture_sd_log_;
  std::optional<FractureModel> fracture_;
  Vec3 box_low_;
  Vec3 box_high_;
};

}  // namespace focalhip::simulator
