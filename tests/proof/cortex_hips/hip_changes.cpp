#include "tests/proof/cortex_hips/hip_changes.h"

#include "testdata/simulator/arthritis.h"
#include "testdata/simulator/femur_model.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

// Where a ray from inside leaves the implicit bone.
sim::Vec3 on_surface(const sim::FemurShape& shape, sim::Vec3 from, sim::Vec3 direction) {
  double reach = 0.0;
  while (reach < 60.0 && shape.distance_mm(from + reach * direction) < 0.0) reach += 0.1;
  return from + reach * direction;
}

}  // namespace

std::array<sim::Vec3, 2> places_femur_mm(const sim::FemurParameters& femur) {
  const sim::FemurShape shape(femur);
  const sim::Vec3 anterior{0.0, 1.0, 0.0};
  return {on_surface(shape,
                     0.55 * femur.neck_length_mm * shape.neck_direction(),
                     0.7071 * (shape.neck_superior() + anterior)),
          on_surface(shape, {0.0, 0.0, -8.0}, anterior)};
}

sim::Vec3 shaft_place_femur_mm(const sim::FemurParameters& femur) {
  constexpr double below_mm = 15.0;
  return on_surface(sim::FemurShape(femur), {0.0, 0.0, femur.lesser_level_mm - below_mm}, {1.0, 0.0, 0.0});
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

sim::HipParameters with_cortical_patches(sim::HipParameters hip, double fwhm_mm, double change) {
  for (sim::FemurParameters* f : {&hip.right, &hip.left}) {
    f->cortical_patches.clear();
    for (const sim::Vec3& place : places_femur_mm(*f))
      f->cortical_patches.push_back({place, fwhm_mm, change});
    f->cortical_patches.push_back({shaft_place_femur_mm(*f), fwhm_mm, change});
  }
  return hip;
}

sim::HipParameters with_uneven_shaft(sim::HipParameters hip, double fwhm_mm, double change) {
  for (sim::FemurParameters* f : {&hip.right, &hip.left}) {
    const sim::Vec3 in_shaft{0.0, 0.0, f->lesser_level_mm - 25.0};
    f->cortical_patches = {{in_shaft, fwhm_mm, change}};
  }
  return hip;
}

sim::HipParameters with_severe_arthritis(sim::HipParameters hip) {
  const auto wear = [&](sim::FemurParameters& femur, sim::PelvisParameters& pelvis, std::uint64_t seed) {
    sim::make_arthritic(femur, pelvis, sim::ArthritisGrade::severe, seed);
    if (!femur.surface) return;
    femur.osteophyte_mm = 0.0;
    femur.head_along_neck = 0.0;
  };
  wear(hip.right, hip.right_pelvis, hip.seed);
  wear(hip.left, hip.left_pelvis, hip.seed + 1);
  return hip;
}

}  // namespace focalhip::proof
