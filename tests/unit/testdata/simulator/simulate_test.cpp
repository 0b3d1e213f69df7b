#include "testdata/simulator/simulate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "testdata/simulator/imaging_chain.h"

namespace focalhip::simulator {
namespace {

Protocol quiet_protocol(double lowest_above_heads_mm, int slices) {
  Protocol protocol;
  protocol.noise_sd_hu = 0.0;
  protocol.water_offset_hu = 0.0;
  protocol.lowest_above_heads_mm = lowest_above_heads_mm;
  protocol.slices = slices;
  return protocol;
}

double mean_hu(const SimulatedScan& scan, Vec3 centre_patient_mm, int half_columns, int half_slices) {
  const Vec3 v = scan.grid.voxel_from_patient(centre_patient_mm);
  const int column = static_cast<int>(std::lround(v.x));
  const int row = static_cast<int>(std::lround(v.y));
  const int slice = static_cast<int>(std::lround(v.z));
  double sum = 0.0;
  int count = 0;
  for (int k = slice - half_slices; k <= slice + half_slices; ++k) {
    for (int j = row - half_columns; j <= row + half_columns; ++j) {
      for (int i = column - half_columns; i <= column + half_columns; ++i, ++count)
        sum += scan.hu[scan.grid.index(i, j, k)];
    }
  }
  return sum / count;
}

// Regions and landmarks belong to the femur, not to the part of it that is scanned.
TEST(Truth, DoesNotDependOnWhereTheScanBegins) {
  const HipParameters hip = draw_hip(4, Sex::female);
  const Protocol protocol;
  const auto truth_from = [&](double low_mm) {
    return find_truth(build_scene(hip, protocol, 0.0, {low_mm, 60.0}, 2), protocol, 2).right;
  };
  const SideTruth whole = truth_from(-150.0);
  const SideTruth high = truth_from(-45.0);  // above the lesser trochanter
  EXPECT_NEAR(high.it.volume_cm3, whole.it.volume_cm3, 0.005 * whole.it.volume_cm3);
  EXPECT_NEAR(high.it.vbmd_mg_cm3, whole.it.vbmd_mg_cm3, 0.005 * whole.it.vbmd_mg_cm3);
  EXPECT_NEAR(high.th.vbmd_mg_cm3, whole.th.vbmd_mg_cm3, 0.005 * whole.th.vbmd_mg_cm3);
  EXPECT_NEAR(high.femur_volume_cm3, whole.femur_volume_cm3, 0.005 * whole.femur_volume_cm3);
}

TEST(Simulate, DoesNotDependOnTheNumberOfThreads) {
  const HipParameters hip = draw_hip(5, Sex::female);
  Protocol protocol;
  protocol.matrix = 192;
  protocol.slices = 15;  // more than one chunk of slices
  const SimulatedScan one = simulate(hip, protocol, 9, 1);
  const SimulatedScan two = simulate(hip, protocol, 9, 2);
  EXPECT_EQ(one.hu, two.hu);
  EXPECT_EQ(one.mask, two.mask);
  EXPECT_EQ(one.density_mg_cm3, two.density_mg_cm3);
  EXPECT_EQ(one.truth.right.th.vbmd_mg_cm3, two.truth.right.th.vbmd_mg_cm3);
  const SimulatedScan other = simulate(hip, protocol, 10, 2);
  EXPECT_NE(one.hu, other.hu);
  EXPECT_EQ(one.mask, other.mask);
}

TEST(Simulate, SlicesDoNotDependOnHowManyThereAre) {
  const HipParameters hip = draw_hip(5, Sex::female);
  Protocol protocol = quiet_protocol(-100.0, 3);
  protocol.matrix = 128;
  const SimulatedScan few = simulate(hip, protocol, 1, 2);
  protocol.slices = 14;
  const SimulatedScan many = simulate(hip, protocol, 1, 2);
  EXPECT_TRUE(std::equal(few.hu.begin(), few.hu.end(), many.hu.begin()));
}

TEST(Simulate, HeadInTheMaskHasTheVolumeOfItsSphere) {
  HipParameters hip = draw_hip(6, Sex::male);
  hip.left.head_along_neck = hip.left.head_forward = 0.0;  // a sphere
  const SimulatedScan scan = simulate(hip, quiet_protocol(5.0, 30), 1, 2);
  // The cap above 8 mm over the head's centre is free of neck and fovea.
  const Vec3 table{0.0, 0.0, Protocol{}.table_z_mm};
  const Vec3 head = hip.left.head_centre_patient_mm + table;
  const double radius = hip.left.head_radius_mm;
  double voxels = 0.0;
  double z_low = 1e9;
  for (int k = 0; k < scan.grid.slices; ++k) {
    const double z = scan.grid.patient_from_voxel(0, 0, k).z;
    if (z < head.z + 8.0) continue;
    z_low = std::min(z_low, z - 0.5 * scan.grid.slice_spacing_mm);
    for (std::size_t i = 0; i < scan.grid.slice_size(); ++i) {
      voxels += scan.mask[scan.grid.slice_size() * static_cast<std::size_t>(k) + i] == 2 ? 1.0 : 0.0;
    }
  }
  const double height = radius - (z_low - head.z);
  const double cap = std::numbers::pi * height * height * (3.0 * radius - height) / 3.0;
  const double voxel = scan.grid.pixel_mm * scan.grid.pixel_mm * scan.grid.slice_spacing_mm;
  // Counting voxels of 1 mm on a cap of some 14 cm3 is good to better than 1 %.
  EXPECT_NEAR(voxels * voxel / cap, 1.0, 0.01);
}

// The point of the ruler: HU through the true calibration give the true density. Inside the head blur moves
// bone about but loses none.
TEST(Simulate, CalibratedHuOfTheHeadAreTheTrueDensity) {
  const HipParameters hip = draw_hip(6, Sex::female);
  Protocol protocol = quiet_protocol(-14.0, 29);
  protocol.water_offset_hu = -5.0;
  const SimulatedScan scan = simulate(hip, protocol, 1, 2);
  const CalibrationTruth& calibration = scan.truth.calibration;
  double measured = 0.0;
  double truth = 0.0;
  int count = 0;
  for (int k = 0; k < scan.grid.slices; ++k) {
    for (int j = 0; j < scan.grid.rows; ++j) {
      for (int i = 0; i < scan.grid.columns; ++i) {
        if (length(scan.grid.patient_from_voxel(i, j, k) - scan.truth.right.head_centre) > 12.0) continue;
        const std::size_t n = scan.grid.index(i, j, k);
        ASSERT_EQ(scan.mask[n], 1);
        measured +=
            (scan.hu[n] - calibration.beta_hu) / calibration.sigma_hu_per_mg_cm3 * calibration.ha_per_k2hpo4;
        truth += scan.density_mg_cm3[n];
        ++count;
      }
    }
  }
  ASSERT_GT(count, 6000);
  // What the blur carries over the border of the ball: texture of SD 60 mg/cm3 in a rim of 0.5 mm.
  EXPECT_NEAR(measured / count, truth / count, 1.0);
}

TEST(Simulate, MuscleAndFatHaveTheirHu) {
  HipParameters hip = draw_hip(7, Sex::female);
  hip.body.muscle_fat_fraction = 0.0;
  hip.body.subcutaneous_mm = 26.0;
  hip.body.half_width_mm = 195.0;
  const SimulatedScan scan = simulate(hip, quiet_protocol(-20.0, 7), 1, 2);
  // Middle of the right gluteus maximus: behind the head.
  const Vec3 gluteus = scan.truth.right.head_centre + Vec3{-4.0, 84.0, -17.0};
  // Mottle of the tissue (SD 2 HU, 5 mm) averages out to about 1 HU over 13 mm.
  EXPECT_NEAR(mean_hu(scan, gluteus, 6, 1), hip.body.muscle_hu, 3.0);
  // Subcutaneous fat: 9 mm below the skin at the patient's right.
  const Vec3 start = scan.grid.voxel_from_patient(scan.truth.right.head_centre + Vec3{0.0, 0.0, -17.0});
  int column = 0;
  const auto at = [&](int c) {
    return scan.hu[scan.grid.index(c, static_cast<int>(start.y), static_cast<int>(start.z))];
  };
  while (column < scan.grid.columns / 2 && at(column) < -300) ++column;
  const Vec3 fat = scan.grid.patient_from_voxel(column, start.y, start.z) + Vec3{9.0, 0.0, 0.0};
  EXPECT_NEAR(mean_hu(scan, fat, 3, 1), hip.body.fat_hu, 5.0);
}

TEST(Simulate, AirIsAirAndPaddingLiesOutsideTheCircle) {
  const HipParameters hip = draw_hip(8, Sex::female);
  const SimulatedScan scan = simulate(hip, quiet_protocol(0.0, 1), 1, 2);
  EXPECT_EQ(scan.hu.front(), -2000);
  EXPECT_EQ(scan.hu[scan.grid.index(256, 20, 0)], -1000);
  const auto [low, high] = std::minmax_element(scan.hu.begin(), scan.hu.end());
  EXPECT_EQ(*low, -2000);
  EXPECT_LE(*high, 3071);
}

TEST(Simulate, RodsHaveTheirHuAndPlace) {
  HipParameters hip = draw_hip(9, Sex::male);
  Protocol protocol = quiet_protocol(-40.0, 3);
  protocol.water_offset_hu = 6.0;
  protocol.effective_energy_kev = 70.0;
  const SimulatedScan scan = simulate(hip, protocol, 1, 2);
  for (const RodAxis& rod : scan.truth.rods) {
    const double z = scan.grid.patient_from_voxel(0, 0, 1).z;
    const Vec3 p = rod.point_patient_mm + ((z - rod.point_patient_mm.z) / rod.direction.z) * rod.direction;
    EXPECT_NEAR(mean_hu(scan, p, 3, 0), rod.hu, 0.5) << rod.rod.name;
    EXPECT_NEAR(rod.hu, rod_hu(rod.rod, monochromatic_beam(70.0)) + 6.0, 1e-9);
  }
  EXPECT_NEAR(scan.truth.calibration.beta_hu, 6.0 - 0.4, 1e-9);
}

TEST(Simulate, WithoutPhantomNothingOfItIsLeft) {
  Protocol protocol = quiet_protocol(-40.0, 1);
  const HipParameters hip = draw_hip(9, Sex::male);
  const SimulatedScan with = simulate(hip, protocol, 1, 2);
  protocol.phantom = false;
  const SimulatedScan without = simulate(hip, protocol, 1, 2);
  EXPECT_FALSE(without.truth.phantom);
  for (const RodAxis& rod : with.truth.rods)
    EXPECT_LT(mean_hu(without, rod.point_patient_mm + Vec3{0, 0, -40}, 2, 0), -800.0);
}

// Blur of the edge of a rod, by least squares on the radial profile. The rod is straight along z, so the
// slice profile does not matter.
double measured_fwhm_mm(const Scene& scene, const ScanGrid& grid, double holder_hu, double asked_mm) {
  Protocol protocol = quiet_protocol(-40.0, 1);
  protocol.psf_fwhm_mm = asked_mm;
  const Images images = acquire(scene, protocol, grid, 1, 2, {});
  const RodAxis rod = scene.table.rods()[4];
  double best = 1e300;
  double best_sigma = 0.0;
  for (double sigma = 0.2; sigma < 1.2; sigma += 0.002) {
    double squares = 0.0;
    for (int row = 0; row < grid.rows; ++row) {
      for (int column = 0; column < grid.columns; ++column) {
        const Vec3 d = grid.patient_from_voxel(column, row, 0) - rod.point_patient_mm;
        const double r = std::hypot(d.x, d.y);
        if (std::abs(r - rod.radius_mm) > 3.0) continue;
        // A curved edge blurred by sigma is displaced inwards by sigma^2 / (2 R).
        const double edge = rod.radius_mm - 0.5 * sigma * sigma / rod.radius_mm;
        const double share = 0.5 * std::erfc((r - edge) / (std::sqrt(2.0) * sigma));
        const double model = holder_hu + share * (rod.hu - holder_hu);
        const double error = images.hu[grid.index(column, row, 0)] - model;
        squares += error * error;
      }
    }
    if (squares < best) {
      best = squares;
      best_sigma = sigma;
    }
  }
  return 2.3548 * best_sigma;
}

TEST(Simulate, EdgeBlurIsTheOneAskedFor) {
  HipParameters hip = draw_hip(10, Sex::female);
  hip.phantom.tilt_along_rad = 0.0;
  Protocol protocol = quiet_protocol(-40.0, 1);
  protocol.table_z_mm = 0.0;
  const Scene scene = build_scene(hip, protocol, 0.0, {-45.0, -35.0}, 2);
  const ScanGrid grid = plan_scan(hip, protocol);
  // 3 %: whole HU, step 0.005 mm, and the first-order treatment of the rod's curvature.
  for (const double asked : {1.0, 1.3, 1.8}) {
    EXPECT_NEAR(measured_fwhm_mm(scene, grid, hip.phantom.holder_hu, asked) / asked, 1.0, 0.03) << asked;
  }
}

TEST(Simulate, NoiseHasTheSdAskedForAtTheCentre) {
  const HipParameters hip = draw_hip(4, Sex::female);
  Protocol protocol = quiet_protocol(60.0, 6);  // above the hips: no streaks
  const SimulatedScan clean = simulate(hip, protocol, 3, 2);
  protocol.noise_sd_hu = 30.0;
  const SimulatedScan noisy = simulate(hip, protocol, 3, 2);
  const Vec3 centre =
      clean.grid.voxel_from_patient(0.5 * (clean.truth.right.head_centre + clean.truth.left.head_centre));
  double sum = 0.0;
  double squares = 0.0;
  double neighbours = 0.0;
  int count = 0;
  for (int k = 0; k < 6; ++k) {
    for (int j = -24; j < 24; ++j) {
      for (int i = -24; i < 24; ++i, ++count) {
        const std::size_t n =
            clean.grid.index(static_cast<int>(centre.x) + i, static_cast<int>(centre.y) + j, k);
        const double here = noisy.hu[n] - clean.hu[n];
        const double beside = noisy.hu[n + 1] - clean.hu[n + 1];
        sum += here;
        squares += here * here;
        neighbours += here * beside;
      }
    }
  }
  const double sd = std::sqrt(squares / count - (sum / count) * (sum / count));
  // Some 3,000 independent values: 1.3 % standard error.
  EXPECT_NEAR(sd, 30.0, 0.05 * 30.0);
  EXPECT_NEAR(sum / count, 0.0, 1.0);     // no power at zero frequency
  EXPECT_GT(neighbours / squares, 0.15);  // correlated, as after filtered back-projection
}

TEST(Simulate, DefaultRangeGoesFromTheSocketToThreeCentimetresBelowTheTrochanter) {
  const HipParameters hip = draw_hip(2, Sex::female);
  const ScanGrid grid = plan_scan(hip, Protocol{});
  EXPECT_EQ(grid.columns, 512);
  EXPECT_NEAR(grid.pixel_mm, 0.9766, 1e-4);
  double lowest = 1e9;
  for (const FemurParameters* f : {&hip.right, &hip.left}) {
    const FemurShape shape(*f);
    const FemurPose pose(shape, f == &hip.right ? Side::right : Side::left);
    lowest =
        std::min(lowest, pose.patient_from_femur({0.0, 0.0, find_lesser_trochanter(shape).distal_z_mm}).z);
  }
  const double table_z_mm = Protocol{}.table_z_mm;
  EXPECT_NEAR(lowest + table_z_mm - grid.origin_patient_mm.z, 30.0, 1e-6);
  const double top = grid.patient_from_voxel(0, 0, grid.slices - 1).z;
  EXPECT_GT(top, table_z_mm + hip.right.head_centre_patient_mm.z + hip.right.head_radius_mm + 30.0);
  EXPECT_GT(grid.slices, 150);
  EXPECT_LT(grid.slices, 220);
}

TEST(Simulate, BrokenProtocolsAreNamed) {
  Protocol protocol;
  EXPECT_TRUE(problems_in(protocol).empty());
  protocol.tube_kvp = 30;
  protocol.matrix = 32;
  EXPECT_EQ(problems_in(protocol).size(), 2U);
  Protocol huge;
  huge.matrix = 1024;
  huge.slices = 1000;
  huge.slice_spacing_mm = 0.5;
  EXPECT_EQ(problems_in(huge).size(), 1U);  // a billion voxels
}

}  // namespace
}  // namespace focalhip::simulator
