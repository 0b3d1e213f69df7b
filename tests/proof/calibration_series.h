#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/calibration/calibrate.h"
#include "testdata/simulator/simulate_rods.h"
#include "tests/proof/proof_table.h"

// Simulated rods-only series, calibrated and compared with the truth.
namespace focalhip::proof {

// From the lesser trochanters to the tops of the heads, about the middle of the heads.
inline constexpr HeightRange femora_above_heads{-60.0, 25.0};

// Uniform in low .. high, by seed and purpose.
[[nodiscard]] double drawn(std::uint64_t seed, std::uint64_t purpose, double low, double high);
[[nodiscard]] std::size_t drawn_index(std::uint64_t seed, std::uint64_t purpose, std::size_t count);

struct Setting {
  simulator::HipParameters hip;
  simulator::Protocol protocol;
};
// What makes a series of the usual setting special.
using Change = std::function<void(Setting&, std::uint64_t seed)>;

struct Outcome {
  simulator::ScanTruth truth;
  std::optional<Calibration> calibration;
  std::string refusal;
  double heads_z_mm = 0.0;
};

// `count` persons of a group of seeds, each scanned as grade A input (120 kVp, blur 1.3 mm, noise 30 HU) but
// for the change.
[[nodiscard]] std::vector<Outcome> run_all(const ProofSize& size,
                                           std::uint64_t group,
                                           int count,
                                           const Change& change,
                                           const CalibrationOptions& options = {});

// Absolute errors of the series that were calibrated by a phantom, and how many there were.
struct Errors {
  int found = 0;
  int wrong = 0;
  int grade_a = 0;
  std::vector<double> centre_mm;  // worst rod of a series
  std::vector<double> sigma_percent;
  std::vector<double> beta_hu;
  std::vector<double> psf_fwhm_mm;
};

// Tells the series without a phantom on std::cerr.
[[nodiscard]] Errors errors_of(const std::vector<Outcome>& outcomes);

}  // namespace focalhip::proof
