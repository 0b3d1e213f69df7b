#include "tests/proof/cortex_hips/hip_changes.h"

#include "testdata/simulator/femur_model.h"

namespace focalhip::proof {

namespace sim = simulator;

std::array<sim::Vec3, 2> places_femur_mm(const sim::FemurParameters& femur) {
  const sim::FemurShape shape(femur);
  const sim::Vec3 anterior{0.0, 1.0, 0.0};
  const auto on_surface = [&](sim::Vec3 from, sim::Vec3 direction) {
    double reach = 0.0;
    while (reach < 60.0 && shape.distance_mm(from + reach * direction) < 0.0) reach += 0.1;
    return from + reach * direction;
  };
  return {on_surface(0.55 * femur.neck_length_mm * shape.neck_direction(),
                     0.7071 * (shape.neck_superior() + anterior)),
          on_surface({0.0, 0.0, -8.0}, anterior)};
}

std::array<sim::Vec3, 2> places_patient_mm(const sim::FemurParameters& femur, sim::Side side) {
  std::array<sim::Vec3, 2> places = places_femur_mm(femur);
  const sim::FemurPose pose(sim::FemurShape(femur), side);
  for (sim::Vec3& place : places) place = pose.patient_from_femur(place);
  return places;
}

sim::HipParameters with_bone_loss(sim::HipParameters hip, double factor) {
  for (sim::FemurParameters* f : {&hip.right, &hip.left}) {
    for (double* cortex : {&f->head_cortex_mm,
                           &f->superior_neck_cortex_mm,
                           &f->calcar_cortex_mm,
                           &f->trochanter_cortex_mm,
                           &f->lesser_cortex_mm,
                           &f->shaft_cortex_mm}) {
      *cortex *= factor;
    }
    f->trabecular_scale *= factor;
  }
  return hip;
}

sim::HipParameters with_defects(sim::HipParameters hip, double fwhm_mm, double depth) {
  for (sim::FemurParameters* f : {&hip.right, &hip.left}) {
    f->defects.clear();
    for (const sim::Vec3& place : places_femur_mm(*f))
      f->defects.push_back({.centre_femur_mm = place, .fwhm_mm = fwhm_mm, .depth = depth});
  }
  return hip;
}

sim::HipParameters with_cortical_density(sim::HipParameters hip, double factor) {
  hip.right.cortical_density_mg_cm3 *= factor;
  hip.left.cortical_density_mg_cm3 *= factor;
  return hip;
}

}  // namespace focalhip::proof
