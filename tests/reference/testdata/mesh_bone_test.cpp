// An implicit femur handed over as a mere surface must come back as the bone it was.
#include "testdata/simulator/mesh_bone.h"

#include <cmath>

#include <gtest/gtest.h>

#include "testdata/simulator/femur_landmarks.h"
#include "testdata/simulator/surface_mesh.h"

namespace focalhip::simulator {
namespace {

constexpr double lowest_z_mm = -64.0;  // of the surface, femur frame: below the lesser trochanter

FemurParameters upright() {
  FemurParameters f = draw_hip(3, Sex::male).right;
  f.anteversion_rad = f.adduction_rad = f.flexion_rad = 0.0;
  f.head_centre_patient_mm = {};
  return f;
}

// The surface in the patient frame, cut off below, in an arbitrary pose.
TriangleSet surface_of(const FemurModel& femur) {
  const double cut = femur.pose().patient_from_femur({0.0, 0.0, lowest_z_mm}).z;
  const SurfaceMesh mesh = extract_surface(femur, cut);
  TriangleSet set{.vertices_mm = {}, .triangles = mesh.triangles};
  const double c = std::cos(0.7);
  const double s = std::sin(0.7);
  for (const Vec3 p : mesh.vertices_patient_mm)
    set.vertices_mm.push_back({c * p.x - s * p.z + 40.0, p.y, s * p.x + c * p.z - 9.0});
  return set;
}

TEST(MeshBone, OfAnImplicitFemursSurfaceIsThatFemur) {
  const FemurParameters parameters = upright();
  const FemurModel implicit(parameters, Side::right, -130.0, 1);
  const auto bone = std::make_shared<const MeshBone>(surface_of(implicit), "surface", 1);
  EXPECT_EQ(bone->side_in_file(), Side::right);
  EXPECT_LT(bone->fit_rms_mm(), 0.6);  // the family's own shape, found from 1,600 points with priors
  const FemurModel worn(wearing(parameters, bone), Side::right, -130.0, 1);

  const FemurLandmarks as_drawn = measured_landmarks(implicit);
  const FemurLandmarks as_mesh = find_landmarks(worn);
  EXPECT_NEAR(as_mesh.head.radius_mm, as_drawn.head.radius_mm, 0.1);
  const Vec3 head = worn.pose().patient_from_femur(as_mesh.head.centre);
  EXPECT_LT(length(head - implicit.pose().patient_from_femur(as_drawn.head.centre)),
            0.6);  // the fit's own centre
  EXPECT_NEAR(as_mesh.head.centre.z - as_mesh.lesser.distal_z_mm,
              as_drawn.head.centre.z - as_drawn.lesser.distal_z_mm,
              2.0);
  EXPECT_NEAR(dot(as_mesh.neck.direction, as_mesh.shaft.direction),
              dot(as_drawn.neck.direction, as_drawn.shaft.direction),
              0.03);
}

// Points of the surface go where the stretch sends them; head, trochanter and axis follow.
TEST(MeshBone, StretchedIsTheSameBoneInOtherProportions) {
  const FemurParameters parameters = upright();
  const FemurModel implicit(parameters, Side::right, -130.0, 1);
  const MeshBone bone(surface_of(implicit), "surface", 1);
  const Vec3 factors{1.02, 0.985, 1.03};
  const auto other = std::make_shared<const MeshBone>(bone.stretched(factors));
  const FemurModel before(
      wearing(parameters, std::make_shared<const MeshBone>(bone)), Side::right, -130.0, 1);
  const FemurModel after(wearing(parameters, other), Side::right, -130.0, 1);
  const Vec3 head = before.shape().head_centre_mm();
  const auto moved = [&](Vec3 p) {
    return head + Vec3{factors.x * (p.x - head.x), factors.y * (p.y - head.y), factors.z * (p.z - head.z)};
  };
  int compared = 0;
  for (double angle = 0.0; angle < 360.0; angle += 15.0) {
    for (const double z : {-50.0, -20.0, 10.0}) {
      const Vec3 direction{std::cos(angle * degree), std::sin(angle * degree), 0.0};
      double reach = 0.0;
      while (reach < 60.0 && bone.distance_mm({reach * direction.x, reach * direction.y, z}) < 0.0)
        reach += 0.02;
      if (reach == 0.0 || reach >= 60.0) continue;
      const Vec3 p = moved({reach * direction.x, reach * direction.y, z});
      EXPECT_NEAR(other->distance_mm(p), 0.0, 0.03);
      ++compared;
    }
  }
  EXPECT_GT(compared, 40);
  const FemurLandmarks a = find_landmarks(before);
  const FemurLandmarks b = find_landmarks(after);
  // The sphere of an ellipsoid is between its axes.
  EXPECT_GT(b.head.radius_mm, factors.y * a.head.radius_mm);
  EXPECT_LT(b.head.radius_mm, factors.z * a.head.radius_mm);
  EXPECT_NEAR(head.z - b.lesser.distal_z_mm, factors.z * (head.z - a.lesser.distal_z_mm), 1.0);
}

// What find_landmarks takes for implicit femora against what is measured on their surfaces.
TEST(MeasuredLandmarks, AreTheClosedFormsWithinTheDifferenceOfTheirDefinitions) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8}) {
    const FemurModel femur(draw_hip(seed, Sex::female).right, Side::right, -130.0, 1);
    const FemurLandmarks closed = find_landmarks(femur);
    const FemurLandmarks measured = measured_landmarks(femur);
    EXPECT_NEAR(measured.head.radius_mm, closed.head.radius_mm, 0.05);
    EXPECT_LT(length(measured.head.centre - closed.head.centre), 0.05);
    EXPECT_GT(dot(measured.shaft.direction, closed.shaft.direction), std::cos(0.5 * degree));
    // The outline just below against the same femur without its lesser trochanter.
    EXPECT_NEAR(measured.lesser.distal_z_mm, closed.lesser.distal_z_mm, 1.0);
    EXPECT_GT(dot(measured.neck.direction, closed.neck.direction), std::cos(1.5 * degree));
  }
}

TEST(MeshBone, SaysWhatIsNoFemur) {
  TriangleSet square;
  square.vertices_mm = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}};
  square.triangles = {{0, 1, 2}, {0, 2, 3}};
  EXPECT_THROW(MeshBone(square, "square.ply", 1), std::runtime_error);
}

}  // namespace
}  // namespace focalhip::simulator
