#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <numbers>

#include "testdata/simulator/arthritis.h"
#include "testdata/simulator/person_changes.h"
#include "testdata/simulator/simulate.h"

namespace focalhip::simulator {
namespace {

Protocol quiet(double low_mm, int slices) {
  Protocol protocol;
  protocol.noise_sd_hu = 0.0;
  protocol.water_offset_hu = 0.0;
  protocol.matrix = 256;
  protocol.field_of_view_mm = 440.0;
  protocol.lowest_above_heads_mm = low_mm;
  protocol.slices = slices;
  return protocol;
}

Scene scene_of(const HipParameters& hip) {
  return build_scene(hip, quiet(-150, 200), 0.0, {-160.0, 90.0}, 2);
}

double metal_cm3(const Scene& scene, Vec3 low, Vec3 high) {
  constexpr double step = 1.0;
  double volume = 0.0;
  for (double z = low.z; z < high.z; z += step) {
    for (double y = low.y; y < high.y; y += step) {
      for (double x = low.x; x < high.x; x += step)
        volume += std::clamp(0.5 - scene.implants.distance_mm({x, y, z}) / step, 0.0, 1.0);
    }
  }
  return 0.001 * volume;
}

TEST(HardCases, AnArthriticJointIsAsNarrowAsItsGradeSays) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    HipParameters hip = draw_hip(20 + seed, Sex::female);
    make_arthritic(hip.left, hip.left_pelvis, ArthritisGrade::severe, seed);
    make_arthritic(hip.right, hip.right_pelvis, ArthritisGrade::mild, seed);
    const Scene scene = scene_of(hip);
    EXPECT_GE(scene.left_pelvis.narrow_joint_space_mm(), 0.5);
    EXPECT_LE(scene.left_pelvis.narrow_joint_space_mm(), 0.9);
    EXPECT_GE(scene.right_pelvis.narrow_joint_space_mm(), 1.2);
    EXPECT_LE(scene.right_pelvis.narrow_joint_space_mm(), 1.8);
  }
}

// The bone of the socket begins where the joint's width says, also where it is worn in one place only.
TEST(HardCases, AJointWornAboveTheHeadIsNarrowThere) {
  HipParameters hip = draw_hip(31, Sex::female);
  hip.left_pelvis.superior_joint_space_mm = 0.7;
  hip.left_pelvis.joint_space_mm = 3.0;
  const Scene scene = scene_of(hip);
  const Vec3 head = scene.left.pose().patient_from_femur(scene.left.shape().head_centre_mm());
  for (const Vec3 direction : {Vec3{0.0, 0.0, 1.0}, Vec3{0.3, 0.0, 0.95}, Vec3{-0.75, -0.2, 0.4}}) {
    const Vec3 d = (1.0 / length(direction)) * direction;
    double gap = 0.0;
    const auto bone = [&](double outward) {
      const Vec3 p = head + (hip.left.head_radius_mm + outward) * Vec3{d.x, -d.y, d.z};
      return scene.left_pelvis.point(p, 0.1).distance_mm < 0.0;
    };
    while (gap < 8.0 && !bone(gap)) gap += 0.05;
    EXPECT_NEAR(gap, scene.left_pelvis.joint_space_mm(d), 0.15);
  }
}

TEST(HardCases, AnArthriticHeadCarriesACollarAndItsCystsAreFluid) {
  HipParameters hip = draw_hip(21, Sex::female);
  const FemurModel healthy(hip.right, Side::right, -60.0, 2);
  hip.right.osteophyte_mm = 4.0;
  hip.right.cysts.push_back({healthy.shape().head_centre_mm() + Vec3{0.0, 0.0, 12.0}, 4.0});
  const FemurModel worn(hip.right, Side::right, -60.0, 2);
  // At the junction, across the neck.
  const double r = hip.right.head_radius_mm;
  const Vec3 junction = healthy.shape().head_centre_mm() - (0.60 * r) * healthy.shape().neck_direction();
  const Vec3 outside = junction + (0.80 * r + 2.0) * healthy.shape().neck_superior();
  EXPECT_LT(worn.distance_femur_mm(outside), healthy.distance_femur_mm(outside) - 1.0);
  const Vec3 cyst = hip.right.cysts.front().centre_mm;
  EXPECT_NEAR(worn.point_femur(cyst, 0.5).density_mg_cm3, 10.0, 1e-6);
  EXPECT_GT(healthy.point_femur(cyst, 0.5).density_mg_cm3, 100.0);
}

TEST(HardCases, ARotatedLegTurnsItsNeckAndKeepsItsHead) {
  HipParameters hip = draw_hip(22, Sex::male);
  hip.right.adduction_rad = hip.right.flexion_rad = 0.0;
  const auto forward = [](const FemurParameters& f) {
    const FemurShape shape(f);
    const FemurPose pose(shape, Side::right);
    const Vec3 n = pose.patient_direction_from_femur(shape.neck_direction());
    return std::atan2(-n.y, n.x) / degree;  // anterior is -y, medial of the right hip +x
  };
  const double before = forward(hip.right);
  const Vec3 head = hip.right.head_centre_patient_mm;
  rotate_leg(hip.right, 15.0);
  EXPECT_NEAR(before - forward(hip.right), 15.0, 1e-9);
  EXPECT_EQ(hip.right.head_centre_patient_mm.x, head.x);
  // Internal rotation brings the greater trochanter forward.
  const FemurShape shape(hip.right);
  const FemurPose pose(shape, Side::right);
  const double turned = pose.patient_from_femur({25.0, 0.0, 10.0}).y;
  rotate_leg(hip.right, -15.0);
  EXPECT_LT(turned, FemurPose(FemurShape(hip.right), Side::right).patient_from_femur({25.0, 0.0, 10.0}).y);
}

TEST(HardCases, APersonWhoLiesDownAgainKeepsTheBones) {
  const HipParameters hip = draw_hip(23, Sex::female);
  const HipParameters again = repositioned(hip, 3);
  EXPECT_EQ(repositioned(hip, 0).right.anteversion_rad, hip.right.anteversion_rad);
  EXPECT_NE(again.right.anteversion_rad, hip.right.anteversion_rad);
  EXPECT_NE(again.right.anteversion_rad - hip.right.anteversion_rad,
            again.left.anteversion_rad - hip.left.anteversion_rad);
  for (const double angle : {again.right.anteversion_rad - hip.right.anteversion_rad,
                             again.left.flexion_rad - hip.left.flexion_rad})
    EXPECT_LE(std::abs(angle), 5.0 * degree);
  const Vec3 moved = again.right.head_centre_patient_mm - hip.right.head_centre_patient_mm;
  EXPECT_NEAR(
      length(moved - (again.left.head_centre_patient_mm - hip.left.head_centre_patient_mm)), 0.0, 1e-9);
  EXPECT_LE(std::abs(moved.x), 10.0);
  // The regions' density is that of the same bone.
  const Scene first = scene_of(hip);
  const Scene second = scene_of(again);
  const ScanTruth a = find_truth(first, quiet(-150, 200), 2);
  const ScanTruth b = find_truth(second, quiet(-150, 200), 2);
  EXPECT_NEAR(b.right.th.vbmd_mg_cm3 / a.right.th.vbmd_mg_cm3, 1.0, 0.002);
}

TEST(HardCases, MetalHasTheVolumeOfItsSolids) {
  HipParameters hip = draw_hip(24, Sex::female);
  hip.implants.push_back({ImplantKind::sacral_screw, true, 1.0});
  const Scene sacral = scene_of(hip);
  const double screw =
      std::numbers::pi * 3.5 * 3.5 * std::sqrt(58.0 * 58.0 + 10.0 * 10.0 + 4.0 * 4.0) * 0.001;
  EXPECT_NEAR(metal_cm3(sacral, {-80.0, 40.0, 40.0}, {20.0, 110.0, 100.0}), screw, 0.02 * screw);
  // Realistic hips: what a stem or a set of screws displaces.
  const auto volume = [&](ImplantKind kind) {
    hip.implants = {{kind, false, 1.0}};
    const Scene scene = scene_of(hip);
    const Vec3 head = hip.left.head_centre_patient_mm;
    return metal_cm3(scene, head + Vec3{-45.0, -60.0, -230.0}, head + Vec3{110.0, 80.0, 40.0});
  };
  const double screws = volume(ImplantKind::cannulated_screws);
  EXPECT_GT(screws, 4.0);
  EXPECT_LT(screws, 12.0);
  const double total = volume(ImplantKind::total_hip);
  EXPECT_GT(total, 35.0);
  EXPECT_LT(total, 110.0);
}

TEST(HardCases, MetalIsClippedAndABallStandsWhereTheHeadWas) {
  HipParameters hip = draw_hip(24, Sex::female);
  hip.implants = {{ImplantKind::hemiarthroplasty, false, 1.0}};
  const SimulatedScan scan = simulate(hip, quiet(-5, 10), 1, 2);
  const Vec3 table{0.0, 0.0, Protocol{}.table_z_mm};
  const Vec3 v = scan.grid.voxel_from_patient(hip.left.head_centre_patient_mm + table);
  EXPECT_EQ(scan.hu[scan.grid.index(static_cast<int>(std::lround(v.x)),
                                    static_cast<int>(std::lround(v.y)),
                                    static_cast<int>(std::lround(v.z)))],
            3071);
}

TEST(HardCases, ASnapLiesOutsideTheSkin) {
  HipParameters hip = draw_hip(24, Sex::female);
  hip.implants = {{ImplantKind::buttock_snap, true, 1.0}};
  const Scene scene = scene_of(hip);
  const Vec3 middle = scene.middle;
  double most = -1e9;
  bool inside = false;
  for (double y = middle.y + 40.0; y < middle.y + 160.0; y += 0.5) {
    const Vec3 p{middle.x - 60.0, y, middle.z + 10.0};
    if (scene.implants.distance_mm(p) > 0.0) continue;
    most = std::max(most, scene_point(scene, p, 0.5).hu);
    inside = inside || scene.body.skin_distance_mm(p) < 0.0;
  }
  EXPECT_GT(most, 3071.0);
  EXPECT_FALSE(inside);
}

TEST(HardCases, ACoarseScanIsAdmissibleAndShowsTheSameBone) {
  const Protocol coarse = coarse_protocol();
  EXPECT_TRUE(problems_in(coarse).empty());
  EXPECT_LE(coarse.field_of_view_mm / coarse.matrix, 1.4);
  EXPECT_LE(coarse.slice_spacing_mm, 3.0);
  const HipParameters hip = draw_hip(25, Sex::male);
  const std::clock_t start = std::clock();
  const SimulatedScan scan = simulate(hip, coarse, 1, 1);
  RecordProperty("cpu_ms",
                 static_cast<int>(1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC));
  Protocol fine = coarse;
  fine.fine_in_plane_mm = 0.55;
  fine.fine_along_z_mm = 0.34;
  const SimulatedScan careful = simulate(hip, fine, 1, 2);
  const auto voxels = [](const SimulatedScan& s) {
    return static_cast<double>(std::count(s.mask.begin(), s.mask.end(), 1));
  };
  EXPECT_NEAR(voxels(scan) / voxels(careful), 1.0, 0.005);
  // The images differ at edges alone, by less than the noise.
  double squares = 0.0;
  for (std::size_t i = 0; i < scan.hu.size(); ++i) {
    const double d = static_cast<double>(scan.hu[i]) - careful.hu[i];
    squares += d * d;
  }
  EXPECT_LT(std::sqrt(squares / static_cast<double>(scan.hu.size())), 0.3 * coarse.noise_sd_hu);
}

}  // namespace
}  // namespace focalhip::simulator
