#include "testdata/simulator/femur_shape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "testdata/simulator/femur_model.h"
#include "testdata/simulator/surface_mesh.h"
#include "testdata/simulator/truth.h"

namespace focalhip::simulator {
namespace {

FemurParameters person(std::uint64_t seed) { return draw_hip(seed, Sex::female).right; }

// Without waves, ridges and a flattened head.
FemurParameters plain_person(std::uint64_t seed) {
  FemurParameters f = person(seed);
  f.head_along_neck = f.head_forward = 0.0;
  f.linea_aspera_mm = f.crest_mm = 0.0;
  f.endosteal_waviness = 0.0;
  f.transition_low_mm = f.transition_high_mm = 0.0;
  return f;
}

TEST(FemurShape, ArticularHeadIsASphereUnlessFlattened) {
  const FemurShape shape(plain_person(11));
  const double radius = shape.parameters().head_radius_mm;
  // Directions on the far side of the neck, away from the fovea (medial, below the neck's direction).
  for (const Vec3 direction :
       {Vec3{-0.2, 0.1, 0.9}, Vec3{-0.5, 0.6, 0.6}, Vec3{-0.5, -0.5, 0.75}, Vec3{0.2, 0.3, 0.9}}) {
    const Vec3 p = shape.head_centre_mm() + radius * normalised(direction);
    EXPECT_NEAR(shape.distance_mm(p), 0.0, 0.02);
    EXPECT_NEAR(shape.distance_mm(p + 3.0 * normalised(direction)), 3.0, 0.05);
    EXPECT_NEAR(shape.distance_mm(p - 4.0 * normalised(direction)), -4.0, 0.05);
  }
}

// The sphere that is reported has a smaller sum of squares than its neighbours, and is the head itself if
// that is one.
TEST(FemurShape, BestSphereOfTheHeadIsTheBest) {
  const FemurShape round(plain_person(11));
  const FemurShape::Sphere exact = round.best_head_sphere();
  // The neck's fillet reaches into the outermost of the sampled directions.
  EXPECT_NEAR(exact.radius_mm, round.parameters().head_radius_mm, 0.15);
  EXPECT_NEAR(length(exact.centre - round.head_centre_mm()), 0.0, 0.25);
  FemurParameters f = person(11);
  f.head_along_neck = 0.015;
  f.head_forward = -0.012;
  const FemurShape flat(f);
  const FemurShape::Sphere best = flat.best_head_sphere();
  double worst_off = 0.0;
  for (const Vec3 direction : {Vec3{-0.2, 0.1, 0.9}, Vec3{-0.5, 0.6, 0.6}, Vec3{-0.5, -0.5, 0.75}}) {
    const double off = flat.distance_mm(best.centre + best.radius_mm * normalised(direction));
    worst_off = std::max(worst_off, std::abs(off));
    EXPECT_LT(std::abs(off), 0.03 * best.radius_mm);
  }
  EXPECT_GT(worst_off, 0.05);  // no sphere
}

// A distance field has a gradient of length one; cortices are as thick as asked only where that holds.
TEST(FemurShape, DistanceHasUnitGradientNearTheSurface) {
  const FemurModel femur(person(12), Side::right, -70.0, 2);
  const SurfaceMesh mesh =
      extract_surface(femur, femur.shape().parameters().head_centre_patient_mm.z - 95.0, 3.0);
  double worst_mean = 0.0;
  int counted = 0;
  double sum = 0.0;
  for (std::size_t i = 0; i < mesh.vertices_patient_mm.size(); i += 7) {
    const Vec3 p = mesh.vertices_patient_mm[i];
    const Vec3 n = mesh.normals[i];
    const double inner = femur.distance_mm(p - 2.0 * n);
    const double outer = femur.distance_mm(p + 1.0 * n);
    sum += std::abs((outer - inner) / 3.0 - 1.0);
    ++counted;
  }
  worst_mean = sum / counted;
  EXPECT_GT(counted, 300);
  // Concave fillets and the sharp fossa make the way along a normal longer than the distance.
  EXPECT_LT(worst_mean, 0.03);
}

TEST(FemurShape, MeshLiesOnTheSurfaceAndLooksOutward) {
  const FemurModel femur(person(13), Side::left, -70.0, 2);
  const double low = femur.shape().parameters().head_centre_patient_mm.z - 90.0;
  const SurfaceMesh mesh = extract_surface(femur, low, 2.0);
  ASSERT_GT(mesh.vertices_patient_mm.size(), 5000U);
  double six_volumes = 0.0;
  for (const auto& t : mesh.triangles) {
    const Vec3 a = mesh.vertices_patient_mm[static_cast<std::size_t>(t[0])];
    const Vec3 b = mesh.vertices_patient_mm[static_cast<std::size_t>(t[1])];
    const Vec3 c = mesh.vertices_patient_mm[static_cast<std::size_t>(t[2])];
    const Vec3 o = femur.shape().parameters().head_centre_patient_mm;
    six_volumes += dot(a - o, cross(b - o, c - o));
  }
  EXPECT_GT(six_volumes, 0.0);
  std::size_t valid = 0;
  for (std::size_t i = 0; i < mesh.vertices_patient_mm.size(); ++i) {
    const Vec3 p = mesh.vertices_patient_mm[i];
    // One Newton step on a field sampled at 1 mm.
    ASSERT_NEAR(femur.distance_mm(p), 0.0, 0.12);
    ASSERT_GE(p.z, low - 0.2);
    ASSERT_GT(femur.distance_mm(p + 0.5 * mesh.normals[i]), 0.1);
    if (!mesh.cortex[i].valid) continue;
    ++valid;
    ASSERT_GT(mesh.cortex[i].cth_mm, 0.2);
    ASSERT_LT(mesh.cortex[i].cth_mm, 15.0);
  }
  EXPECT_GT(valid, 8 * mesh.vertices_patient_mm.size() / 10);
}

TEST(FemurShape, CortexIsThickOnTheShaftAndThinOnTheHead) {
  const FemurParameters f = person(14);
  const FemurShape shape(f);
  const double radius = f.head_radius_mm;
  EXPECT_NEAR(
      shape.cortex_mm(shape.head_centre_mm() + radius * normalised({-0.3, 0.2, 0.9})), f.head_cortex_mm, 0.1);
  const Vec3 shaft = shape.shaft_centre_mm(-80.0) + Vec3{f.shaft_radius_mm, 0.0, 0.0};
  EXPECT_NEAR(shape.cortex_mm(shaft), f.shaft_cortex_mm, 0.15 * f.shaft_cortex_mm);
  const Vec3 above =
      0.5 * f.neck_length_mm * shape.neck_direction() + f.neck_radius_si_mm * shape.neck_superior();
  const Vec3 below =
      0.2 * f.neck_length_mm * shape.neck_direction() + (-f.neck_radius_si_mm) * shape.neck_superior();
  EXPECT_LT(2.0 * shape.cortex_mm(above), shape.cortex_mm(below));
}

TEST(FemurShape, ADefectThinsTheCortexThereOnly) {
  FemurParameters f = person(15);
  const FemurShape whole(f);
  const Vec3 place =
      0.5 * f.neck_length_mm * whole.neck_direction() + f.neck_radius_si_mm * whole.neck_superior();
  f.defects.push_back({place, 16.0, 0.4});
  const FemurShape defective(f);
  EXPECT_NEAR(defective.cortex_mm(place) / whole.cortex_mm(place), 0.6, 1e-9);
  const Vec3 rim = place + Vec3{0.0, 8.0, 0.0};  // half the depth at half the FWHM
  EXPECT_NEAR(defective.cortex_mm(rim) / whole.cortex_mm(rim), 0.8, 1e-3);
  const Vec3 far{0.0, 0.0, -60.0};
  EXPECT_NEAR(defective.cortex_mm(far), whole.cortex_mm(far), 1e-9);
}

TEST(FemurShape, LesserTrochanterEndsBelowItsTip) {
  for (std::uint64_t seed = 20; seed < 26; ++seed) {
    const FemurShape shape(person(seed));
    const LesserTrochanter lesser = find_lesser_trochanter(shape);
    EXPECT_NEAR(shape.distance_mm(lesser.tip), 0.0, 0.05);
    EXPECT_LT(lesser.distal_z_mm, lesser.tip.z - 3.0);
    EXPECT_GT(lesser.distal_z_mm, lesser.tip.z - 30.0);
    // 45 .. 85 mm below the head's centre, scaled to a head radius of 23 mm.
    const double scaled =
        (shape.head_centre_mm().z - lesser.tip.z) * 23.0 / shape.parameters().head_radius_mm;
    EXPECT_GT(scaled, 45.0);
    EXPECT_LT(scaled, 85.0);
  }
}

TEST(FemurModel, LeftIsTheMirrorImageOfRight) {
  FemurParameters f = person(16);
  f.head_centre_patient_mm = {-86.0, -5.0, 3.0};
  const FemurModel right(f, Side::right, -70.0, 2);
  f.head_centre_patient_mm.x = 86.0;
  const FemurModel left(f, Side::left, -70.0, 2);
  for (const Vec3 p : {Vec3{-90, -5, 20}, Vec3{-120, 5, -30}, Vec3{-125, 0, -70}, Vec3{-140, 10, -20}}) {
    EXPECT_NEAR(right.distance_mm(p), left.distance_mm({-p.x, p.y, p.z}), 1e-6);
    EXPECT_NEAR(right.point(p, 0.5).density_mg_cm3, left.point({-p.x, p.y, p.z}, 0.5).density_mg_cm3, 1e-6);
  }
}

// The neck points to the head, the shaft axis upwards; anteversion brings the head forward (towards -y).
TEST(FemurModel, PoseFollowsItsAngles) {
  FemurParameters f = person(17);
  f.anteversion_rad = 15.0 * degree;
  f.adduction_rad = 0.0;
  f.flexion_rad = 0.0;
  const FemurShape shape(f);
  const FemurPose right(shape, Side::right);
  const Vec3 neck = right.patient_direction_from_femur(shape.neck_direction());
  EXPECT_GT(neck.x, 0.0);  // from the right shaft towards the midline: +x
  EXPECT_NEAR(std::atan2(-neck.y, neck.x), 15.0 * degree, 1e-9);
  const FemurPose left(shape, Side::left);
  EXPECT_LT(left.patient_direction_from_femur(shape.neck_direction()).x, 0.0);
  const Vec3 p{3.0, 4.0, 5.0};
  EXPECT_NEAR(length(left.femur_from_patient(left.patient_from_femur(p)) - p), 0.0, 1e-9);
}

}  // namespace
}  // namespace focalhip::simulator
