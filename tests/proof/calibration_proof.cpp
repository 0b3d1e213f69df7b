// Proves the calibration on simulated scans: the rows of science qct 8.2 for rods, sigma and beta, bad
// phantoms, blur and internal calibration, with exact confidence intervals. Seeds are fixed; a row that
// misses its target says so.
//
//   calibration_proof [--series N] [--threads N]

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/calibration/calibrate.h"
#include "analysis/support/parallel_for.h"
#include "testdata/simulator/counter_random.h"
#include "testdata/simulator/simulate_rods.h"
#include "tests/support/exact_intervals.h"
#include "tests/support/simulated_volume.h"

namespace focalhip {
namespace {

namespace sim = simulator;

constexpr std::uint64_t first_seed = 820000;  // fixed before the first run
constexpr double degree = 3.14159265358979323846 / 180.0;
// From the lesser trochanters to the tops of the heads, about the middle of the heads.
constexpr HeightRange femora_above_heads{-60.0, 25.0};

// Uniform in low .. high, by seed and purpose.
double drawn(std::uint64_t seed, std::uint64_t purpose, double low, double high) {
  sim::RandomStream random(seed, 900 + purpose);
  return low + (high - low) * random.uniform();
}
std::size_t drawn_index(std::uint64_t seed, std::uint64_t purpose, std::size_t count) {
  return std::min(count - 1, static_cast<std::size_t>(drawn(seed, purpose, 0.0, static_cast<double>(count))));
}

struct Setting {
  sim::HipParameters hip;
  sim::Protocol protocol;
};

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

using Change = std::function<void(Setting&, std::uint64_t seed)>;

struct Outcome {
  sim::ScanTruth truth;
  std::optional<Calibration> calibration;
  std::string refusal;
  double heads_z_mm = 0.0;
};

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

struct Proof {
  int series = 300;
  int threads = 2;
  bool all_met = true;
};

std::vector<Outcome> run_all(const Proof& proof,
                             std::uint64_t group,
                             int count,
                             const Change& change,
                             const CalibrationOptions& options = {}) {
  std::vector<Outcome> outcomes(static_cast<std::size_t>(count));
  parallel_for(count, proof.threads, [&](int i) {
    const std::uint64_t seed = first_seed + 1000 * group + static_cast<std::uint64_t>(i);
    outcomes[static_cast<std::size_t>(i)] = run(seed, change, options);
  });
  return outcomes;
}

// ---- the table ----

std::string text(double value, int decimals) {
  std::ostringstream stream;
  stream << std::fixed << std::setprecision(decimals) << value;
  return stream.str();
}

void print_row(Proof& proof,
               const std::string& row,
               const std::string& target,
               const std::string& measured,
               const std::string& interval,
               bool met) {
  proof.all_met = proof.all_met && met;
  std::cout << "| " << row << " | " << target << " | " << measured << " | " << interval << " | "
            << (met ? "met" : "MISSED") << " |\n"
            << std::flush;
}

void rate_row(Proof& proof, const std::string& row, int good, int of, double least) {
  const test::Interval interval = test::rate_interval(good, of);
  const double rate = static_cast<double>(good) / of;
  print_row(proof,
            row,
            ">= " + text(100.0 * least, 0) + " %",
            text(100.0 * rate, 1) + " % (" + std::to_string(good) + " of " + std::to_string(of) + ")",
            text(100.0 * interval.low, 1) + " .. " + text(100.0 * interval.high, 1),
            rate >= least);
}

void none_row(Proof& proof, const std::string& row, int bad, int of) {
  const test::Interval interval = test::rate_interval(bad, of);
  print_row(proof,
            row,
            "0",
            std::to_string(bad) + " of " + std::to_string(of),
            text(100.0 * interval.low, 1) + " .. " + text(100.0 * interval.high, 1) + " %",
            bad == 0);
}

void quantile_row(Proof& proof,
                  const std::string& row,
                  const std::vector<double>& values,
                  double share,
                  double most,
                  int decimals) {
  if (values.empty()) return print_row(proof, row, "<= " + text(most, decimals), "nothing", "", false);
  const double value = test::quantile(values, share);
  const auto interval = test::quantile_interval(values, share);
  print_row(proof,
            row,
            "<= " + text(most, decimals),
            text(value, decimals + 1),
            interval ? text(interval->low, decimals + 1) + " .. " + text(interval->high, decimals + 1)
                     : "too few values",
            value <= most);
}

// ---- what is compared ----

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

struct Errors {
  int found = 0;
  int wrong = 0;
  int grade_a = 0;
  std::vector<double> centre_mm;  // worst rod of a series
  std::vector<double> sigma_percent;
  std::vector<double> beta_hu;
  std::vector<double> psf_fwhm_mm;
};

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

void prove_good_phantoms(Proof& proof) {
  const int n = proof.series;
  const Errors errors = errors_of(run_all(proof, 1, n, [](Setting&, std::uint64_t) {}));
  rate_row(proof, "mindways-3 found", errors.found, n, 0.99);
  none_row(proof, "mindways-3 wrong identity", errors.wrong, n);
  quantile_row(proof, "centre error of the worst rod, p95, mm", errors.centre_mm, 0.95, 0.5, 2);
  quantile_row(proof, "sigma error, median, %", errors.sigma_percent, 0.5, 0.5, 2);
  quantile_row(proof, "sigma error, p95, %", errors.sigma_percent, 0.95, 1.0, 2);
  quantile_row(proof, "beta error, median, HU", errors.beta_hu, 0.5, 1.0, 2);
  quantile_row(proof, "beta error, p95, HU", errors.beta_hu, 0.95, 2.5, 2);
  quantile_row(proof, "PSF FWHM error, p95, mm", errors.psf_fwhm_mm, 0.95, 0.10, 2);
  print_row(proof,
            "of them grade A",
            "(told)",
            std::to_string(errors.grade_a) + " of " + std::to_string(errors.found),
            "",
            true);
}

void prove_other_phantoms(Proof& proof) {
  const int n = std::max(20, proof.series / 5);
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
        proof,
        group++,
        n,
        [type](Setting& setting, std::uint64_t) { setting.hip.phantom.type = type; },
        options));
    rate_row(proof, name + " found", errors.found, n, 0.99);
    none_row(proof, name + " wrong identity", errors.wrong, n);
    quantile_row(proof, name + " sigma error, median, %", errors.sigma_percent, 0.5, 0.5, 2);
    quantile_row(proof, name + " beta error, median, HU", errors.beta_hu, 0.5, 1.0, 2);
  }
}

// ---- bad phantoms ----

std::string some_rod(std::uint64_t seed) {
  return std::string(1, static_cast<char>('A' + static_cast<int>(drawn_index(seed, 1, 5))));
}

const std::vector<std::pair<std::string, Change>>& defects() {
  static const std::vector<std::pair<std::string, Change>> list{
      {"no phantom", [](Setting& s, std::uint64_t) { s.protocol.phantom = false; }},
      {"one rod absent",
       [](Setting& s, std::uint64_t seed) { s.hip.phantom.absent_rods = {some_rod(seed)}; }},
      {"bubble of 1.5 to 4 mm radius, 10 to 100 mm long",
       [](Setting& s, std::uint64_t seed) {
         s.hip.phantom.bubble = sim::Bubble{.rod = some_rod(seed),
                                            .radius_mm = drawn(seed, 2, 1.5, 4.0),
                                            .length_mm = drawn(seed, 3, 10.0, 100.0),
                                            .level_mm = drawn(seed, 4, -50.0, 15.0)};
       }},
      {"rods cut by the field of view",
       [](Setting& s, std::uint64_t seed) {
         s.protocol.field_of_view_mm = 320.0;
         const double side = seed % 2 == 0 ? 1.0 : -1.0;
         s.protocol.field_shift_x_mm = s.hip.phantom.shift_x_mm + side * drawn(seed, 5, 50.0, 110.0);
         s.protocol.field_shift_y_mm = 60.0;
       }},
      {"ends beside the femora",
       [](Setting& s, std::uint64_t seed) {
         if (seed % 2 == 0) {
           s.hip.phantom.high_end_mm = drawn(seed, 6, -45.0, 5.0);
         } else {
           s.hip.phantom.low_end_mm = drawn(seed, 6, -40.0, 10.0);
         }
       }},
      {"row turned by 20 to 45 degrees",
       [](Setting& s, std::uint64_t seed) {
         s.hip.phantom.tilt_in_plane_rad = (seed % 2 == 0 ? 1.0 : -1.0) * drawn(seed, 7, 20.0, 45.0) * degree;
         s.hip.phantom.air_gap_mm = 60.0;
       }},
      {"upright beside the person",
       [](Setting& s, std::uint64_t seed) {
         s.hip.phantom.place =
             seed % 2 == 0 ? sim::PhantomPlace::beside_left : sim::PhantomPlace::beside_right;
       }},
      {"rods at 7 to 12 degrees to z",
       [](Setting& s, std::uint64_t seed) {
         s.hip.phantom.tilt_along_rad = drawn(seed, 8, 7.0, 12.0) * degree;
       }},
      {"two phantoms",
       [](Setting& s, std::uint64_t) { s.hip.phantom.second_place = sim::PhantomPlace::above; }},
      {"scanner drifts by 12 to 25 HU in 100 mm",
       [](Setting& s, std::uint64_t seed) {
         s.protocol.drift.offset_hu_per_100_mm = (seed % 2 == 0 ? 1.0 : -1.0) * drawn(seed, 9, 12.0, 25.0);
       }},
      {"water off by 40 to 80 HU",
       [](Setting& s, std::uint64_t seed) {
         s.protocol.water_offset_hu = (seed % 2 == 0 ? 1.0 : -1.0) * drawn(seed, 10, 40.0, 80.0);
       }},
  };
  return list;
}

void prove_bad_phantoms(Proof& proof) {
  const int n = std::max(20, proof.series / 10);
  int caught_in_all = 0;
  int in_all = 0;
  std::uint64_t group = 30;
  for (const auto& [what, change] : defects()) {
    const std::vector<Outcome> outcomes = run_all(proof, group++, n, change);
    const bool is_cut = what.find("cut") != std::string::npos;
    int of = 0;
    int caught = 0;
    for (const Outcome& outcome : outcomes) {
      // The field of view misses the rods of some persons.
      const bool is_bad =
          !is_cut || std::ranges::any_of(outcome.truth.rods, [](const sim::RodAxis& rod) { return rod.cut; });
      if (!is_bad) continue;
      ++of;
      if (!outcome.calibration || outcome.calibration->grade != Grade::a) ++caught;
    }
    if (of > 0) rate_row(proof, "bad: " + what, caught, of, 1.0);
    caught_in_all += caught;
    in_all += of;
  }
  rate_row(proof, "bad phantoms refused or downgraded, all", caught_in_all, in_all, 1.0);
}

// ---- along z, and without a phantom ----

// Error of 300 mg/cm3 at the ends of the femora, %.
double density_error_percent(const Outcome& outcome, double above_heads_mm, const sim::ScannerDrift& drift) {
  const sim::CalibrationTruth& truth = outcome.truth.calibration;
  const double sigma = truth.sigma_hu_per_mg_cm3 * (1.0 + drift.slope_gain(above_heads_mm));
  const double hu = 300.0 * sigma + truth.beta_hu + drift.offset_hu(above_heads_mm);
  const double found = outcome.calibration->k2hpo4({hu}, outcome.heads_z_mm + above_heads_mm).value;
  return 100.0 * (found / 300.0 - 1.0);
}

void prove_drift(Proof& proof) {
  const int n = std::max(80, proof.series / 4);
  const sim::ScannerDrift drift{.slope_percent_per_100_mm = 1.4, .offset_hu_per_100_mm = 1.5};
  const std::vector<Outcome> outcomes =
      run_all(proof, 50, n, [&](Setting& setting, std::uint64_t) { setting.protocol.drift = drift; });
  std::vector<double> errors;
  int linear = 0;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.calibration) continue;
    if (outcome.calibration->is_linear_in_z() && outcome.calibration->grade != Grade::a) ++linear;
    for (const double end_mm : {femora_above_heads.lowest_z_mm, femora_above_heads.highest_z_mm}) {
      errors.push_back(std::abs(density_error_percent(outcome, end_mm, drift)));
    }
  }
  rate_row(proof, "drift of 1.8 % of 300 mg/cm3 in 100 mm followed, grade B", linear, n, 0.99);
  quantile_row(proof, "with it, error of 300 mg/cm3 at the ends, p95, %", errors, 0.95, 1.0, 2);
}

double root_mean_square(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

// Percentile bootstrap of the RMS; the same draws every time.
test::Interval bootstrap_rms(const std::vector<double>& values) {
  std::vector<double> drawn_rms;
  sim::RandomStream random(first_seed, 99);
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

void prove_internal(Proof& proof) {
  const int n = std::max(40, proof.series / 3);
  CalibrationOptions options;
  options.internal = true;
  const std::vector<Outcome> outcomes = run_all(
      proof, 60, n, [](Setting& setting, std::uint64_t) { setting.protocol.phantom = false; }, options);
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
  print_row(proof,
            "internal calibration possible (5 mm inside fat)",
            "(told)",
            std::to_string(errors.size()) + " of " + std::to_string(n),
            "",
            true);
  if (errors.empty()) return;
  rate_row(proof, "of them grade C", grade_c, static_cast<int>(errors.size()), 1.0);
  const double rms = root_mean_square(errors);
  const test::Interval interval = bootstrap_rms(errors);
  print_row(proof,
            "internal calibration, error of 300 mg/cm3, RMS, %",
            "<= 8",
            text(rms, 1),
            text(interval.low, 1) + " .. " + text(interval.high, 1) + " (bootstrap)",
            rms <= 8.0);
}

int whole_number(const std::string& word) {
  std::size_t used = 0;
  const int value = std::stoi(word, &used);
  if (used != word.size() || value < 1 || value > 100000) throw std::invalid_argument(word);
  return value;
}

int run_program(const std::vector<std::string>& args) {
  Proof proof;
  for (std::size_t i = 0; i < args.size(); i += 2) {
    const bool has_value = i + 1 < args.size();
    if (args[i] == "--series" && has_value) {
      proof.series = whole_number(args[i + 1]);
    } else if (args[i] == "--threads" && has_value) {
      proof.threads = whole_number(args[i + 1]);
    } else {
      std::cout << "usage: calibration_proof [--series N] [--threads N]\n"
                   "Simulated rods-only series against the targets of the science; N = 300 as recorded.\n";
      return args[i] == "--help" ? 0 : 2;
    }
  }
  std::cout << "| row | target | measured | CI 95 % | |\n|---|---|---|---|---|\n";
  prove_good_phantoms(proof);
  prove_other_phantoms(proof);
  prove_bad_phantoms(proof);
  prove_drift(proof);
  prove_internal(proof);
  std::cout << (proof.all_met ? "every target met\n" : "some targets MISSED\n");
  return 0;
}

}  // namespace
}  // namespace focalhip

int main(int count, char** words) {
  try {
    return focalhip::run_program({words + std::min(count, 1), words + count});
  } catch (const std::exception& error) {
    std::cerr << "calibration_proof: " << error.what() << '\n';
    return 1;
  }
}
