#include "tests/proof/calibration_series.h"

#include <algorithm>
#include <cmath>
#include <iostream>

#include "analysis/support/parallel_for.h"
#include "testdata/simulator/counter_random.h"
#include "tests/support/simulated_volume.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

// Grade A input: 120 kVp, blur 1.3 mm, noise 30 HU, slices of 1.25 mm over 100 mm beside the femora.
Setting usual_setting(std::uint64_t seed) {
  Setting setting{.hip = sim::draw_hip(seed, seed % 2 == 0 ? sim::Sex::female : sim::Sex::male),
                  .protocol = {}};
  setting.protocol.noise_sd_hu = 30.0;
  setting.protocol.slice_spacing_mm = setting.protocol.slice_thickness_mm = 1.25;
  setting.protocol.slices = 80;
  setting.protocol.lowest_above_heads_mm = -70.0;
  return setting;
}

Outcome run(std::uint64_t seed, const Change& change, CalibrationOptions options) {
  Setting setting = usual_setting(seed);
  change(setting, seed);
  const sim::SimulatedScan scan = sim::simulate_rods(setting.hip, setting.protocol, seed, 1);
  CtVolume ct = test::ct_volume(scan.grid, scan.hu, setting.protocol.tube_kvp);
  ct.acquisition.station_name = "CT1";
  options.threads = 1;
  const double heads_z_mm = setting.protocol.table_z_mm;
  Outcome outcome{.truth = scan.truth, .calibration = {}, .refusal = {}, .heads_z_mm = heads_z_mm};
  try {
    outcome.calibration = calibrate(ct,
                                    options,
                                    HeightRange{heads_z_mm + femora_above_heads.lowest_z_mm,
                                                heads_z_mm + femora_above_heads.highest_z_mm});
  } catch (const Refusal& refusal) {
    outcome.refusal = std::string(code_string(refusal.code())) + " " + refusal.what();
  }
  return outcome;
}

// Which simulated rod of the first phantom stands nearest, and how far off.
struct Nearest {
  std::size_t index = 0;
  double distance_mm = 1e9;
};
Nearest nearest_rod(const RodMeasurement& found, const sim::ScanTruth& truth) {
  Nearest nearest;
  for (std::size_t i = 0; i < truth.rods.size(); ++i) {
    const sim::Vec3 centre = truth.rods[i].centre_mm(found.centre_patient_mm.z());
    const double distance =
        std::hypot(found.centre_patient_mm.x() - centre.x, found.centre_patient_mm.y() - centre.y);
    if (distance < nearest.distance_mm) nearest = {i, distance};
  }
  return nearest;
}

// Rods are named by their place in the certificate: A.., or 1...
std::size_t certificate_index(const std::string& rod_name) {
  return static_cast<std::size_t>(rod_name[0] >= 'A' ? rod_name[0] - 'A' : rod_name[0] - '1');
}

bool is_wrong(const Outcome& outcome) {
  if (!outcome.calibration) return false;
  if (outcome.calibration->phantom != sim::phantom_name(outcome.truth.phantom_type)) return true;
  return std::ranges::any_of(outcome.calibration->rods, [&](const RodMeasurement& rod) {
    const std::size_t rods = sim::certified_rods(outcome.truth.phantom_type).size();
    return nearest_rod(rod, outcome.truth).index % rods != certificate_index(rod.name);
  });
}

}  // namespace

// Uniform in low .. high, by seed and purpose.
double drawn(std::uint64_t seed, std::uint64_t purpose, double low, double high) {
  sim::RandomStream random(seed, 900 + purpose);
  return low + (high - low) * random.uniform();
}
std::size_t drawn_index(std::uint64_t seed, std::uint64_t purpose, std::size_t count) {
  return std::min(count - 1, static_cast<std::size_t>(drawn(seed, purpose, 0.0, static_cast<double>(count))));
}

std::vector<Outcome> run_all(const ProofSize& size,
                             std::uint64_t group,
                             int count,
                             const Change& change,
                             const CalibrationOptions& options) {
  std::vector<Outcome> outcomes(static_cast<std::size_t>(count));
  parallel_for(count, size.threads, [&](int i) {
    const std::uint64_t seed = size.first_seed + 1000 * group + static_cast<std::uint64_t>(i);
    outcomes[static_cast<std::size_t>(i)] = run(seed, change, options);
  });
  return outcomes;
}

Errors errors_of(const std::vector<Outcome>& outcomes) {
  Errors errors;
  for (const Outcome& outcome : outcomes) {
    if (is_wrong(outcome)) ++errors.wrong;
    if (!outcome.calibration || outcome.calibration->method != CalibrationMethod::phantom) {
      std::cerr << "not found: " << outcome.refusal << '\n';
      continue;
    }
    ++errors.found;
    const Calibration& found = *outcome.calibration;
    if (found.grade == Grade::a) ++errors.grade_a;
    const sim::CalibrationTruth& truth = outcome.truth.calibration;
    double centre_mm = 0.0;
    for (const RodMeasurement& rod : found.rods) {
      centre_mm = std::max(centre_mm, nearest_rod(rod, outcome.truth).distance_mm);
    }
    errors.centre_mm.push_back(centre_mm);
    errors.sigma_percent.push_back(100.0 *
                                   std::abs(found.sigma_ct_hu_per_mg_cm3 / truth.sigma_hu_per_mg_cm3 - 1.0));
    errors.beta_hu.push_back(std::abs(found.beta_ct_hu - truth.beta_hu));
    if (found.in_plane_psf_sigma_mm) {
      errors.psf_fwhm_mm.push_back(
          std::abs(2.355 * *found.in_plane_psf_sigma_mm - outcome.truth.psf_fwhm_mm));
    }
  }
  return errors;
}

}  // namespace focalhip::proof
