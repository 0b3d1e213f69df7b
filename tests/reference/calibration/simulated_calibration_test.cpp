#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/calibration/calibrate.h"
#include "testdata/simulator/imaging_chain.h"
#include "testdata/simulator/scene.h"
#include "testdata/simulator/simulate.h"
#include "tests/support/simulated_volume.h"

// Thirty simulated persons on the phantom: slope, intercept, places and blur against what was simulated.
// Targets: science qct 8.2 (medians: the node's own acceptance).

namespace focalhip {
namespace {

constexpr int persons = 30;
constexpr std::uint64_t first_seed = 7100;  // fixed before the first run
constexpr double table_z_mm = -712.5;

struct SimulatedRods {
  CtVolume ct;
  simulator::CalibrationTruth calibration;  // scanner's offset included
  std::vector<simulator::RodAxis> rods;
  double psf_fwhm_mm = 0.0;
};

// 60 mm above the femoral heads, 1 mm pixels: just enough for the rods, and thirty of them within a minute.
SimulatedRods simulate_rods(std::uint64_t seed) {
  const simulator::Sex sex = seed % 2 == 0 ? simulator::Sex::female : simulator::Sex::male;
  simulator::HipParameters person = simulator::draw_hip(seed, sex);
  person.right.head_centre_patient_mm.z += table_z_mm;
  person.left.head_centre_patient_mm.z += table_z_mm;
  simulator::Protocol protocol;
  protocol.field_of_view_mm = 400.0;
  protocol.matrix = 400;
  simulator::ScanGrid grid;
  grid.columns = grid.rows = protocol.matrix;
  grid.slices = 20;
  grid.pixel_mm = protocol.field_of_view_mm / protocol.matrix;
  grid.slice_spacing_mm = grid.slice_thickness_mm = protocol.slice_spacing_mm = protocol.slice_thickness_mm =
      3.0;
  grid.field_of_view_mm = protocol.field_of_view_mm;
  grid.origin_patient_mm = {-199.5, -155.5, table_z_mm + 40.0};
  const double offset_hu = static_cast<double>(seed % 9) - 4.0;  // of water in this scanner: -4 .. 4
  const double margin_mm = 12.0;
  const simulator::Scene scene = simulator::build_scene(
      person,
      protocol,
      offset_hu,
      {grid.origin_patient_mm.z - margin_mm, grid.origin_patient_mm.z + 19 * 3.0 + margin_mm},
      2);
  SimulatedRods simulated;
  simulated.ct = test::ct_volume(
      grid, simulator::acquire(scene, protocol, grid, seed, 2, [](double) {}).hu, protocol.tube_kvp);
  simulated.calibration = scene.calibration;
  simulated.calibration.beta_hu += offset_hu;
  simulated.rods = scene.table.rods();
  simulated.psf_fwhm_mm = protocol.psf_fwhm_mm;
  return simulated;
}

// Distance of a found rod's axis from the simulated one, at the height where it was reported.
double centre_error_mm(const RodMeasurement& found, const std::vector<simulator::RodAxis>& rods) {
  for (const simulator::RodAxis& rod : rods) {
    if (found.name != rod.rod.name) continue;
    const double along = (found.centre_patient_mm.z() - rod.point_patient_mm.z) / rod.direction.z;
    return std::hypot(found.centre_patient_mm.x() - rod.point_patient_mm.x - along * rod.direction.x,
                      found.centre_patient_mm.y() - rod.point_patient_mm.y - along * rod.direction.y);
  }
  ADD_FAILURE() << "no rod " << found.name;
  return 1e9;
}

struct Errors {
  std::vector<double> sigma_percent;
  std::vector<double> beta_hu;
  std::vector<double> centre_mm;
  std::vector<double> psf_fwhm_mm;
  int found = 0;
};

void add(Errors& errors, const Calibration& found, const SimulatedRods& truth) {
  ++errors.found;
  const double sigma_ratio = found.sigma_ct_hu_per_mg_cm3 / truth.calibration.sigma_hu_per_mg_cm3;
  errors.sigma_percent.push_back(100.0 * std::abs(sigma_ratio - 1.0));
  errors.beta_hu.push_back(std::abs(found.beta_ct_hu - truth.calibration.beta_hu));
  for (const RodMeasurement& rod : found.rods) {
    errors.centre_mm.push_back(centre_error_mm(rod, truth.rods));
  }
  ASSERT_TRUE(found.in_plane_psf_sigma_mm);
  errors.psf_fwhm_mm.push_back(std::abs(2.355 * *found.in_plane_psf_sigma_mm - truth.psf_fwhm_mm));
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

void expect_at_most(const std::string& what, double target, double measured) {
  std::cout << std::left << std::setw(34) << what << " target <= " << std::setw(6) << target << " measured "
            << std::setprecision(3) << measured << "\n";
  EXPECT_LE(measured, target) << what;
}

TEST(SimulatedCalibration, ThirtyPersonsWithinTheTargets) {
  Errors errors;
  for (std::uint64_t seed = first_seed; seed < first_seed + persons; ++seed) {
    const SimulatedRods simulated = simulate_rods(seed);
    try {
      add(errors, calibrate(simulated.ct, {}), simulated);
    } catch (const Refusal& refusal) {
      std::cout << "seed " << seed << ": " << code_string(refusal.code()) << " " << refusal.what() << "\n";
    }
  }
  std::cout << "phantoms found: " << errors.found << " of " << persons << "\n";
  ASSERT_EQ(errors.found, persons);  // target 99 %
  expect_at_most("|sigma_CT error| median, %", 0.5, quantile(errors.sigma_percent, 0.5));
  expect_at_most("|sigma_CT error| p95, %", 1.0, quantile(errors.sigma_percent, 0.95));
  expect_at_most("|beta_CT error| median, HU", 1.0, quantile(errors.beta_hu, 0.5));
  expect_at_most("|beta_CT error| p95, HU", 2.5, quantile(errors.beta_hu, 0.95));
  expect_at_most("rod centre error, largest, mm", 0.5, quantile(errors.centre_mm, 1.0));
  expect_at_most("|PSF FWHM error| p95, mm", 0.10, quantile(errors.psf_fwhm_mm, 0.95));
}

}  // namespace
}  // namespace focalhip
