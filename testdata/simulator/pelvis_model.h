#pragma once

#include "testdata/simulator/femur_model.h"
#include "testdata/simulator/field_grid.h"
#include "testdata/simulator/texture_field.h"

namespace focalhip::simulator {

struct PelvisPoint {
  double distance_mm = 1e3;     // to the bone's surface, negative inside
  double density_mg_cm3 = 0.0;  // HA
  double joint_share = 0.0;     // 1 in the space between head and socket (cartilage and fluid)
};

// Half a pelvis around one hip: socket, ilium, pubis, ischium, and half of sacrum and coccyx. Never nearer to
// the femur than the joint space.
class PelvisModel {
 public:
  // middle: between the two heads; sacrum and symphysis stand on its sagittal plane, so both halves meet.
  // highest_z_mm: how far up bone is needed (patient).
  PelvisModel(const PelvisParameters& parameters,
              const FemurModel& femur,
              Vec3 middle_patient_mm,
              double highest_z_mm,
              int threads);
  [[nodiscard]] PelvisPoint point(Vec3 p_patient_mm, double edge_width_mm) const;
  // Width of the joint in a direction from the head centre (unit vector; x lateral, y anterior, z cranial).
  [[nodiscard]] double joint_space_mm(Vec3 direction) const;
  // The 5th percentile of the joint space over the weight-bearing part of the socket.
  [[nodiscard]] double narrow_joint_space_mm() const;

 private:
  // Hip frame: relative to the head centre, x lateral, y anterior, z cranial, not rotated.
  [[nodiscard]] Vec3 hip_from_patient(Vec3 p_patient_mm) const;
  [[nodiscard]] double bone_distance(Vec3 p_hip_mm) const;
  [[nodiscard]] double spine_distance(Vec3 from_middle_mm) const;
  [[nodiscard]] double cup_distance(Vec3 p_hip_mm) const;
  [[nodiscard]] double cup_opening(Vec3 p_hip_mm) const;  // negative inside the half space of the socket
  void fill_grid(int threads, const FemurModel& femur);

  PelvisParameters parameters_;
  Vec3 head_patient_mm_;
  double lateral_sign_;
  double head_radius_mm_;
  Vec3 middle_hip_mm_;  // the middle in the hip frame; x < 0
  Vec3 cup_axis_;       // from the head centre to the floor of the socket
  FieldGrid<1> distance_;
  TextureField texture_;
};

}  // namespace focalhip::simulator
