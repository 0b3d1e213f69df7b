#include "testdata/simulator/simulate_rods.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

namespace focalhip::simulator {
namespace {

Protocol quiet_protocol() {
  Protocol protocol;
  protocol.noise_sd_hu = 0.0;
  protocol.water_offset_hu = 2.0;
  protocol.slices = 41;
  protocol.slice_spacing_mm = 2.0;
  return protocol;
}

HipParameters person() {
  HipParameters hip = draw_hip(31, Sex::male);
  hip.body.half_width_mm = 180.0;
  hip.body.half_depth_mm = 110.0;
  return hip;
}

// Mean of 7 x 7 pixels around a point.
double mean_hu(const SimulatedScan& scan, Vec3 p_mm, int half = 3) {
  const Vec3 v = scan.grid.voxel_from_patient(p_mm);
  double sum = 0.0;
  int count = 0;
  for (int j = -half; j <= half; ++j) {
    for (int i = -half; i <= half; ++i, ++count) {
      sum += scan.hu[scan.grid.index(static_cast<int>(std::lround(v.x)) + i,
                                     static_cast<int>(std::lround(v.y)) + j,
                                     static_cast<int>(std::lround(v.z)))];
    }
  }
  return sum / count;
}

double level(const SimulatedScan& scan, int slice) { return scan.grid.patient_from_voxel(0, 0, slice).z; }

void expect_rods_where_they_are_said_to_be(const SimulatedScan& scan) {
  for (const RodAxis& rod : scan.truth.rods) {
    for (const int slice : {0, 20, 40}) {
      // Rounding to whole HU, mean of 49.
      EXPECT_NEAR(mean_hu(scan, rod.centre_mm(level(scan, slice))), rod.hu, 0.5)
          << phantom_name(scan.truth.phantom_type) << " rod " << rod.rod.name << " of " << rod.phantom
          << ", slice " << slice;
    }
  }
}

TEST(SimulateRods, EveryPhantomHasItsRodsWhereTheyAreSaidToBe) {
  for (const char* name :
       {"mindways-3", "qrm-bdc-6", "qrm-bdc-3", "bmas-200", "image-analysis-3", "siemens-osteo"}) {
    HipParameters hip = person();
    hip.phantom.type = *phantom_type_named(name);
    hip.phantom.rod_pitch_mm = 28.0;
    hip.phantom.tilt_along_rad = 2.0 * degree;
    const SimulatedScan scan = simulate_rods(hip, quiet_protocol(), 1, 2);
    EXPECT_EQ(scan.truth.rods.size(), certified_rods(hip.phantom.type).size());
    expect_rods_where_they_are_said_to_be(scan);
  }
}

TEST(SimulateRods, RodsFollowPlaceTiltAndPosture) {
  struct Case {
    PhantomPlace place;
    bool prone;
  };
  for (const Case& c : {Case{PhantomPlace::under, false},
                        Case{PhantomPlace::above, false},
                        Case{PhantomPlace::beside_right, false},
                        Case{PhantomPlace::beside_left, false},
                        Case{PhantomPlace::under, true}}) {
    HipParameters hip = person();
    hip.phantom.place = c.place;
    hip.phantom.second_place = c.place == PhantomPlace::under ? PhantomPlace::above : PhantomPlace::under;
    hip.phantom.tilt_in_plane_rad = 4.0 * degree;
    hip.phantom.tilt_along_rad = -1.5 * degree;
    hip.phantom.tilt_out_rad = 1.0 * degree;
    hip.phantom.arc_mm = 5.0;
    hip.phantom.air_gap_mm = 6.0;
    Protocol protocol = quiet_protocol();
    protocol.prone = c.prone;
    const SimulatedScan scan = simulate_rods(hip, protocol, 1, 2);
    ASSERT_EQ(scan.truth.rods.size(), 10U);
    expect_rods_where_they_are_said_to_be(scan);
    const double middle_y = 0.5 * (hip.right.head_centre_patient_mm.y + hip.left.head_centre_patient_mm.y);
    if (c.place != PhantomPlace::under) continue;
    EXPECT_EQ(scan.truth.rods[0].point_patient_mm.y < middle_y, c.prone);
  }
}

TEST(SimulateRods, ReversedPhantomStartsAtThePatientsLeft) {
  HipParameters hip = person();
  for (const bool reversed : {false, true}) {
    hip.phantom.reversed = reversed;
    const ScanTruth truth = simulate_rods(hip, quiet_protocol(), 1, 2).truth;
    EXPECT_EQ(truth.rods.front().point_patient_mm.x > truth.rods.back().point_patient_mm.x, reversed);
  }
}

TEST(SimulateRods, DefectsAreThereAndSaid) {
  HipParameters hip = person();
  hip.phantom.absent_rods = {"B"};
  hip.phantom.bubble = Bubble{"D", 3.5, 30.0, 0.0};
  hip.phantom.low_end_mm = -20.0;
  const SimulatedScan scan = simulate_rods(hip, quiet_protocol(), 1, 2);
  const std::vector<RodAxis>& rods = scan.truth.rods;
  EXPECT_TRUE(rods[0].usable());
  EXPECT_TRUE(rods[1].absent);
  EXPECT_FALSE(rods[1].usable());
  EXPECT_TRUE(rods[3].bubble);
  EXPECT_FALSE(rods[3].usable());
  EXPECT_NEAR(mean_hu(scan, rods[1].centre_mm(level(scan, 20))), hip.phantom.holder_hu + 2.0, 0.6);
  const Vec3 bubble = rods[3].centre_mm(level(scan, 20)) + Vec3{0.0, -(rods[3].radius_mm - 3.5), 0.0};
  EXPECT_LT(mean_hu(scan, bubble, 0), -950.0);
  EXPECT_NEAR(mean_hu(scan, rods[3].centre_mm(level(scan, 35))), rods[3].hu, 0.5);  // 30 mm above
  // The phantom begins 20 mm below the heads; slice 20 lies at the heads.
  EXPECT_NEAR(mean_hu(scan, rods[0].centre_mm(level(scan, 11))), rods[0].hu, 0.5);
  EXPECT_LT(mean_hu(scan, rods[0].centre_mm(level(scan, 8))), -900.0);
  EXPECT_NEAR(rods[0].low_z_mm, scan.truth.heads_z_mm - 20.0, 1e-9);
}

TEST(SimulateRods, AFieldThatCutsRodsIsSaid) {
  HipParameters hip = person();
  hip.phantom.shift_x_mm = 0.0;
  hip.phantom.reversed = false;
  hip.phantom.tilt_in_plane_rad = 0.0;
  Protocol protocol = quiet_protocol();
  protocol.field_of_view_mm = 320.0;
  protocol.matrix = 328;
  protocol.field_shift_x_mm = 120.0;
  const SimulatedScan scan = simulate_rods(hip, protocol, 1, 2);
  EXPECT_TRUE(scan.truth.rods.front().cut);
  EXPECT_FALSE(scan.truth.rods.back().cut);
  for (const RodAxis& rod : scan.truth.rods) {
    bool padded = false;
    for (int step = 0; step < 360; step += 5) {
      const Vec3 rim{std::cos(step * degree) * rod.radius_mm, std::sin(step * degree) * rod.radius_mm, 0.0};
      for (const int slice : {0, 40}) {
        const Vec3 v = scan.grid.voxel_from_patient(rod.centre_mm(level(scan, slice)) + rim);
        const int i = static_cast<int>(std::lround(v.x));
        const int j = static_cast<int>(std::lround(v.y));
        if (i < 0 || j < 0 || i >= 328 || j >= 328 || scan.hu[scan.grid.index(i, j, slice)] == -2000)
          padded = true;
      }
    }
    EXPECT_EQ(rod.cut, padded) << rod.rod.name;
  }
}

// The published fit of the five rods, from the image.
struct Fit {
  double sigma = 0.0;
  double beta_hu = 0.0;
};
Fit mindways_fit(const SimulatedScan& scan, int slice) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (const RodAxis& rod : scan.truth.rods) {
    const double k = rod.rod.k2hpo4_mg_cm3;
    const double mu = mean_hu(scan, rod.centre_mm(level(scan, slice))) - rod.rod.water_mg_cm3;
    n += 1;
    x += k;
    y += mu;
    xx += k * k;
    xy += k * mu;
  }
  const double slope = (n * xy - x * y) / (n * xx - x * x);
  return {slope - 0.2174, (y - slope * x) / n + 999.6};
}

TEST(SimulateRods, DriftChangesSlopeAndOffsetAlongTheTable) {
  Protocol protocol = quiet_protocol();
  protocol.drift = {5.0, -8.0};  // % and HU per 100 mm
  const SimulatedScan scan = simulate_rods(person(), protocol, 1, 2);
  const CalibrationTruth& truth = scan.truth.calibration;
  for (const int slice : {0, 20, 40}) {
    const double above_mm = level(scan, slice) - scan.truth.heads_z_mm;
    const Fit fit = mindways_fit(scan, slice);
    // Every rod is rounded to whole HU, by up to 0.5.
    EXPECT_NEAR(fit.sigma / truth.sigma_hu_per_mg_cm3, 1.0 + 0.0005 * above_mm, 0.001);
    EXPECT_NEAR(fit.beta_hu, truth.beta_hu - 0.08 * above_mm, 0.5);
  }
}

TEST(SimulateRods, WrongCertificateChangesTheRodsNotTheTruth) {
  HipParameters hip = person();
  const SimulatedScan right = simulate_rods(hip, quiet_protocol(), 1, 2);
  hip.phantom.density_error = 0.03;
  const SimulatedScan wrong = simulate_rods(hip, quiet_protocol(), 1, 2);
  EXPECT_EQ(right.truth.calibration.sigma_hu_per_mg_cm3, wrong.truth.calibration.sigma_hu_per_mg_cm3);
  const double reference = right.truth.calibration.sigma_reference;
  // 3 % more mineral looks like a 3 % steeper slope.
  EXPECT_NEAR(mindways_fit(wrong, 20).sigma - mindways_fit(right, 20).sigma, 0.03 * reference, 0.002);
}

TEST(SimulateRods, DoesNotDependOnTheNumberOfThreads) {
  Protocol protocol;
  protocol.matrix = 128;
  protocol.slices = 20;
  EXPECT_EQ(simulate_rods(person(), protocol, 3, 1).hu, simulate_rods(person(), protocol, 3, 2).hu);
}

TEST(SimulateRods, NoiseHasTheSdAskedForAtTheCentre) {
  Protocol protocol = quiet_protocol();
  protocol.slices = 6;
  const SimulatedScan clean = simulate_rods(person(), protocol, 3, 2);
  protocol.noise_sd_hu = 40.0;
  const SimulatedScan noisy = simulate_rods(person(), protocol, 3, 2);
  const Vec3 centre = clean.grid.voxel_from_patient(
      0.5 * (person().right.head_centre_patient_mm + person().left.head_centre_patient_mm));
  double squares = 0.0;
  int count = 0;
  for (int k = 0; k < 6; ++k) {
    for (int j = -24; j < 24; ++j) {
      for (int i = -24; i < 24; ++i, ++count) {
        const std::size_t n =
            clean.grid.index(static_cast<int>(centre.x) + i, static_cast<int>(centre.y) + j, k);
        squares += std::pow(noisy.hu[n] - clean.hu[n], 2.0);
      }
    }
  }
  // Some 3,000 independent values: 1.3 % standard error.
  EXPECT_NEAR(std::sqrt(squares / count), 40.0, 0.05 * 40.0);
}

}  // namespace
}  // namespace focalhip::simulator
