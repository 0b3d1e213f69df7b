#include <iostream>

#include <gtest/gtest.h>

#include "analysis/femur/find_vessel.h"
#include "analysis/volume/field_of_view.h"
#include "testdata/simulator/simulate.h"
#include "tests/support/simulated_volume.h"

// What scan_findings measures, against simulated persons: contrast in femoral vessels (190 HU arteries, 140
// HU veins, or blood of about 40 HU), the border of the field of view.

namespace focalhip {
namespace {

constexpr std::uint64_t first_seed = 9601;  // fixed before the first run
constexpr int persons = 4;

Eigen::Vector3d vector(const simulator::Vec3& v) { return {v.x, v.y, v.z}; }

std::optional<double> brightest_vessel(const CtVolume& ct, const simulator::ScanTruth& truth) {
  std::optional<double> brightest;
  for (const simulator::SideTruth* side : {&truth.right, &truth.left}) {
    const auto hu = find_enhanced_vessel(ct, vector(side->head_centre), side->head_radius_mm);
    if (hu) brightest = std::max(brightest.value_or(*hu), *hu);
  }
  return brightest;
}

// 0 false alarms and 0 misses among these few; the rate itself needs more scans than a test can afford.
TEST(SimulatedFindings, VesselsAreSeenWithContrastAndOnlyThen) {
  for (int n = 0; n < persons; ++n) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(n);
    const simulator::Sex sex = n % 2 == 0 ? simulator::Sex::female : simulator::Sex::male;
    for (const bool contrast : {false, true}) {
      simulator::Protocol protocol;
      protocol.contrast = contrast;
      protocol.noise_sd_hu = n < 2 ? 27.0 : 45.0;
      const simulator::SimulatedScan scan =
          simulator::simulate(simulator::draw_hip(seed, sex), protocol, seed, 2);
      const CtVolume ct = test::ct_volume(scan.grid, scan.hu, protocol.tube_kvp);
      const std::optional<double> hu = brightest_vessel(ct, scan.truth);
      EXPECT_EQ(hu.has_value(), contrast) << "seed " << seed << ", " << hu.value_or(0.0) << " HU";
      std::cout << "seed " << seed << (contrast ? " with" : " without") << " contrast: vessel "
                << hu.value_or(0.0) << " HU, tissue on " << 100.0 * tissue_on_border(ct)
                << " % of the border\n";
      EXPECT_LT(tissue_on_border(ct), largest_touched_share);
    }
  }
}

// The same persons in a field of view that is too small for them.
TEST(SimulatedFindings, ANarrowFieldOfViewIsSeen) {
  simulator::Protocol protocol;
  protocol.field_of_view_mm = 300.0;
  protocol.slices = 60;
  const simulator::SimulatedScan scan =
      simulator::simulate(simulator::draw_hip(first_seed, simulator::Sex::male), protocol, first_seed, 2);
  EXPECT_GT(tissue_on_border(test::ct_volume(scan.grid, scan.hu, protocol.tube_kvp)), largest_touched_share);
}

}  // namespace
}  // namespace focalhip
