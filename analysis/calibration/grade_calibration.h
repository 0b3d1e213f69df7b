#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/support/reason_codes.h"

namespace focalhip {

// The figures a phantom calibration is judged by (science qct 2.4).
struct CalibrationQuality {
  std::size_t rods_in_phantom = 5;
  std::size_t rods_used = 5;
  std::optional<double> r_squared = 1.0;        // absent: fewer than four rods, it would mean nothing
  std::optional<double> residual_max_hu = 0.0;  // absent: two rods
  double sigma_ct_hu_per_mg_cm3 = 1.37;
  double beta_ct_hu = 0.0;
  double effective_energy_kev = 70.0;
  std::optional<double> kvp{};          // absent = judged as 120
  double noise_ratio_max = 1.0;         // largest SD of a used rod / SD of muscle
  double pitch_spread = 0.0;            // largest deviation from the mean / mean
  double radius_spread = 0.0;           // the same
  double drift_max_hu_per_mm = 0.0;     // largest of the used rods, less its uncertainty
  double density_drift = 0.0;           // relative change of 300 mg/cm3 that is corrected along z; 0 = none
  std::vector<std::string> excluded{};  // one sentence per rod that was found but not used
};

struct CalibrationGrade {
  Grade grade = Grade::a;
  std::vector<QualityNote> notes;     // grade_calibration, one per check that lowers the grade
  std::vector<std::string> failures;  // checks outside every limit; not empty = Grade::r
};

[[nodiscard]] CalibrationGrade grade_calibration(const CalibrationQuality& quality);

}  // namespace focalhip
