#pragma once

#include "testdata/simulator/field_grid.h"
#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/table_model.h"
#include "testdata/simulator/texture_field.h"

namespace focalhip::simulator {

struct BodyPoint {
  double skin_distance_mm = 1e3;  // to the skin's outer surface, negative inside
  double hu = -1000.0;            // soft tissue, if inside
};

// Skin, fat, muscles with fascial planes and fat streaks, vessels, bladder, rectum with gas. Two thighs below
// the crotch. No bone.
class BodyModel {
 public:
  BodyModel(const HipParameters& hip, bool contrast, double lowest_z_mm, double highest_z_mm, int threads);
  [[nodiscard]] BodyPoint point(Vec3 p_patient_mm, double edge_width_mm) const;
  [[nodiscard]] double skin_distance_mm(Vec3 p_patient_mm) const { return fields_.sample(p_patient_mm)[0]; }
  // Its outermost levels at pelvis and thighs.
  [[nodiscard]] BodyOutline outline() const;
  [[nodiscard]] Vec3 low_mm() const { return fields_.low_mm(); }
  [[nodiscard]] Vec3 high_mm() const { return fields_.high_mm(); }

 private:
  [[nodiscard]] double outline_distance(Vec3 p) const;
  [[nodiscard]] double fat_layer_mm(Vec3 p) const;
  [[nodiscard]] double trunk_muscle_distance(Vec3 p) const;
  [[nodiscard]] double bowel_hu(Vec3 from_middle, double hu, double edge_width_mm) const;
  [[nodiscard]] double organ_hu(Vec3 p, double hu, double edge_width_mm) const;
  void fill_grid(const HipParameters& hip, int threads);

  BodyParameters body_;
  Sex sex_;
  bool contrast_;
  Vec3 middle_;        // between the heads
  double half_heads_;  // half the distance between them
  double size_;
  FieldGrid<3> fields_;  // skin distance, muscle distance, half the way to the next muscle
  TextureField streaks_;
  TextureField mottle_;
};

}  // namespace focalhip::simulator
