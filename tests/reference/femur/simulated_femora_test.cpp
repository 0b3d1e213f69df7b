#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/calibration/calibrate.h"
#include "analysis/femur/measure_densitometry.h"
#include "testdata/simulator/simulate.h"
#include "tests/support/simulated_volume.h"

// Simulated persons, both sides: mask, head and densities against what was simulated. The calibration is the
// one measured from the rods of the same scan. Three series here; the proof over twenty:
//   FOCALHIP_FEMUR_SERIES=20 reference_tests --gtest_filter='SimulatedFemora.*'
// Targets: Dice >= 0.95 and TH vBMD within 5 % for every femur.

namespace focalhip {
namespace {

constexpr std::uint64_t first_seed = 9301;  // fixed before the first run; development used 1 to 20
constexpr double least_dice = 0.95;
constexpr double largest_th_error_percent = 5.0;

int series_to_measure() {
  const char* asked = std::getenv("FOCALHIP_FEMUR_SERIES");
  return asked == nullptr ? 3 : std::stoi(asked);
}

double dice(const FemurMask& mask, const simulator::SimulatedScan& scan) {
  const std::uint8_t label = mask.side == Side::right ? 1 : 2;
  const VoxelGrid scanned = test::voxel_grid(scan.grid);
  const VoxelGrid& grid = mask.mask.grid;
  double both = 0.0;
  double found = 0.0;
  const auto truth = static_cast<double>(std::count(scan.mask.begin(), scan.mask.end(), label));
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 0; j < grid.size[1]; ++j) {
      for (int i = 0; i < grid.size[0]; ++i) {
        if (mask.mask.label[grid.index(i, j, k)] == 0) continue;
        const Eigen::Vector3d voxel =
            scanned.voxel_from_patient(grid.patient_from_voxel(Eigen::Vector3d(i, j, k)));
        found += 1.0;
        both += scan.mask[scanned.index(static_cast<int>(std::lround(voxel.x())),
                                        static_cast<int>(std::lround(voxel.y())),
                                        static_cast<int>(std::lround(voxel.z())))] == label
                    ? 1.0
                    : 0.0;
      }
    }
  }
  return 2.0 * both / (found + truth);
}

double percent_off(double measured, double truth) { return 100.0 * (measured / truth - 1.0); }

Eigen::Vector3d vector(const simulator::Vec3& v) { return {v.x, v.y, v.z}; }

struct Line {
  double dice = 0.0;
  double head_mm = 0.0;
  std::array<double, 4> vbmd_percent{};
  std::array<double, 4> abmd_percent{};
};

Line compare(const FemurMeasurement& measured, const simulator::SimulatedScan& scan) {
  const bool right = measured.side == Side::right;
  const simulator::SideTruth& truth = right ? scan.truth.right : scan.truth.left;
  const std::array<const simulator::VoiTruth*, 4> voi{&truth.fn, &truth.tr, &truth.it, &truth.th};
  Line line;
  line.dice = dice(measured.mask, scan);
  line.head_mm = (measured.frame.head_centre_patient_mm - vector(truth.head_centre)).norm();
  for (std::size_t i = 0; i < voi.size(); ++i) {
    line.vbmd_percent[i] = percent_off(measured.vois[i].vbmd_mg_cm3.value_or(0.0), voi[i]->vbmd_mg_cm3);
    line.abmd_percent[i] =
        percent_off(measured.vois[i].abmd_mg_cm2.value_or(0.0), 1000.0 * voi[i]->abmd_g_cm2);
  }
  return line;
}

void print(std::uint64_t seed, Side side, const Line& line) {
  std::cout << std::fixed << std::setprecision(4) << "series " << seed << ' ' << letter(side) << " Dice "
            << line.dice << std::setprecision(2) << " head " << line.head_mm << " mm; vBMD, aBMD % of truth:";
  for (const VoiName voi : all_vois) {
    const auto i = static_cast<std::size_t>(voi);
    std::cout << "  " << name(voi) << ' ' << std::showpos << line.vbmd_percent[i] << ' '
              << line.abmd_percent[i] << std::noshowpos;
  }
  std::cout << '\n';
}

TEST(SimulatedFemora, MaskAndTotalHipDensityAreThoseSimulated) {
  double worst_dice = 1.0;
  double worst_th_percent = 0.0;
  for (int n = 0; n < series_to_measure(); ++n) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(n);
    const simulator::Sex sex = n % 2 == 0 ? simulator::Sex::female : simulator::Sex::male;
    const simulator::Protocol protocol;
    const simulator::SimulatedScan scan =
        simulator::simulate(simulator::draw_hip(seed, sex), protocol, seed, 2);
    const CtVolume ct = test::ct_volume(scan.grid, scan.hu, protocol.tube_kvp);
    const Calibration calibration = calibrate(ct, {});
    const std::array<FemurOutcome, 2> femora = segment_femora(ct, {});
    for (const Side side : {Side::right, Side::left}) {
      const auto* femur = std::get_if<SegmentedFemur>(&femora[static_cast<std::size_t>(side)]);
      ASSERT_NE(femur, nullptr)
          << "series " << seed << ' ' << name(side) << ": "
          << std::get<UnmeasuredFemur>(femora[static_cast<std::size_t>(side)]).reason.detail;
      const Line line = compare(measure_densitometry(ct, calibration, *femur, {}), scan);
      print(seed, side, line);
      EXPECT_GE(line.dice, least_dice);
      EXPECT_LE(std::abs(line.vbmd_percent[3]), largest_th_error_percent);
      worst_dice = std::min(worst_dice, line.dice);
      worst_th_percent = std::max(worst_th_percent, std::abs(line.vbmd_percent[3]));
    }
  }
  std::cout << "smallest Dice         target >= 0.95 | measured " << worst_dice << '\n'
            << "largest TH vBMD error target <= 5 %  | measured " << worst_th_percent << " %\n";
}

TEST(SimulatedFemora, StorageOrderDoesNotChangeTheResult) {
  const simulator::Protocol protocol;
  const simulator::SimulatedScan scan =
      simulator::simulate(simulator::draw_hip(first_seed, simulator::Sex::female), protocol, first_seed, 2);
  const CtVolume ct = test::ct_volume(scan.grid, scan.hu, protocol.tube_kvp);
  CtVolume turned = ct;  // columns to the patient's right, rows to anterior: a prone scan's storage
  for (int k = 0; k < ct.grid.size[2]; ++k) {
    for (int j = 0; j < ct.grid.size[1]; ++j) {
      for (int i = 0; i < ct.grid.size[0]; ++i) {
        const std::size_t to = ct.grid.index(ct.grid.size[0] - 1 - i, ct.grid.size[1] - 1 - j, k);
        turned.hu[to] = ct.hu[ct.grid.index(i, j, k)];
      }
    }
  }
  turned.valid.clear();
  turned.grid.origin_patient_mm =
      ct.grid.patient_from_voxel({ct.grid.size[0] - 1.0, ct.grid.size[1] - 1.0, 0.0});
  turned.grid.patient_axes.col(0) *= -1.0;
  turned.grid.patient_axes.col(1) *= -1.0;
  Calibration calibration;
  calibration.sigma_ct_hu_per_mg_cm3 = scan.truth.calibration.sigma_hu_per_mg_cm3;
  calibration.beta_ct_hu = scan.truth.calibration.beta_hu;
  const std::array<FemurOutcome, 2> first = segment_femora(ct, {});
  const std::array<FemurOutcome, 2> second = segment_femora(turned, {});
  for (std::size_t side = 0; side < 2; ++side) {
    const auto* a = std::get_if<SegmentedFemur>(&first[side]);
    const auto* b = std::get_if<SegmentedFemur>(&second[side]);
    ASSERT_NE(a, nullptr);
    ASSERT_NE(b, nullptr);
    const double here = *measure_densitometry(ct, calibration, *a, {})[VoiName::th].vbmd_mg_cm3;
    const double there = *measure_densitometry(turned, calibration, *b, {})[VoiName::th].vbmd_mg_cm3;
    EXPECT_NEAR(there / here, 1.0, 0.003);  // qct 8.2, left-mirror symmetry
  }
}

}  // namespace
}  // namespace focalhip
