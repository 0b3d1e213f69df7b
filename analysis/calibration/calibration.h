#pragma once

#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "analysis/support/reason_codes.h"

namespace focalhip {

struct Hu {
  double value = 0.0;
};
struct K2hpo4MgPerCm3 {
  double value = 0.0;
};
struct HaMgPerCm3 {
  double value = 0.0;
};

// One rod of a phantom as its certificate states it (mg/cm3).
struct PhantomRod {
  std::string name;
  double k2hpo4_mg_cm3 = 0.0;
  double water_mg_cm3 = 0.0;
};

// A phantom design: rods in their lateral order along the row.
struct Phantom {
  std::string name;  // "mindways-3"
  std::vector<PhantomRod> rods;
};
// The default certificate of Mindways Model 3 CT, serials 4541A and 4560 (science: qct 2.1).
[[nodiscard]] Phantom mindways_model_3();

struct RodMeasurement {
  std::string name;
  double mean_hu = 0.0;  // median over slices of the per-slice mean
  double sd_hu = 0.0;    // within-slice standard deviation
  double drift_hu_per_mm = 0.0;
  double expected_k2hpo4_mg_cm3 = 0.0;
  double residual_hu = 0.0;  // measured minus fitted
  double radius_mm = 0.0;
  Eigen::Vector3d centre_patient_mm{0.0, 0.0, 0.0};  // on the rod's axis, at the middle of its used length
  Eigen::Vector3d axis_patient{0.0, 0.0, 1.0};       // unit, cranial
  bool used = true;
};

enum class CalibrationMethod { phantom };

// HU to density of this scan. [Mindways equation; science: qct 2.1, 2.4, 2.5]
struct Calibration {
  CalibrationMethod method = CalibrationMethod::phantom;
  std::string phantom;
  double sigma_ct_hu_per_mg_cm3 = 1.0;  // HU per mg/cm3 K2HPO4
  double beta_ct_hu = 0.0;
  double r_squared = 0.0;
  double residual_max_hu = 0.0;
  double residual_sd_hu = 0.0;
  double effective_energy_kev = 70.0;
  double ha_per_k2hpo4 = 1.0;                   // kappa, policy "energy"
  std::optional<double> in_plane_psf_sigma_mm;  // from the rod edges (qct 2.6)
  std::optional<double> muscle_noise_sd_hu;     // image noise in muscle, if enough muscle was seen
  // Patient z between which the rods were read, on the middle rod.
  double rods_lowest_z_mm = 0.0;
  double rods_highest_z_mm = 0.0;
  Grade grade = Grade::a;
  std::vector<QualityNote> notes;
  std::vector<RodMeasurement> rods;

  [[nodiscard]] K2hpo4MgPerCm3 k2hpo4(Hu hu) const {
    return {(hu.value - beta_ct_hu) / sigma_ct_hu_per_mg_cm3};
  }
  [[nodiscard]] HaMgPerCm3 hydroxyapatite(Hu hu) const { return {ha_per_k2hpo4 * k2hpo4(hu).value}; }
};

}  // namespace focalhip
