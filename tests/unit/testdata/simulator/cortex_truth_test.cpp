#include "testdata/simulator/cortex_truth.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "testdata/simulator/surface_mesh.h"

namespace focalhip::simulator {
namespace {

// Without waves and ridges; `transition_mm` everywhere.
FemurModel plain_femur(double transition_mm) {
  FemurParameters f = draw_hip(14, Sex::female).right;
  f.linea_aspera_mm = f.crest_mm = 0.0;
  f.endosteal_waviness = 0.0;
  f.transition_low_mm = f.transition_high_mm = transition_mm;
  f.texture_cv = 0.0;
  f.streak_contrast = 0.0;
  return {f, Side::right, -110.0, 2};
}

struct Place {
  Vec3 point;
  Vec3 normal;
};

// Surface points of a femur, every n-th vertex of a coarse mesh.
std::vector<Place> places(const FemurModel& femur) {
  const double low = femur.shape().parameters().head_centre_patient_mm.z - 125.0;
  const SurfaceMesh mesh = extract_surface(femur, low, 4.0);
  std::vector<Place> result;
  for (std::size_t i = 0; i < mesh.normals.size(); i += 3)
    result.push_back({mesh.vertices_patient_mm[i], mesh.normals[i]});
  return result;
}

// On the shaft the surface's distance is the way along the normal, so there the thickness asked for is the
// truth.
TEST(CortexTruth, IsTheThicknessAskedForWhereTheSurfaceIsSmooth) {
  const FemurModel femur = plain_femur(0.0);
  int compared = 0;
  for (const Place& place : places(femur)) {
    const Vec3 p = femur.pose().femur_from_patient(place.point);
    if (p.z > -65.0) continue;
    const CortexTruth truth = cortex_along(femur, place.point, place.normal);
    ASSERT_TRUE(truth.valid);
    // 1 mm grid of fields that vary along the ray.
    EXPECT_NEAR(truth.cth_mm, femur.shape().cortex_mm(p), 0.25);
    EXPECT_NEAR(truth.cbmd_mg_cm3, femur.shape().parameters().cortical_density_mg_cm3, 1.0);
    EXPECT_NEAR(truth.cm_mg_cm2, 0.1 * truth.cbmd_mg_cm3 * truth.cth_mm, 1e-9);
    ++compared;
  }
  EXPECT_GT(compared, 40);
}

TEST(CortexTruth, ATransitionDoesNotMoveItsMiddle) {
  const FemurModel sharp = plain_femur(0.0);
  const FemurModel ramped = plain_femur(1.2);
  int compared = 0;
  for (const Place& place : places(sharp)) {
    const CortexTruth a = cortex_along(sharp, place.point, place.normal);
    const CortexTruth b = cortex_along(ramped, place.point, place.normal);
    if (!a.valid || !b.valid || a.cth_mm < 1.0) continue;
    EXPECT_NEAR(a.cth_mm, b.cth_mm, 0.02);
    EXPECT_NEAR(a.cbmd_mg_cm3, b.cbmd_mg_cm3, 0.01 * a.cbmd_mg_cm3);
    // The layer starts half a transition deeper.
    EXPECT_NEAR(a.ectd_mg_cm3, b.ectd_mg_cm3, 15.0);
    ++compared;
  }
  EXPECT_GT(compared, 100);
}

// Read independently: the mean of the density between the transition's end and 6 mm beyond its middle.
TEST(CortexTruth, LayerBelowTheCortexIsReadFromTheDensityField) {
  const FemurParameters f = draw_hip(14, Sex::female).right;
  const FemurModel femur(f, Side::right, -110.0, 2);
  int compared = 0;
  int valid = 0;
  int total = 0;
  for (const Place& place : places(femur)) {
    const CortexTruth truth = cortex_along(femur, place.point, place.normal);
    ++total;
    valid += truth.valid ? 1 : 0;
    const Vec3 p = femur.pose().femur_from_patient(place.point);
    if (!truth.valid || length(p - femur.shape().head_centre_mm()) > f.head_radius_mm + 2.0) continue;
    double sum = 0.0;
    int count = 0;
    for (double depth = truth.cth_mm; depth < truth.cth_mm + 6.0; depth += 0.02) {
      const FemurPoint point = femur.point(place.point - depth * place.normal, 0.01);
      if (count == 0 && point.cortical_share > 0.001) continue;
      sum += point.density_mg_cm3;
      ++count;
    }
    EXPECT_NEAR(truth.ectd_mg_cm3, sum / count, 2.0);
    ++compared;
  }
  EXPECT_GT(compared, 100);
  EXPECT_GT(valid, 8 * total / 10);
}

// At the centre the whole change, half of it half a width away, none far off; thickness and spongy bone stay.
TEST(CortexTruth, APatchChangesTheCorticalDensityAlone) {
  FemurParameters f = plain_femur(0.0).shape().parameters();
  const FemurModel plain(f, Side::right, -110.0, 2);
  const Vec3 centre{0.0, 0.0, -80.0};
  f.cortical_patches = {{centre, 30.0, -0.2}};
  const FemurModel patched(f, Side::right, -110.0, 2);
  int cortex = 0;
  for (double y = 5.0; y < 20.0; y += 0.25) {
    const Vec3 p{0.0, y, -80.0};
    const FemurPoint a = plain.point_femur(p, 0.01);
    const FemurPoint b = patched.point_femur(p, 0.01);
    EXPECT_DOUBLE_EQ(a.distance_mm, b.distance_mm);
    EXPECT_DOUBLE_EQ(a.cortical_share, b.cortical_share);
    if (a.cortical_share < 1.0) {
      if (a.cortical_share == 0.0) {
        EXPECT_DOUBLE_EQ(a.density_mg_cm3, b.density_mg_cm3);
      }
      continue;
    }
    EXPECT_NEAR(b.density_mg_cm3 / a.density_mg_cm3, 1.0 - 0.2 * std::exp2(-y * y / 225.0), 1e-4);
    ++cortex;
  }
  EXPECT_GT(cortex, 8);
  const Vec3 far{0.0, f.shaft_radius_mm, 0.0};
  EXPECT_DOUBLE_EQ(plain.point_femur(far, 0.01).density_mg_cm3,
                   patched.point_femur(far, 0.01).density_mg_cm3);
}

}  // namespace
}  // namespace focalhip::simulator
