#pragma once

#include <array>

#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/vector3.h"

// The proximal femur as an implicit body in the femur frame (see hip_parameters.h), with its cortex and its
// trabecular bone as fields. Everything is a closed function of FemurParameters.
namespace focalhip::simulator {

class FemurShape {
 public:
  explicit FemurShape(const FemurParameters& parameters);

  // Negative inside the periosteal surface; equals the distance (mm) near the surface after normalisation by
  // its gradient, which distance_mm does.
  [[nodiscard]] double implicit(Vec3 p_femur_mm) const;
  [[nodiscard]] double distance_mm(Vec3 p_femur_mm) const;
  [[nodiscard]] Vec3 gradient(Vec3 p_femur_mm) const;

  // The same body without the lesser trochanter: what the lesser trochanter protrudes from.
  [[nodiscard]] double implicit_without_lesser(Vec3 p_femur_mm) const;

  // Thickness of the cortex below the nearest surface, defects included.
  [[nodiscard]] double cortex_mm(Vec3 p_femur_mm) const;
  // Mean density between trabeculae and marrow, HA mg/cm3, defects included, texture not.
  [[nodiscard]] double trabecular_mg_cm3(Vec3 p_femur_mm) const;

  // Width of the zone in which the cortex passes into spongy bone.
  [[nodiscard]] double transition_mm(Vec3 p_femur_mm) const;
  // Where the texture is read for a point: drawn together along the compressive arcade.
  [[nodiscard]] Vec3 texture_point(Vec3 p_femur_mm) const;

  // The sphere that fits the articular part of the true surface best (least squares of the distances).
  struct Sphere {
    Vec3 centre;
    double radius_mm = 0.0;
  };
  [[nodiscard]] Sphere best_head_sphere() const;

  [[nodiscard]] const FemurParameters& parameters() const { return parameters_; }
  // Centre of the head's ellipsoid.
  [[nodiscard]] Vec3 head_centre_mm() const { return head_centre_; }
  // Unit vectors: along the neck towards the head, and across it towards superior-lateral.
  [[nodiscard]] Vec3 neck_direction() const { return neck_; }
  [[nodiscard]] Vec3 neck_superior() const { return superior_; }
  // Centre line of the shaft at height z, with the anterior bow.
  [[nodiscard]] Vec3 shaft_centre_mm(double z_mm) const;
  [[nodiscard]] Vec3 lesser_tip_centre_mm() const { return lesser_tip_; }

 private:
  [[nodiscard]] double neck_distance(Vec3 p) const;
  [[nodiscard]] double shaft_distance(Vec3 p) const;
  [[nodiscard]] double greater_trochanter_distance(Vec3 p) const;
  [[nodiscard]] double lesser_trochanter_distance(Vec3 p) const;
  [[nodiscard]] double head_distance(Vec3 p) const;
  [[nodiscard]] double linea_aspera_distance(Vec3 p) const;
  [[nodiscard]] double osteophyte_distance(Vec3 p) const;
  [[nodiscard]] double fovea_distance(Vec3 p) const;
  [[nodiscard]] double trochanteric_fossa_distance(Vec3 p) const;
  [[nodiscard]] double hills_mm(Vec3 p) const;
  [[nodiscard]] std::array<Vec3, 18> hill_places() const;
  [[nodiscard]] double defect_factor(Vec3 p, double share) const;

  FemurParameters parameters_;
  double size_ = 1.0;
  Vec3 neck_;
  Vec3 superior_;
  Vec3 head_centre_;
  Vec3 lesser_tip_;
  Vec3 arcade_;  // unit vector along the compressive arcade
  std::array<Vec3, 18> hills_;
  bool has_hills_ = false;
};

}  // namespace focalhip::simulator
