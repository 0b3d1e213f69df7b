#include <algorithm>
#include <cmath>

#include "testdata/simulator/counter_random.h"
#include "testdata/simulator/hip_parameters.h"

namespace focalhip::simulator {
namespace {

constexpr std::uint64_t stream_person = 1;
constexpr std::uint64_t stream_right = 2;
constexpr std::uint64_t stream_left = 3;
constexpr std::uint64_t stream_body = 4;
constexpr std::uint64_t stream_phantom = 5;
constexpr std::uint64_t stream_detail = 6;  // of the right femur; 7 of the left

// Means per sex; sizes follow the head radius (24.5+-1.7 men, 21.9+-1.1 women in young people; adults 20 ..
// 28).
FemurParameters draw_shared_femur(RandomStream& random, Sex sex, double bone_quality) {
  const bool male = sex == Sex::male;
  FemurParameters f;
  f.head_radius_mm = std::clamp(male ? random.normal(24.5, 1.3) : random.normal(22.0, 1.0), 20.0, 28.0);
  const double size = f.head_radius_mm / 22.0;
  f.head_offset_mm = {random.normal(0.0, 0.5), random.normal(0.8, 0.6), random.normal(0.0, 0.5)};
  f.neck_shaft_angle_rad = random.normal(133.0, 5.0) * degree;
  // Gives an offset (its horizontal part) of 38 .. 50 mm for most.
  f.neck_length_mm = size * random.normal(58.5, 2.0);
  f.neck_radius_si_mm = size * random.normal(15.0, 0.6);
  f.neck_ap_si_ratio = random.normal(0.90, 0.02);
  f.shaft_radius_mm = size * random.normal(14.6, 0.5);
  f.shaft_ap_ml_ratio = random.normal(0.97, 0.015);
  f.shaft_bow_radius_mm = random.uniform(800.0, 1200.0);
  f.trochanter_height_mm = size * random.normal(34.5, 2.0);
  f.trochanter_lateral_mm = size * random.normal(25.5, 1.0);
  f.trochanter_posterior_mm = size * random.normal(9.0, 1.0);
  f.lesser_level_mm = -size * random.normal(26.5, 1.8);
  f.lesser_size = random.normal(1.0, 0.10);
  f.blend_mm = random.uniform(6.5, 9.5);
  f.anteversion_rad = random.normal(10.6, 6.0) * degree;
  f.adduction_rad = random.normal(6.0, 1.5) * degree;
  f.flexion_rad = random.normal(0.0, 1.5) * degree;

  f.cortical_density_mg_cm3 = std::clamp(random.normal(1110.0, 30.0), 1000.0, 1200.0);
  const double cortex = (male ? 1.0 : 0.95) * size * std::sqrt(bone_quality);
  f.head_cortex_mm = std::clamp(cortex * random.normal(0.80, 0.06), 0.6, 1.0);
  f.superior_neck_cortex_mm = std::clamp(cortex * random.normal(0.71, 0.07), 0.6, 1.2);
  f.calcar_cortex_mm = std::clamp(cortex * random.normal(2.7, 0.25), 2.0, 4.5);
  f.trochanter_cortex_mm = std::clamp(cortex * random.normal(0.80, 0.06), 0.7, 1.2);
  f.lesser_cortex_mm = std::clamp(cortex * random.normal(2.0, 0.15), 1.5, 2.5);
  f.shaft_cortex_mm = std::clamp(cortex * random.normal(3.85, 0.3), 3.0, 6.0);
  f.trabecular_scale = (male ? 1.02 : 0.97) * bone_quality * random.normal(1.0, 0.06);
  f.marrow_fat_mg_cm3 = random.normal(-58.0, 4.0);
  return f;
}

// The other 1.5 %: each side has its own small deviations.
FemurParameters with_side_noise(FemurParameters f, RandomStream& random) {
  constexpr double sd = 0.015;
  for (double* value : {&f.head_radius_mm,
                        &f.neck_length_mm,
                        &f.neck_radius_si_mm,
                        &f.shaft_radius_mm,
                        &f.trochanter_height_mm,
                        &f.trochanter_lateral_mm,
                        &f.trochanter_posterior_mm,
                        &f.lesser_level_mm,
                        &f.lesser_size,
                        &f.cortical_density_mg_cm3,
                        &f.head_cortex_mm,
                        &f.superior_neck_cortex_mm,
                        &f.calcar_cortex_mm,
                        &f.trochanter_cortex_mm,
                        &f.lesser_cortex_mm,
                        &f.shaft_cortex_mm,
                        &f.trabecular_scale}) {
    *value *= random.normal(1.0, sd);
  }
  f.head_radius_mm = std::clamp(f.head_radius_mm, 20.0, 28.0);
  f.neck_shaft_angle_rad *= random.normal(1.0, 0.5 * sd);
  f.anteversion_rad += random.normal(0.0, 3.0) * degree;
  f.adduction_rad += random.normal(0.0, 1.0) * degree;
  f.flexion_rad += random.normal(0.0, 1.0) * degree;
  f.texture_seed = static_cast<std::uint64_t>(random.uniform() * 0x1p53);
  return f;
}

// What keeps a femur from being the body that a model expects.
void add_detail(FemurParameters& f, RandomStream random) {
  f.head_along_neck = random.uniform(-0.015, 0.015);
  f.head_forward = random.uniform(-0.015, 0.015);
  f.linea_aspera_mm = random.uniform(1.5, 3.0);
  f.crest_mm = random.uniform(0.5, 1.5);
  f.endosteal_waviness = random.uniform(0.05, 0.10);
  f.transition_low_mm = 0.3;
  f.transition_high_mm = random.uniform(1.0, 1.5);
  f.texture_anisotropy = random.uniform(2.0, 3.0);
  f.streak_contrast = random.uniform(0.10, 0.20);
}

PelvisParameters draw_pelvis(RandomStream& random, double size, double bone_quality) {
  PelvisParameters p;
  p.joint_space_mm = random.uniform(2.4, 4.0);
  p.centre_edge_rad = random.normal(30.0, 3.0) * degree;
  p.subchondral_mm = random.uniform(1.6, 2.4);
  p.cortex_mm = random.uniform(1.0, 1.4);
  p.cortical_density_mg_cm3 = random.uniform(850.0, 950.0);
  p.trabecular_mg_cm3 = std::clamp(170.0 * bone_quality, 90.0, 250.0);
  p.size = size;
  return p;
}

BodyParameters draw_body(RandomStream& random, double height_cm, double weight_kg) {
  const double bmi = weight_kg / (height_cm * height_cm * 1e-4);
  BodyParameters b;
  b.half_width_mm = std::clamp(178.0 + 2.2 * (bmi - 24.0) + random.normal(0.0, 2.5), 168.0, 208.0);
  b.half_depth_mm = std::clamp(110.0 + 2.2 * (bmi - 24.0) + random.normal(0.0, 3.0), 100.0, 138.0);
  b.fat_hu = random.normal(-100.0, 2.0);
  b.muscle_hu = random.normal(55.0, 2.0);
  b.muscle_fat_fraction = random.uniform(0.02, 0.12);
  b.muscle_size = std::clamp(random.normal(1.0, 0.03) + 0.008 * (bmi - 24.0), 0.92, 1.12);
  b.subcutaneous_mm = std::clamp(20.0 + 1.6 * (bmi - 24.0), 10.0, 42.0);
  b.bladder_size = random.uniform(0.75, 1.15);
  b.gas = random.uniform(0.5, 1.2);
  return b;
}

PhantomParameters draw_phantom(RandomStream& random) {
  PhantomParameters p;
  p.rod_radius_mm = random.uniform(7.0, 9.0);
  p.rod_pitch_mm = random.uniform(26.0, 34.0);
  p.holder_hu = random.uniform(20.0, 40.0);
  p.mat_mm = random.uniform(6.0, 12.0);
  p.air_gap_mm = random.uniform(0.0, 8.0);
  p.shift_x_mm = random.normal(0.0, 8.0);
  p.tilt_in_plane_rad = random.normal(0.0, 0.8) * degree;
  p.tilt_along_rad = std::clamp(random.normal(0.0, 1.2), -3.0, 3.0) * degree;
  p.reversed = random.uniform() < 0.25;
  return p;
}

}  // namespace

HipParameters draw_hip(std::uint64_t seed, Sex sex) {
  const bool male = sex == Sex::male;
  RandomStream person(seed, stream_person);
  HipParameters hip;
  hip.seed = seed;
  hip.sex = sex;
  hip.age_years =
      std::round(std::clamp(male ? person.normal(67.8, 7.0) : person.normal(66.5, 6.2), 50.0, 90.0));
  hip.height_cm = std::round(male ? person.normal(170.5, 5.5) : person.normal(158.4, 5.3));
  hip.weight_kg =
      std::round(std::clamp(male ? person.normal(73.2, 9.0) : person.normal(63.5, 9.0), 42.0, 110.0));
  // Relative trabecular density: between-person spread of vBMD in Table 1 is 16 .. 20 % of the mean in men.
  const double bone_quality = std::clamp(person.normal(1.0, 0.16), 0.6, 1.4);

  const FemurParameters shared = draw_shared_femur(person, sex, bone_quality);
  RandomStream right(seed, stream_right);
  RandomStream left(seed, stream_left);
  hip.right = with_side_noise(shared, right);
  hip.left = with_side_noise(shared, left);

  add_detail(hip.right, RandomStream(seed, stream_detail));
  add_detail(hip.left, RandomStream(seed, stream_detail + 1));

  const double half_distance_mm = (male ? 87.0 : 86.0) + person.normal(0.0, 2.5);
  const Vec3 middle{person.normal(0.0, 4.0), person.normal(-8.0, 4.0), person.normal(0.0, 2.0)};
  const double obliquity_mm = person.normal(0.0, 2.0);  // one hip higher than the other
  hip.right.head_centre_patient_mm = middle + Vec3{-half_distance_mm, 0.0, obliquity_mm};
  hip.left.head_centre_patient_mm = middle + Vec3{half_distance_mm, person.normal(0.0, 2.0), -obliquity_mm};

  const double size = shared.head_radius_mm / 22.0;
  hip.right_pelvis = draw_pelvis(right, size, bone_quality);
  hip.left_pelvis = hip.right_pelvis;
  hip.left_pelvis.joint_space_mm =
      std::clamp(hip.right_pelvis.joint_space_mm * left.normal(1.0, 0.05), 2.0, 4.2);
  RandomStream body(seed, stream_body);
  hip.body = draw_body(body, hip.height_cm, hip.weight_kg);
  // Skin and fat cover the greater trochanters.
  const double trochanters_mm = std::abs(middle.x) + half_distance_mm + shared.trochanter_lateral_mm +
                                shared.neck_length_mm * std::sin(shared.neck_shaft_angle_rad);
  hip.body.half_width_mm = std::max(hip.body.half_width_mm, trochanters_mm + 12.0);
  RandomStream phantom(seed, stream_phantom);
  hip.phantom = draw_phantom(phantom);
  return hip;
}

}  // namespace focalhip::simulator
