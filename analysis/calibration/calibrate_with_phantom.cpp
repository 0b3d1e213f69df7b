#include "analysis/calibration/calibrate.h"

#include <algorithm>
#include <cmath>

#include "analysis/calibration/choose_rods.h"
#include "analysis/calibration/effective_energy.h"
#include "analysis/calibration/find_rods.h"
#include "analysis/calibration/fit_mindways.h"
#include "analysis/calibration/grade_calibration.h"
#include "analysis/calibration/measure_rods.h"
#include "analysis/calibration/muscle_noise.h"
#include "analysis/calibration/robust_statistics.h"
#include "analysis/support/expects.h"
#include "analysis/support/format_number.h"
#include "analysis/volume/average_slices.h"

// Slices -> window means -> row of rods -> readings -> identity -> Mindways fit -> grade.

namespace focalhip {

namespace {

constexpr double unrelated_r_squared = 0.90;      // [Ogo] stops here
constexpr double least_edge_contrast_hu = 100.0;  // of a rod whose edge tells the blur
// Blur outside this is no reading of a CT kernel; full width at half maximum 0.5 to 2.5 mm.
constexpr double smallest_blur_sigma_mm = 0.5 / 2.355;
constexpr double largest_blur_sigma_mm = 2.5 / 2.355;

std::optional<double> blur_sigma_mm(const std::vector<NamedRod>& rods) {
  std::vector<double> sigmas;
  for (const NamedRod& rod : rods) {
    const auto& edge = rod.measured.edge;
    if (!rod.used || !edge) continue;
    if (std::abs(edge->inside_hu - edge->outside_hu) >= least_edge_contrast_hu) {
      sigmas.push_back(edge->sigma_mm);
    }
  }
  if (sigmas.empty()) return std::nullopt;
  const double sigma = median(std::move(sigmas));
  if (sigma < smallest_blur_sigma_mm || sigma > largest_blur_sigma_mm) return std::nullopt;
  return sigma;
}

Eigen::Vector3d patient_point(const VoxelGrid& grid, const Eigen::Vector2d& plane_mm, double slice) {
  return grid.patient_from_voxel(
      {plane_mm.x() / grid.spacing_mm.x(), plane_mm.y() / grid.spacing_mm.y(), slice});
}

std::vector<RodMeasurement> reported_rods(const std::vector<NamedRod>& rods,
                                          const RodRow& row,
                                          const MeasuredRow& measured,
                                          const MindwaysFit& fit,
                                          const VoxelGrid& grid) {
  const double middle = 0.5 * (measured.first_slice + measured.last_slice);
  const Eigen::Vector2d shift = row.shift_mm_per_slice;
  const Eigen::Vector3d axis =
      (grid.patient_axes * Eigen::Vector3d(shift.x(), shift.y(), grid.spacing_mm.z())).normalized();
  std::vector<RodMeasurement> reported;
  reported.reserve(rods.size());
  for (const NamedRod& rod : rods) {
    reported.push_back({.name = rod.certificate.name,
                        .mean_hu = rod.measured.mean_hu,
                        .sd_hu = rod.measured.sd_hu,
                        .drift_hu_per_mm = rod.measured.drift_hu_per_mm,
                        .expected_k2hpo4_mg_cm3 = rod.certificate.k2hpo4_mg_cm3,
                        .residual_hu = rod.measured.mean_hu - fit.predicted(rod.certificate).value,
                        .radius_mm = rod.measured.edge ? rod.measured.edge->radius_mm : measured.radius_mm,
                        .centre_patient_mm = patient_point(grid, row.centre_mm(rod.place, middle), middle),
                        .axis_patient = axis,
                        .used = rod.used});
  }
  return reported;
}

void refuse_unrelated_row(const MindwaysFit& fit, const RodRow& row, const Phantom& phantom) {
  if (fit.r_squared >= unrelated_r_squared || row.seen() >= phantom.rods.size()) return;
  throw Refusal(RefusalCode::no_phantom,
                std::to_string(row.seen()) +
                    " round objects in a row were found, but their CT numbers are not "
                    "those of " +
                    phantom.name + " (R2 " + fixed(fit.r_squared, 2) + ")");
}

void refuse_failed(const CalibrationGrade& grade) {
  if (grade.failures.empty()) return;
  std::string detail;
  for (const std::string& failure : grade.failures) detail += (detail.empty() ? "" : "; ") + failure;
  throw Refusal(RefusalCode::calibration_failed, detail);
}

void refuse_too_few(const std::vector<NamedRod>& rods,
                    const std::vector<std::string>& excluded,
                    const Phantom& phantom) {
  const std::size_t used = used_readings(rods).size();
  if (used >= 4) return;
  CalibrationQuality quality;
  quality.rods_in_phantom = phantom.rods.size();
  quality.rods_used = used;
  quality.excluded = excluded;
  refuse_failed(grade_calibration(quality));
}

Calibration calibration_from(const MindwaysFit& fit) {
  Calibration result;
  result.sigma_ct_hu_per_mg_cm3 = fit.sigma_ct_hu_per_mg_cm3();
  result.beta_ct_hu = fit.beta_ct_hu();
  result.r_squared = fit.r_squared;
  result.residual_max_hu = fit.residual_max_hu;
  result.residual_sd_hu = fit.residual_sd_hu;
  result.effective_energy_kev = effective_energy_kev(fit.sigma_ref);
  result.ha_per_k2hpo4 = ha_per_k2hpo4(result.effective_energy_kev);
  return result;
}

void report_length(Calibration& result,
                   const RodRow& row,
                   const MeasuredRow& measured,
                   const VoxelGrid& grid) {
  const std::size_t middle = row.places.size() / 2;
  const auto height_mm = [&](int slice) {
    return patient_point(grid, row.centre_mm(middle, slice), slice).z();
  };
  result.rods_lowest_z_mm = height_mm(measured.first_slice);
  result.rods_highest_z_mm = height_mm(measured.last_slice);
}

CalibrationQuality quality_of(const Calibration& result,
                              const std::vector<NamedRod>& rods,
                              const RodRow& row) {
  const double length_mm = result.rods_highest_z_mm - result.rods_lowest_z_mm;
  CalibrationQuality quality;
  quality.rods_used = used_readings(rods).size();
  quality.r_squared = result.r_squared;
  quality.residual_max_hu = result.residual_max_hu;
  quality.sigma_ct_hu_per_mg_cm3 = result.sigma_ct_hu_per_mg_cm3;
  quality.beta_ct_hu = result.beta_ct_hu;
  quality.effective_energy_kev = result.effective_energy_kev;
  quality.pitch_spread = pitch_spread(row);
  quality.radius_spread = radius_spread(rods);
  quality.drift_max_hu_per_mm = largest_drift_hu_per_mm(rods);
  quality.density_drift = density_drift(rods, result.sigma_ct_hu_per_mg_cm3, length_mm);
  return quality;
}

RodSearch rod_search(const CalibrationOptions& options) {
  return {.rods = options.phantom.rods.size(),
          .smallest_radius_mm = options.smallest_rod_radius_mm,
          .largest_radius_mm = options.largest_rod_radius_mm,
          .threads = options.threads};
}

}  // namespace

Calibration calibrate(const CtVolume& ct, const CalibrationOptions& options) {
  expects(ct.hu.size() == ct.grid.voxel_count(), "a value for every voxel");
  expects(options.phantom.rods.size() >= 4, "a phantom of at least four rods");

  const std::vector<SliceAverage> windows = average_in_windows(ct, options.window_mm, options.threads);
  const RodRow row = find_rods(windows, ct.grid, rod_search(options));
  const MeasuredRow measured = measure_rods(ct, row, {});
  std::vector<NamedRod> rods = name_rods(measured, options.phantom);

  const std::optional<double> muscle_sd_hu = muscle_noise_sd_hu(ct, windows, options.threads);
  const double noise_sd_hu = std::max(1.0, muscle_sd_hu.value_or(median_rod_sd_hu(rods)));
  const std::vector<std::string> excluded = exclude_bad_rods(rods, options.phantom, noise_sd_hu);
  refuse_too_few(rods, excluded, options.phantom);

  const MindwaysFit fit = fit_mindways(used_readings(rods));
  refuse_unrelated_row(fit, row, options.phantom);
  Calibration result = calibration_from(fit);
  result.phantom = options.phantom.name;
  result.muscle_noise_sd_hu = muscle_sd_hu;
  result.in_plane_psf_sigma_mm = blur_sigma_mm(rods);
  result.rods = reported_rods(rods, row, measured, fit, ct.grid);
  report_length(result, row, measured, ct.grid);

  CalibrationQuality quality = quality_of(result, rods, row);
  quality.rods_in_phantom = options.phantom.rods.size();
  quality.kvp = ct.acquisition.kvp;
  quality.noise_ratio_max = largest_noise_ratio(rods, noise_sd_hu);
  quality.excluded = excluded;
  const CalibrationGrade grade = grade_calibration(quality);
  refuse_failed(grade);
  result.grade = grade.grade;
  result.notes = grade.notes;
  return result;
}

}  // namespace focalhip
