#include "analysis/calibration/calibrate_with_phantom.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/calibration/choose_rods.h"
#include "analysis/calibration/find_rods.h"
#include "analysis/calibration/fit_along_z.h"
#include "analysis/calibration/fit_rods.h"
#include "analysis/calibration/grade_calibration.h"
#include "analysis/calibration/measure_rods.h"
#include "analysis/calibration/muscle_balance.h"
#include "analysis/calibration/muscle_noise.h"
#include "analysis/calibration/recognise_phantom.h"
#include "analysis/calibration/robust_statistics.h"
#include "analysis/support/expects.h"
#include "analysis/support/format_number.h"
#include "analysis/volume/average_slices.h"

// Slices -> window means -> rows of rods -> readings -> which phantom -> fit -> grade.

namespace focalhip {

namespace {

constexpr double unrelated_r_squared = 0.90;      // [Ogo] stops here
constexpr double least_cover = 0.8;               // of the femora, by the rods [science qct 2.3]
constexpr double least_corrected_change = 0.01;   // of 300 mg/cm3 along z [science qct 2.4]
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
                                          const RodFit& fit,
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
                        .expected_mg_cm3 = rod.certificate.mineral_mg_cm3,
                        .residual_hu = rod.measured.mean_hu - fit.predicted(rod.certificate).value,
                        .radius_mm = rod.measured.edge ? rod.measured.edge->radius_mm : measured.radius_mm,
                        .centre_patient_mm = patient_point(grid, row.centre_mm(rod.place, middle), middle),
                        .axis_patient = axis,
                        .used = rod.used});
  }
  return reported;
}

void refuse_unrelated_row(const RodFit& fit, const RodRow& row, const Phantom& phantom) {
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
  if (used >= std::min(least_rods_judged, phantom.rods.size())) return;
  CalibrationQuality quality;
  quality.rods_in_phantom = phantom.rods.size();
  quality.rods_used = used;
  quality.excluded = excluded;
  refuse_failed(grade_calibration(quality));
}

Calibration calibration_from(const RodFit& fit, const Phantom& phantom, const KappaPolicy& policy) {
  const DensityScale scale = density_scale(fit.slope_hu_per_mg_cm3, fit.intercept_hu, phantom.basis, policy);
  const std::size_t rods = fit.residual_hu.size();
  Calibration result;
  result.phantom = phantom.name;
  result.phantom_basis = phantom.basis;
  result.sigma_ct_hu_per_mg_cm3 = scale.sigma_ct_hu_per_mg_cm3;
  result.beta_ct_hu = scale.beta_ct_hu;
  if (rods >= least_rods_judged) result.r_squared = fit.r_squared;
  if (rods > 2) {
    result.residual_max_hu = fit.residual_max_hu;
    result.residual_sd_hu = fit.residual_sd_hu;
  }
  result.effective_energy_kev = scale.effective_energy_kev;
  result.kappa_policy = policy;
  result.ha_per_k2hpo4 = scale.kappa.k;
  result.ha_offset_mg_cm3 = scale.kappa.c_mg_cm3;
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
  result.reference_z_mm = 0.5 * (result.rods_lowest_z_mm + result.rods_highest_z_mm);
}

// Where the calibration will be used: the femora, or as far as the rods reach.
HeightRange judged_range(const Calibration& result, const std::optional<HeightRange>& femora) {
  return femora ? *femora : HeightRange{result.rods_lowest_z_mm, result.rods_highest_z_mm};
}

void refuse_short_rods(const Calibration& result, const std::optional<HeightRange>& femora) {
  if (!femora || femora->length_mm() <= 0.0) return;
  const double covered_mm = std::min(result.rods_highest_z_mm, femora->highest_z_mm) -
                            std::max(result.rods_lowest_z_mm, femora->lowest_z_mm);
  const double share = std::max(0.0, covered_mm) / femora->length_mm();
  if (share >= least_cover) return;
  throw Refusal(RefusalCode::no_phantom,
                "the rods run beside " + fixed(100.0 * share, 0) +
                    " % of the femora from head to lesser trochanter, " + fixed(100.0 * least_cover, 0) +
                    " % needed");
}

// Bones are the same on both sides: a stack mirrored from left to right shows in nothing but the order of the
// rods, where the site always places its phantom the same way.
void refuse_turned_row(const Calibration& result, const Phantom& phantom) {
  if (phantom.first_rod == FirstRod::either || result.rods.size() < 2) return;
  const double first_x_mm = result.rods.front().centre_patient_mm.x();
  const bool is_at_right = first_x_mm < result.rods.back().centre_patient_mm.x();
  if (is_at_right == (phantom.first_rod == FirstRod::right)) return;
  throw Refusal(RefusalCode::orientation,
                "rod " + result.rods.front().name + " of the phantom lies at the patient's " +
                    (is_at_right ? "right" : "left") +
                    ", this site places it on the other side: mirrored images, or a turned phantom");
}

// Makes the calibration linear in z where that moves a density by more than it is uncertain; returns the
// relative change of 300 mg/cm3 over the range that it is for, 0 when one line serves all.
double follow_along_z(Calibration& result,
                      const std::vector<NamedRod>& rods,
                      const VoxelGrid& grid,
                      double window_mm,
                      double length_mm) {
  const auto along = fit_along_z(rods, grid.spacing_mm.z(), window_mm);
  if (!along) return 0.0;
  const double drift_hu_per_mm = std::abs(along->checked_drift_hu_per_mm);
  const double change =
      drift_hu_per_mm * length_mm / (result.sigma_ct_hu_per_mg_cm3 * checked_density_mg_cm3);
  if (change < least_corrected_change) return 0.0;
  if (drift_hu_per_mm < 2.0 * along->checked_drift_error_hu_per_mm) return 0.0;  // noise
  // Slices are axial: the slice axis is the patient's z but for the cosine of a small tilt.
  const double z_per_mm = grid.patient_axes(2, 2);
  const Kappa kappa{.k = result.ha_per_k2hpo4, .c_mg_cm3 = result.ha_offset_mg_cm3};
  const bool is_ha = result.phantom_basis == MineralBasis::hydroxyapatite;
  const double slope_drift = along->slope_drift_hu_per_mg_cm3_per_mm / z_per_mm;
  const double intercept_drift = along->intercept_drift_hu_per_mm / z_per_mm;
  result.sigma_ct_drift_hu_per_mg_cm3_per_mm = is_ha ? slope_drift * kappa.k : slope_drift;
  result.beta_ct_drift_hu_per_mm = is_ha ? intercept_drift + slope_drift * kappa.c_mg_cm3 : intercept_drift;
  return change;
}

CalibrationQuality quality_of(const Calibration& result,
                              const std::vector<NamedRod>& rods,
                              const RecognisedPhantom& found) {
  CalibrationQuality quality;
  quality.rods_in_phantom = found.phantom.rods.size();
  quality.rods_used = used_readings(rods).size();
  quality.r_squared = result.r_squared;
  quality.residual_max_hu = result.residual_max_hu;
  quality.sigma_ct_hu_per_mg_cm3 = result.sigma_ct_hu_per_mg_cm3;
  quality.beta_ct_hu = result.beta_ct_hu;
  quality.effective_energy_kev = result.effective_energy_kev;
  quality.pitch_spread = pitch_spread(found.row);
  quality.radius_spread = radius_spread(rods);
  quality.drift_max_hu_per_mm = largest_drift_hu_per_mm(rods);
  return quality;
}

// Every row of as many rods as one of the phantoms has.
std::vector<FoundPhantomRow> rows_in(const CtVolume& ct,
                                     const std::vector<SliceAverage>& windows,
                                     const std::vector<Phantom>& phantoms,
                                     const CalibrationOptions& options) {
  RodSearch search{.smallest_radius_mm = options.smallest_rod_radius_mm,
                   .largest_radius_mm = options.largest_rod_radius_mm,
                   .threads = options.threads};
  const std::vector<SearchedWindow> searched = search_circles(windows, search);
  std::set<std::size_t> counts;
  for (const Phantom& phantom : phantoms) counts.insert(phantom.rods.size());
  std::vector<FoundPhantomRow> rows;
  std::string why_none;
  for (const std::size_t count : counts) {
    search.rods = count;
    const FoundRods found = find_rods(windows, searched, ct.grid, search);
    for (const RodRow& row : found.rows) rows.push_back({row, count});
    if (why_none.empty()) why_none = found.why_none;
  }
  if (rows.empty()) throw Refusal(RefusalCode::no_phantom, why_none);
  return rows;
}

}  // namespace

Calibration calibrate_with_phantom(const CtVolume& ct,
                                   const CalibrationOptions& options,
                                   const std::optional<HeightRange>& femora) {
  expects(ct.hu.size() == ct.grid.voxel_count(), "a value for every voxel");
  const std::vector<Phantom> phantoms = phantoms_for(ct.acquisition, options.phantoms);

  const std::vector<SliceAverage> windows = average_in_windows(ct, options.window_mm, options.threads);
  const RecognisedPhantom found = recognise_phantom(ct, rows_in(ct, windows, phantoms, options), phantoms);
  std::vector<NamedRod> rods = name_rods(found.measured, found.identity, found.phantom);

  const std::optional<double> muscle_sd_hu = muscle_noise_sd_hu(ct, windows, options.threads);
  const double noise_sd_hu = std::max(1.0, muscle_sd_hu.value_or(median_rod_sd_hu(rods)));
  const std::vector<std::string> excluded = exclude_bad_rods(rods, found.phantom, noise_sd_hu);
  refuse_too_few(rods, excluded, found.phantom);

  const RodFit fit = fit_rods(used_readings(rods));
  refuse_unrelated_row(fit, found.row, found.phantom);
  Calibration result = calibration_from(fit, found.phantom, options.kappa);
  result.muscle_noise_sd_hu = muscle_sd_hu;
  result.in_plane_psf_sigma_mm = blur_sigma_mm(rods);
  result.rods = reported_rods(rods, found.row, found.measured, fit, ct.grid);
  report_length(result, found.row, found.measured, ct.grid);
  refuse_short_rods(result, femora);
  refuse_turned_row(result, found.phantom);

  CalibrationQuality quality = quality_of(result, rods, found);
  quality.density_drift =
      follow_along_z(result, rods, ct.grid, options.window_mm, judged_range(result, femora).length_mm());
  quality.kvp = ct.acquisition.kvp;
  quality.noise_ratio_max = largest_noise_ratio(rods, noise_sd_hu);
  quality.excluded = excluded;
  const CalibrationGrade grade = grade_calibration(quality);
  refuse_failed(grade);
  result.grade = grade.grade;
  result.notes = grade.notes;
  note_muscle_imbalance(ct, windows, result.notes);
  return result;
}

}  // namespace focalhip
