#include "testdata/simulator/fracture_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "testdata/simulator/simulate.h"

namespace focalhip::simulator {
namespace {

constexpr double lowest_mm = -140.0;

FemurParameters femur_with(const Fracture& fracture) {
  FemurParameters f = draw_hip(11, Sex::female).right;
  f.fracture = fracture;
  return f;
}

double volume_cm3(const FemurModel& femur, double low_z_mm, double high_z_mm) {
  constexpr double step = 1.0;
  const Vec3 head = femur.shape().parameters().head_centre_patient_mm;
  double volume = 0.0;
  for (double z = low_z_mm; z < high_z_mm; z += step) {
    for (double y = head.y - 70.0; y < head.y + 80.0; y += step) {
      for (double x = head.x - 110.0; x < head.x + 40.0; x += step)
        volume += std::clamp(0.5 - femur.distance_mm({x, y, z}) / step, 0.0, 1.0);
    }
  }
  return 0.001 * volume * step * step * step;
}

Fracture bare(FractureSite site, FractureClass kind) {
  Fracture f;
  f.site = site;
  f.kind = kind;
  return f;
}

TEST(FractureModel, ADisplacementAlongThePlaneMovesTheDistalMiddleByThatMuch) {
  Fracture f = bare(FractureSite::transcervical, FractureClass::displaced);
  f.shortening_mm = 12.0;
  f.apart_mm = 5.0;
  f.varus_deg = 10.0;
  f.external_rotation_deg = 15.0;
  const FemurModel femur(femur_with(f), Side::right, lowest_mm, 1);
  const FractureModel& model = *femur.fracture();
  const Vec3 a = model.motion(FractureModel::head).forward(model.middle_mm());
  const Vec3 b = model.motion(FractureModel::distal).forward(model.middle_mm());
  EXPECT_NEAR(length(a - b), 13.0, 1e-9);
  EXPECT_NEAR(fracture_displacement_mm(f), 13.0, 1e-9);
  // The head keeps its centre whatever the fragments do.
  const Vec3 head = femur.shape().head_centre_mm();
  EXPECT_NEAR(length(model.motion(FractureModel::head).forward(head) - head), 0.0, 1e-9);
  // A rigid motion keeps distances.
  const Vec3 other{3.0, -7.0, -40.0};
  EXPECT_NEAR(length(model.motion(FractureModel::distal).forward(other) - b),
              length(other - model.middle_mm()),
              1e-9);
}

TEST(FractureModel, PureTurnsGiveTheirOwnAngle) {
  Fracture f = bare(FractureSite::basicervical, FractureClass::displaced);
  f.external_rotation_deg = 17.0;
  EXPECT_NEAR(fracture_rotation_deg(f), 17.0, 1e-9);
  f.external_rotation_deg = 0.0;
  f.varus_deg = 9.0;
  EXPECT_NEAR(fracture_rotation_deg(f), 9.0, 1e-9);
  // Two turns about perpendicular axes: cos(w/2) = cos(a/2) cos(b/2).
  f.external_rotation_deg = 17.0;
  const double half = std::acos(std::cos(4.5 * degree) * std::cos(8.5 * degree)) / degree;
  EXPECT_NEAR(fracture_rotation_deg(f), 2.0 * half, 1e-9);
}

TEST(FractureModel, VarusTurnsTheHeadDownAgainstTheShaft) {
  Fracture f = bare(FractureSite::transcervical, FractureClass::displaced);
  f.varus_deg = 10.0;
  const FemurModel femur(femur_with(f), Side::right, lowest_mm, 1);
  const Vec3 neck = femur.shape().neck_direction();
  const Vec3 turned = femur.fracture()->motion(FractureModel::head).rotation * neck;
  EXPECT_NEAR((std::acos(-neck.z) - std::acos(-turned.z)) / degree, 10.0, 1e-6);
}

TEST(FractureModel, AFissureTakesItsOwnVolumeAlone) {
  Fracture f = bare(FractureSite::transcervical, FractureClass::undisplaced);
  f.gap_mm = 1.0;
  f.roughness_mm = 0.0;
  f.curvature_mm = 0.0;
  FemurParameters p = femur_with(f);
  const FemurModel broken(p, Side::right, lowest_mm, 1);
  p.fracture.reset();
  const FemurModel intact(p, Side::right, lowest_mm, 1);
  const double z = p.head_centre_patient_mm.z;
  const double lost = volume_cm3(intact, z - 60.0, z + 30.0) - volume_cm3(broken, z - 60.0, z + 30.0);
  // The neck's section: the area of the intact bone on the plane.
  const FractureModel& model = *broken.fracture();
  const Vec3 n = model.normal();
  const Vec3 u = normalised(cross(n, {0.0, 1.0, 0.0}));
  const Vec3 v = cross(n, u);
  double area = 0.0;
  for (double i = -40.0; i < 40.0; i += 0.5) {
    for (double j = -40.0; j < 40.0; j += 0.5)
      area += intact.distance_femur_mm(model.middle_mm() + i * u + j * v) < 0.0 ? 0.25 : 0.0;
  }
  EXPECT_NEAR(lost, 0.001 * area * f.gap_mm, 0.05 * 0.001 * area);
}

TEST(FractureModel, DisplacedFragmentsKeepTheirBone) {
  for (const FractureSite site : {FractureSite::subcapital,
                                  FractureSite::transcervical,
                                  FractureSite::basicervical,
                                  FractureSite::intertrochanteric}) {
    Fracture f = draw_fracture(5, site, FractureClass::displaced);
    f.external_rotation_deg = 0.0;  // the level of the cut through the shaft stays level
    FemurParameters p = femur_with(f);
    const FemurModel broken(p, Side::right, lowest_mm, 1);
    p.fracture.reset();
    const FemurModel intact(p, Side::right, lowest_mm, 1);
    const RigidMotion& m = broken.fracture()->motion(FractureModel::distal);
    const double up = broken.pose().patient_direction_from_femur(m.shift).z;
    const double z = p.head_centre_patient_mm.z;
    const double before = volume_cm3(intact, z - 100.0, z + 40.0);
    const double after = volume_cm3(broken, z - 100.0 + up, z + 60.0);
    EXPECT_NEAR(after / before, 1.0, 0.03) << fracture_site_names.at(static_cast<std::size_t>(site));
  }
}

TEST(FractureModel, ImpactedBoneKeepsItsMineralInLessSpace) {
  Fracture f = bare(FractureSite::transcervical, FractureClass::impacted);
  f.apart_mm = -5.0;
  f.gap_mm = 0.0;
  const FemurModel femur(femur_with(f), Side::right, lowest_mm, 1);
  const FractureModel& model = *femur.fracture();
  const Vec3 middle =
      femur.pose().patient_from_femur(0.5 * (model.motion(FractureModel::head).forward(model.middle_mm()) +
                                             model.motion(FractureModel::distal).forward(model.middle_mm())));
  const FemurPoint crushed = femur.point(middle, 0.5);
  EXPECT_LT(crushed.distance_mm, 0.0);
  const double one = femur.point_femur(model.middle_mm(), 0.5).density_mg_cm3;
  EXPECT_GT(crushed.density_mg_cm3, one + 60.0);
}

TEST(FractureModel, DrawnDisplacedFracturesAreDisplacedAsTheTargetSays) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto site = static_cast<FractureSite>(seed % 4);
    const Fracture f = draw_fracture(seed, site, FractureClass::displaced);
    const double moved = fracture_displacement_mm(f);
    const double turned = fracture_rotation_deg(f);
    EXPECT_TRUE(moved >= 6.0 || turned >= 8.0) << seed;
    EXPECT_LE(moved, 20.0);
    EXPECT_LE(turned, 25.0);
  }
}

TEST(FractureModel, TheGapIsFilledWithBloodAndTheTruthSaysWhatIsBroken) {
  HipParameters hip = draw_hip(11, Sex::female);
  Fracture f = bare(FractureSite::transcervical, FractureClass::displaced);
  f.apart_mm = 12.0;
  f.haematoma_hu = 50.0;
  hip.left.fracture = f;
  Protocol protocol;
  protocol.noise_sd_hu = 0.0;
  protocol.water_offset_hu = 0.0;
  protocol.matrix = 256;
  protocol.field_of_view_mm = 300.0;
  protocol.lowest_above_heads_mm = -70.0;
  protocol.slices = 80;
  const SimulatedScan scan = simulate(hip, protocol, 1, 2);
  ASSERT_TRUE(scan.truth.left.fracture.has_value());
  EXPECT_FALSE(scan.truth.right.fracture.has_value());
  EXPECT_NEAR(scan.truth.left.fracture->displacement_mm, 12.0, 1e-9);
  EXPECT_TRUE(std::isnan(scan.truth.left.neck_shaft_angle_deg));
  EXPECT_EQ(scan.truth.left.th.volume_cm3, 0.0);
  EXPECT_GT(scan.truth.right.th.volume_cm3, 30.0);
  const Vec3 gap = 0.5 * (scan.truth.left.fracture->head_side_mm + scan.truth.left.fracture->distal_side_mm);
  const Vec3 v = scan.grid.voxel_from_patient(gap);
  const std::size_t i = scan.grid.index(static_cast<int>(std::lround(v.x)),
                                        static_cast<int>(std::lround(v.y)),
                                        static_cast<int>(std::lround(v.z)));
  EXPECT_NEAR(scan.hu[i], 50.0, 6.0);
  EXPECT_EQ(scan.mask[i], 0);
}

}  // namespace
}  // namespace focalhip::simulator
