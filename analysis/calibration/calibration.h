#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "analysis/calibration/kappa_policy.h"
#include "analysis/calibration/phantoms.h"
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

struct RodMeasurement {
  std::string name;
  double mean_hu = 0.0;  // median over slices of the per-slice mean
  double sd_hu = 0.0;    // within-slice standard deviation
  double drift_hu_per_mm = 0.0;
  double expected_mg_cm3 = 0.0;  // the certificate's, of the phantom's own mineral
  double residual_hu = 0.0;      // measured minus fitted
  double radius_mm = 0.0;
  Eigen::Vector3d centre_patient_mm{0.0, 0.0, 0.0};  // on the rod's axis, at the middle of its used length
  Eigen::Vector3d axis_patient{0.0, 0.0, 1.0};       // unit, cranial
  bool used = true;
};

enum class CalibrationMethod {
  phantom,       // rods in this very scan
  asynchronous,  // a phantom scan of the same scanner and protocol, at most days old
  internal,      // the patient's own fat, muscle and the air around
};
[[nodiscard]] std::string_view name(CalibrationMethod method);  // as in report.json

// The phantom scan that an asynchronous calibration was taken from.
struct CalibrationSource {
  std::string date;  // YYYYMMDD of its acquisition
  int age_days = 0;  // from there to the acquisition of this series
  std::string series_instance_uid;
};

// HU to density of this scan. The line may change along z: sigma and beta hold at reference_z_mm.
// [Mindways equation; science: qct 2.1, 2.4, 2.5]
struct Calibration {
  CalibrationMethod method = CalibrationMethod::phantom;
  std::string phantom;                                // empty when internal
  MineralBasis phantom_basis = MineralBasis::k2hpo4;  // of the certificate
  double sigma_ct_hu_per_mg_cm3 = 1.0;                // HU per mg/cm3 K2HPO4
  double beta_ct_hu = 0.0;                            // HU of no K2HPO4
  double sigma_ct_drift_hu_per_mg_cm3_per_mm = 0.0;   // along patient z; 0 = one line for the whole scan
  double beta_ct_drift_hu_per_mm = 0.0;
  double reference_z_mm = 0.0;
  std::optional<double> r_squared;  // nothing where no line was fitted, or through two rods
  std::optional<double> residual_max_hu;
  std::optional<double> residual_sd_hu;
  double effective_energy_kev = 70.0;
  KappaPolicy kappa_policy;
  double ha_per_k2hpo4 = 1.0;     // k of the policy
  double ha_offset_mg_cm3 = 0.0;  // c of the policy
  // Declared relative uncertainty of a density, where the method has a known one.
  std::optional<double> density_uncertainty;
  std::optional<double> in_plane_psf_sigma_mm;  // from the rod edges (qct 2.6)
  std::optional<double> muscle_noise_sd_hu;     // image noise in muscle, if enough muscle was seen
  // Patient z between which the rods were read, on the middle rod.
  double rods_lowest_z_mm = 0.0;
  double rods_highest_z_mm = 0.0;
  std::optional<CalibrationSource> source;  // asynchronous only
  Grade grade = Grade::a;
  std::vector<QualityNote> notes;
  std::vector<RodMeasurement> rods;  // empty unless the phantom is in this scan

  [[nodiscard]] bool is_linear_in_z() const {
    return sigma_ct_drift_hu_per_mg_cm3_per_mm != 0.0 || beta_ct_drift_hu_per_mm != 0.0;
  }
  // Density of a voxel at patient height z. Beyond the rods the calibration of their end holds.
  [[nodiscard]] K2hpo4MgPerCm3 k2hpo4(Hu hu, double z_mm) const {
    const double along_mm =
        is_linear_in_z() ? std::clamp(z_mm, rods_lowest_z_mm, rods_highest_z_mm) - reference_z_mm : 0.0;
    const double sigma = sigma_ct_hu_per_mg_cm3 + along_mm * sigma_ct_drift_hu_per_mg_cm3_per_mm;
    const double beta = beta_ct_hu + along_mm * beta_ct_drift_hu_per_mm;
    return {(hu.value - beta) / sigma};
  }
  [[nodiscard]] HaMgPerCm3 hydroxyapatite(K2hpo4MgPerCm3 density) const {
    return {ha_per_k2hpo4 * density.value + ha_offset_mg_cm3};
  }
};

}  // namespace focalhip
