#include "tests/proof/calibration_rows.h"

#include <algorithm>
#include <cmath>
#include <iostream>

#include "testdata/simulator/counter_random.h"
#include "tests/proof/calibration_series.h"
#include "tests/support/exact_intervals.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

void prove_good_phantoms(ProofTable& table, const ProofSize& size) {
  const int n = size.series;
  const Errors errors = errors_of(run_all(size, 1, n, [](Setting&, std::uint64_t) {}));
  table.rate("mindways-3 found", errors.found, n, 0.99);
  table.none("mindways-3 wrong identity", errors.wrong, n);
  table.quantile("centre error of the worst rod, p95, mm", errors.centre_mm, 0.95, 0.5, 2);
  table.quantile("sigma error, median, %", errors.sigma_percent, 0.5, 0.5, 2);
  table.quantile("sigma error, p95, %", errors.sigma_percent, 0.95, 1.0, 2);
  table.quantile("beta error, median, HU", errors.beta_hu, 0.5, 1.0, 2);
  table.quantile("beta error, p95, HU", errors.beta_hu, 0.95, 2.5, 2);
  table.quantile("PSF FWHM error, p95, mm", errors.psf_fwhm_mm, 0.95, 0.10, 2);
  table.told("of them grade A", std::to_string(errors.grade_a) + " of " + std::to_string(errors.found));
}

void prove_other_phantoms(ProofTable& table, const ProofSize& size) {
  const int n = std::max(20, size.series / 5);
  std::uint64_t group = 10;
  for (const sim::PhantomType type : {sim::PhantomType::qrm_bdc_6,
                                      sim::PhantomType::bmas_200,
                                      sim::PhantomType::qrm_bdc_3,
                                      sim::PhantomType::image_analysis_3,
                                      sim::PhantomType::siemens_osteo}) {
    const std::string name(sim::phantom_name(type));
    const Phantom& phantom = *builtin_phantom(name);
    CalibrationOptions options;
    if (phantom.rods.size() < least_rods_recognised) {
      options.phantoms = {{.phantom = phantom, .device_serial_number = {}, .station_name = "CT1"}};
    }
    const Errors errors = errors_of(run_all(
        size,
        group++,
        n,
        [type](Setting& setting, std::uint64_t) { setting.hip.phantom.type = type; },
        options));
    table.rate(name + " found", errors.found, n, 0.99);
    table.none(name + " wrong identity", errors.wrong, n);
    table.quantile(name + " sigma error, median, %", errors.sigma_percent, 0.5, 0.5, 2);
    table.quantile(name + " beta error, median, HU", errors.beta_hu, 0.5, 1.0, 2);
  }
}

// Error of 300 mg/cm3 at the ends of the femora, %.
double density_error_percent(const Outcome& outcome, double above_heads_mm, const sim::ScannerDrift& drift) {
  const sim::CalibrationTruth& truth = outcome.truth.calibration;
  const double sigma = truth.sigma_hu_per_mg_cm3 * (1.0 + drift.slope_gain(above_heads_mm));
  const double hu = 300.0 * sigma + truth.beta_hu + drift.offset_hu(above_heads_mm);
  const double found = outcome.calibration->k2hpo4({hu}, outcome.heads_z_mm + above_heads_mm).value;
  return 100.0 * (found / 300.0 - 1.0);
}

void prove_drift(ProofTable& table, const ProofSize& size) {
  const int n = std::max(80, size.series / 4);
  const sim::ScannerDrift drift{.slope_percent_per_100_mm = 1.4, .offset_hu_per_100_mm = 1.5};
  const std::vector<Outcome> outcomes =
      run_all(size, 50, n, [&](Setting& setting, std::uint64_t) { setting.protocol.drift = drift; });
  std::vector<double> errors;
  int linear = 0;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.calibration) continue;
    if (outcome.calibration->is_linear_in_z() && outcome.calibration->grade != Grade::a) ++linear;
    for (const double end_mm : {femora_above_heads.lowest_z_mm, femora_above_heads.highest_z_mm}) {
      errors.push_back(std::abs(density_error_percent(outcome, end_mm, drift)));
    }
  }
  table.rate("drift of 1.8 % of 300 mg/cm3 in 100 mm followed, grade B", linear, n, 0.99);
  table.quantile("with it, error of 300 mg/cm3 at the ends, p95, %", errors, 0.95, 1.0, 2);
}

double root_mean_square(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

// Percentile bootstrap of the RMS; the same draws every time.
test::Interval bootstrap_rms(const std::vector<double>& values) {
  std::vector<double> drawn_rms;
  sim::RandomStream random(820000, 99);
  for (int i = 0; i < 4000; ++i) {
    std::vector<double> sample;
    for (std::size_t j = 0; j < values.size(); ++j) {
      const double at = random.uniform() * static_cast<double>(values.size());
      sample.push_back(values[std::min(values.size() - 1, static_cast<std::size_t>(at))]);
    }
    drawn_rms.push_back(root_mean_square(sample));
  }
  return {test::quantile(drawn_rms, 0.025), test::quantile(drawn_rms, 0.975)};
}

void prove_internal(ProofTable& table, const ProofSize& size) {
  const int n = std::max(40, size.series / 3);
  CalibrationOptions options;
  options.internal = true;
  const std::vector<Outcome> outcomes = run_all(
      size, 60, n, [](Setting& setting, std::uint64_t) { setting.protocol.phantom = false; }, options);
  std::vector<double> errors;
  int grade_c = 0;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.calibration) {
      std::cerr << "internal: " << outcome.refusal << '\n';
      continue;
    }
    if (outcome.calibration->grade == Grade::c) ++grade_c;
    errors.push_back(density_error_percent(outcome, 0.0, {}));
  }
  table.told("internal calibration possible (5 mm inside fat)",
             std::to_string(errors.size()) + " of " + std::to_string(n));
  if (errors.empty()) return;
  table.rate("of them grade C", grade_c, static_cast<int>(errors.size()), 1.0);
  const double rms = root_mean_square(errors);
  const test::Interval interval = bootstrap_rms(errors);
  table.row("internal calibration, error of 300 mg/cm3, RMS, %",
            "<= 8",
            text(rms, 1),
            text(interval.low, 1) + " .. " + text(interval.high, 1) + " (bootstrap)",
            rms <= 8.0);
}

}  // namespace

void prove_calibration(ProofTable& table, const ProofSize& size) {
  prove_good_phantoms(table, size);
  prove_other_phantoms(table, size);
  prove_drift(table, size);
  prove_internal(table, size);
}

}  // namespace focalhip::proof
