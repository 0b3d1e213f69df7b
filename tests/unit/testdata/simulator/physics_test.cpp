#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "testdata/simulator/simulate.h"
#include "testdata/simulator/simulate_rods.h"

// Beam, blur and artefacts as the image shows them.
namespace focalhip::simulator {
namespace {

Protocol quiet_protocol() {
  Protocol protocol;
  protocol.noise_sd_hu = 0.0;
  protocol.water_offset_hu = 0.0;
  protocol.slices = 3;
  return protocol;
}

HipParameters person() {
  HipParameters hip = draw_hip(31, Sex::male);
  hip.body.half_width_mm = 180.0;
  hip.body.half_depth_mm = 110.0;
  hip.phantom.tilt_along_rad = 0.0;
  return hip;
}

double hu_at(const SimulatedScan& scan, Vec3 p_mm) {
  const Vec3 v = scan.grid.voxel_from_patient(p_mm);
  return scan.hu[scan.grid.index(static_cast<int>(std::lround(v.x)),
                                 static_cast<int>(std::lround(v.y)),
                                 static_cast<int>(std::lround(v.z)))];
}

TEST(Physics, LowerTubeVoltageShowsMineralBrighterAndFatDarker) {
  Protocol protocol = quiet_protocol();
  double rod_before = 1e9;
  double fat_before = -1e9;
  for (const double kvp : {80.0, 100.0, 120.0, 140.0}) {
    protocol.tube_kvp = kvp;
    const SimulatedScan scan = simulate_rods(person(), protocol, 1, 2);
    const RodAxis& rod = scan.truth.rods[4];
    EXPECT_LT(rod.hu, rod_before - 20.0) << kvp;
    EXPECT_NEAR(hu_at(scan, rod.point_patient_mm), rod.hu, 0.6);
    rod_before = rod.hu;
    // Subcutaneous fat of the scan's front, mean of a patch.
    double fat = 0.0;
    const HipParameters hip = person();
    const double front = hip.right.head_centre_patient_mm.y + 20.0 - hip.body.half_depth_mm;
    for (int i = -10; i <= 10; ++i) fat += hu_at(scan, {2.0 * i, front + 8.0, scan.truth.heads_z_mm}) / 21.0;
    EXPECT_GT(fat, fat_before) << kvp;
    fat_before = fat;
  }
}

TEST(Physics, ErrorsOfEnergyAndKappaAreTrue) {
  Protocol protocol = quiet_protocol();
  const CalibrationTruth plain = simulate_rods(person(), protocol, 1, 2).truth.calibration;
  protocol.kappa_error = 0.10;
  const CalibrationTruth kappa = simulate_rods(person(), protocol, 1, 2).truth.calibration;
  EXPECT_NEAR(kappa.ha_per_k2hpo4 / plain.ha_per_k2hpo4, 1.10, 1e-9);
  EXPECT_NEAR(kappa.sigma_hu_per_mg_cm3, plain.sigma_hu_per_mg_cm3, 1e-12);
  protocol.kappa_error = 0.0;
  protocol.energy_error_kev = 4.0;
  const CalibrationTruth energy = simulate_rods(person(), protocol, 1, 2).truth.calibration;
  EXPECT_NEAR(energy.energy_kev, plain.energy_kev + 4.0, 1e-6);
  EXPECT_LT(energy.sigma_hu_per_mg_cm3, plain.sigma_hu_per_mg_cm3);
}

// Width of the blurred edge of rod E along one direction, from the points where 16 and 84 % of it are passed:
// two sigma apart on a straight edge.
double edge_fwhm_mm(const SimulatedScan& scan, Vec3 direction) {
  const RodAxis& rod = scan.truth.rods[4];
  const double outside = person().phantom.holder_hu;
  const auto share = [&](double r) {
    // Bilinear along the direction between pixels.
    const Vec3 v = scan.grid.voxel_from_patient(rod.centre_mm(scan.truth.heads_z_mm) + r * direction);
    const int i = static_cast<int>(v.x);
    const int j = static_cast<int>(v.y);
    const double fx = v.x - i;
    const double fy = v.y - j;
    const auto at = [&](int x, int y) { return static_cast<double>(scan.hu[scan.grid.index(x, y, 1)]); };
    const double hu = (1 - fx) * ((1 - fy) * at(i, j) + fy * at(i, j + 1)) +
                      fx * ((1 - fy) * at(i + 1, j) + fy * at(i + 1, j + 1));
    return (hu - outside) / (rod.hu - outside);
  };
  const auto crossing = [&](double level) {
    double r = rod.radius_mm - 4.0;
    while (share(r) > level) r += 0.01;
    return r;
  };
  return 2.3548 * 0.5 * (crossing(0.1587) - crossing(0.8413));
}

TEST(Physics, BlurMayDifferAlongXAndYAndGrowOutwards) {
  Protocol protocol = quiet_protocol();
  protocol.field_of_view_mm = 200.0;  // 0.39 mm pixels: interpolation adds little
  protocol.matrix = 512;
  protocol.psf_fwhm_mm = 1.4;
  const Vec3 x{1.0, 0.0, 0.0};
  const Vec3 y{0.0, 1.0, 0.0};
  const RodAxis rod = simulate_rods(person(), protocol, 1, 2).truth.rods[4];
  protocol.field_shift_x_mm = rod.point_patient_mm.x;
  protocol.field_shift_y_mm = rod.point_patient_mm.y - 34.0;
  const SimulatedScan round = simulate_rods(person(), protocol, 1, 2);
  // 8 %: the rod's edge is curved, the pixels 0.4 mm.
  EXPECT_NEAR(edge_fwhm_mm(round, x) / 1.4, 1.0, 0.08);
  EXPECT_NEAR(edge_fwhm_mm(round, y) / 1.4, 1.0, 0.08);
  protocol.psf_y_ratio = 1.5;
  const SimulatedScan flat = simulate_rods(person(), protocol, 1, 2);
  EXPECT_NEAR(edge_fwhm_mm(flat, x) / 1.4, 1.0, 0.08);
  EXPECT_NEAR(edge_fwhm_mm(flat, y) / (1.5 * 1.4), 1.0, 0.08);
  protocol.psf_y_ratio = 1.0;
  protocol.psf_growth_per_100_mm = 0.4;
  const SimulatedScan grown = simulate_rods(person(), protocol, 1, 2);
  const double said_mm = grown.truth.rods[4].psf_fwhm_mm;
  EXPECT_GT(said_mm, 1.6);
  EXPECT_NEAR(edge_fwhm_mm(grown, x) / said_mm, 1.0, 0.08);
}

TEST(Physics, SharpKernelOvershootsAsAsked) {
  Protocol protocol = quiet_protocol();
  protocol.field_of_view_mm = 200.0;  // 0.39 mm pixels meet the peak
  protocol.psf_fwhm_mm = 0.8;
  protocol.overshoot = 0.10;
  const RodAxis rod = simulate_rods(person(), protocol, 1, 2).truth.rods[4];
  protocol.field_shift_x_mm = rod.point_patient_mm.x;
  protocol.field_shift_y_mm = rod.point_patient_mm.y - 34.0;
  const SimulatedScan scan = simulate_rods(person(), protocol, 1, 2);
  double highest = 0.0;
  // All directions: some pixel meets the peak.
  for (double r = 0.0; r < rod.radius_mm; r += 0.1) {
    for (int angle = 0; angle < 360; angle += 3) {
      const Vec3 offset{r * std::cos(angle * degree), r * std::sin(angle * degree), 0.0};
      highest = std::max(highest, hu_at(scan, rod.centre_mm(scan.truth.heads_z_mm) + offset));
    }
  }
  // Of the edge from the holder to the rod; 1 % for the curvature and the pixel.
  EXPECT_NEAR((highest - rod.hu) / (rod.hu - person().phantom.holder_hu), 0.10, 0.01);
}

TEST(Physics, BeamHardeningDarkensTheMiddleAndBoneNotTheRods) {
  Protocol protocol = quiet_protocol();
  const SimulatedScan plain = simulate_rods(person(), protocol, 1, 2);
  protocol.beam_hardening = 1.0;
  const SimulatedScan hard = simulate_rods(person(), protocol, 1, 2);
  const Vec3 head = person().right.head_centre_patient_mm;
  const double z = plain.truth.heads_z_mm;
  const Vec3 centre{0.5 * (head.x + person().left.head_centre_patient_mm.x), head.y + 20.0, z};
  EXPECT_NEAR(hu_at(hard, centre) - hu_at(plain, centre), -10.0, 1.0);
  const Vec3 rod = plain.truth.rods[3].point_patient_mm;
  EXPECT_NEAR(hu_at(hard, rod), hu_at(plain, rod), 0.5);
}

TEST(Physics, MotionDisplacesThePersonNotThePhantom) {
  const HipParameters hip = person();
  Protocol protocol = quiet_protocol();
  protocol.lowest_above_heads_mm = -6.0;
  protocol.slices = 9;
  protocol.matrix = 256;
  const SimulatedScan still = simulate(hip, protocol, 1, 2);
  protocol.motion = {4.0, 0.0};
  const SimulatedScan moved = simulate(hip, protocol, 1, 2);
  const std::size_t slice = still.grid.slice_size();
  const auto count = [&](std::size_t k) {
    std::size_t different = 0;
    for (std::size_t i = k * slice; i < (k + 1) * slice; ++i) different += still.mask[i] != moved.mask[i];
    return different;
  };
  EXPECT_EQ(count(0), 0U);
  EXPECT_GT(count(8), 50U);
  const Vec3 rod = still.truth.rods[4].centre_mm(still.grid.patient_from_voxel(0, 0, 8).z);
  EXPECT_EQ(hu_at(still, rod), hu_at(moved, rod));
}

TEST(Physics, AnImplantIsClippedAndThrowsStreaksOnItsSide) {
  const HipParameters hip = person();
  Protocol protocol = quiet_protocol();
  protocol.lowest_above_heads_mm = -60.0;
  protocol.matrix = 256;
  const SimulatedScan plain = simulate(hip, protocol, 1, 2);
  protocol.implants = Implants::left;
  const SimulatedScan metal = simulate(hip, protocol, 1, 2);
  const double middle = 0.5 * (hip.right.head_centre_patient_mm.x + hip.left.head_centre_patient_mm.x);
  int clipped_left = 0;
  int clipped_right = 0;
  double changed = 0.0;
  for (int j = 0; j < 256; ++j) {
    for (int i = 0; i < 256; ++i) {
      const std::size_t n = metal.grid.index(i, j, 1);
      if (metal.hu[n] == 3071)
        (metal.grid.patient_from_voxel(i, j, 1).x > middle ? clipped_left : clipped_right)++;
      if (plain.hu[n] > 0 && metal.hu[n] < 3071)
        changed = std::max(changed, std::abs(1.0 * metal.hu[n] - plain.hu[n]));
    }
  }
  EXPECT_GT(clipped_left, 8);
  EXPECT_EQ(clipped_right, 0);
  EXPECT_GT(changed, 80.0);
  EXPECT_EQ(plain.mask, metal.mask);
}

TEST(Physics, ArtefactsDoNotDependOnTheNumberOfThreads) {
  const HipParameters hip = person();
  Protocol protocol;
  protocol.matrix = 128;
  protocol.slices = 14;
  protocol.psf_growth_per_100_mm = 0.2;
  protocol.overshoot = 0.05;
  protocol.beam_hardening = 1.0;
  protocol.motion = {1.0, -60.0};
  protocol.implants = Implants::both;
  EXPECT_EQ(simulate(hip, protocol, 2, 1).hu, simulate(hip, protocol, 2, 2).hu);
}

}  // namespace
}  // namespace focalhip::simulator
