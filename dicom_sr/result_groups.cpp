#include "dicom_sr/result_groups.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "analysis/femur/precision.h"
#include "analysis/support/expects.h"
#include "dicom_sr/format_number.h"

namespace focalhip {

namespace {

constexpr double mg_per_g = 1000.0;
constexpr double mm_per_cm = 10.0;
constexpr double mm2_per_cm2 = 100.0;
constexpr double mm3_per_cm3 = 1000.0;
constexpr double degrees_per_rad = 180.0 / std::numbers::pi;

ResultValue value_of(Code quantity, Code unit, std::optional<double> value, int decimals) {
  ResultValue result{.quantity = quantity, .unit = unit};
  if (!value) return result;
  if (std::isnan(*value)) {
    result.missing = codes::not_a_number;
  } else if (std::isfinite(*value)) {
    result.number = decimal_text(*value, decimals);
  }
  return result;
}

ResultValue k2hpo4(ResultValue value) {
  value.is_k2hpo4 = true;
  return value;
}

ResultValue mean_k2hpo4(ResultValue value) {
  value.is_mean = true;
  return k2hpo4(std::move(value));
}

// How a quantity is printed.
struct Scale {
  double per_unit = 1.0;  // of the analysis' unit in the printed one
  int decimals = 0;
};

std::optional<double> divided(std::optional<double> value, double divisor) {
  if (value) *value /= divisor;
  return value;
}

// The value, and by how much it must change to tell more than chance.
ResultValue with_change(ResultValue value, const Code& change, VoiName voi, VoiQuantity what, Scale scale) {
  value.change = change;
  const std::optional<double> least = divided(least_significant_change(voi, what), scale.per_unit);
  if (value.number && least) value.least_change = decimal_text(*least, scale.decimals);
  return value;
}

// Aim of the decimals: about a tenth of the published precision (aBMD 0.011 g/cm2, vBMD 1 to 2 percent).
std::vector<ResultValue> voi_values(const VoiMeasurement& voi, VoiName name) {
  using Q = VoiQuantity;
  const auto plain = [&](const Code& quantity, const Code& unit, std::optional<double> value, Scale scale) {
    return value_of(quantity, unit, divided(value, scale.per_unit), scale.decimals);
  };
  constexpr Scale abmd{.per_unit = mg_per_g, .decimals = 3};
  constexpr Scale vbmd{.per_unit = 1.0, .decimals = 1};
  constexpr Scale area{.per_unit = mm2_per_cm2, .decimals = 2};
  constexpr Scale volume{.per_unit = mm3_per_cm3, .decimals = 2};
  constexpr Scale content{.per_unit = mg_per_g, .decimals = 2};
  const auto density = [&](const Code& quantity, std::optional<double> value) {
    return mean_k2hpo4(plain(quantity, codes::unit_mg_cm3, value, vbmd));
  };
  return {
      with_change(k2hpo4(plain(codes::areal_bmd, codes::unit_g_cm2, voi.abmd_mg_cm2, abmd)),
                  codes::areal_bmd_change,
                  name,
                  Q::abmd,
                  abmd),
      with_change(
          density(codes::volumetric_bmd, voi.vbmd_mg_cm3), codes::volumetric_bmd_change, name, Q::vbmd, vbmd),
      with_change(
          plain(codes::area, codes::unit_cm2, voi.area_mm2, area), codes::area_change, name, Q::area, area),
      with_change(plain(codes::volume, codes::unit_cm3, voi.volume_mm3, volume),
                  codes::volume_change,
                  name,
                  Q::volume,
                  volume),
      with_change(k2hpo4(plain(codes::bone_mineral_content, codes::unit_g, voi.bmc_mg, content)),
                  codes::content_change,
                  name,
                  Q::bmc,
                  content),
      with_change(density(codes::trabecular_bmd, voi.trabecular_vbmd_mg_cm3),
                  codes::trabecular_bmd_change,
                  name,
                  Q::trabecular_vbmd,
                  vbmd),
      with_change(density(codes::cortical_bmd, voi.cortical_vbmd_mg_cm3),
                  codes::cortical_bmd_change,
                  name,
                  Q::cortical_vbmd,
                  vbmd),
  };
}

std::vector<ResultValue> without_changes(std::vector<ResultValue> values) {
  for (ResultValue& value : values) value.least_change.reset();
  return values;
}

// Labels of femur.h; the total hip is all three.
bool belongs_to(std::uint8_t label, VoiName voi) {
  return voi == VoiName::th ? label >= 1 && label <= 3 : label == static_cast<std::uint8_t>(voi) + 1;
}

std::optional<Eigen::Vector3d> centroid_patient_mm(const LabelVolume& labels, VoiName voi) {
  const VoxelGrid& grid = labels.grid;
  expects(labels.label.size() == grid.voxel_count(), "a label volume fills its grid");
  Eigen::Vector3d sum{0, 0, 0};
  double count = 0.0;
  for (int slice = 0; slice < grid.size[2]; ++slice) {
    for (int row = 0; row < grid.size[1]; ++row) {
      for (int column = 0; column < grid.size[0]; ++column) {
        if (!belongs_to(labels.label[grid.index(column, row, slice)], voi)) continue;
        sum += Eigen::Vector3d(column, row, slice);
        count += 1.0;
      }
    }
  }
  if (count == 0.0) return std::nullopt;
  return grid.patient_from_voxel(sum / count);
}

std::optional<Code> region_of(VoiName voi) {
  switch (voi) {
    case VoiName::fn:
      return std::nullopt;  // the neck has a site code of its own
    case VoiName::tr:
      return codes::trochanteric_region;
    case VoiName::it:
      return codes::intertrochanteric_region;
    case VoiName::th:
      return codes::total_hip_region;
  }
  return std::nullopt;
}

std::string tracking_id(Side side, std::string_view what) {
  return std::string(1, letter(side)) + "-" + std::string(what);
}

ResultGroup voi_group(const FemurMeasurement& femur, VoiName voi) {
  return {
      .tracking_id = tracking_id(femur.side, name(voi)),
      .finding = codes::densitometric_voi,
      .side = femur.side,
      .voi = voi,
      .method = codes::ctxa_projection,
      .site = voi == VoiName::fn ? codes::neck_of_femur : codes::proximal_femur,
      .region = region_of(voi),
      .algorithm = "FocalHip densitometry",
      .values =
          femur.precision_holds ? voi_values(femur[voi], voi) : without_changes(voi_values(femur[voi], voi)),
      .centre_patient_mm = centroid_patient_mm(femur.voi, voi).value_or(femur.frame.neck_point_patient_mm)};
}

// Means over the measured surface. Decimals: about a tenth of the precision of two scans.
ResultGroup cortex_group(const FemurMeasurement& femur, VoiName voi, const CortexMeans& means) {
  const auto mean = [](const Code& quantity, const Code& unit, double value, int decimals, bool is_mineral) {
    ResultValue result = value_of(quantity, unit, value, decimals);
    result.is_mean = true;
    result.is_hydroxyapatite = is_mineral;
    return result;
  };
  return {
      .tracking_id = tracking_id(femur.side, name(voi)) + "-CTX",
      .finding = codes::cortical_region,
      .side = femur.side,
      .voi = voi,
      .method = codes::cortical_bone_mapping,
      .site = voi == VoiName::fn ? codes::neck_of_femur : codes::proximal_femur,
      .region = region_of(voi),
      .algorithm = "FocalHip cortical bone mapping",
      .values = {mean(codes::cortical_thickness, codes::unit_mm, means.cth_mm, 2, false),
                 mean(codes::cortical_mass, codes::unit_mg_cm2, means.cm_mg_cm2, 1, true),
                 mean(codes::mapped_density, codes::unit_mg_cm3, means.cbmd_mg_cm3, 0, true),
                 mean(codes::endocortical_density, codes::unit_mg_cm3, means.ectd_mg_cm3, 1, true),
                 value_of(
                     codes::density_assumed, codes::unit_percent, 100.0 * means.density_from_prior_share, 0)},
      .centre_patient_mm = centroid_patient_mm(femur.voi, voi).value_or(femur.frame.neck_point_patient_mm)};
}

void add_cortex_groups(const FemurResult& femur, std::vector<ResultGroup>& groups) {
  const FemurMeasurement* measured = femur.measurement();
  if (measured == nullptr || !femur.cortex) return;
  for (const VoiName voi : all_vois) {
    if (const auto& means = (*femur.cortex)[voi]) groups.push_back(cortex_group(*measured, voi, *means));
  }
}

ResultGroup geometry_group(const FemurMeasurement& femur) {
  const FemurFrame& frame = femur.frame;
  const double angle_deg = frame.neck_shaft_angle_rad * degrees_per_rad;
  ResultGroup group{.tracking_id = tracking_id(femur.side, "GEO"),
                    .finding = codes::femoral_geometry,
                    .side = femur.side,
                    .site = codes::proximal_femur,
                    .algorithm = "FocalHip femur landmarks",
                    .values = {value_of(codes::head_radius, codes::unit_mm, frame.head_radius_mm, 1),
                               value_of(codes::neck_shaft_angle, codes::unit_degree, angle_deg, 1)},
                    .centre_patient_mm = frame.head_centre_patient_mm};
  if (frame.joint_space_p05_mm) {
    group.values.push_back(value_of(codes::joint_space, codes::unit_mm, frame.joint_space_p05_mm, 1));
  }
  return group;
}

// The middle rod of the used ones: a point that lies on the phantom. Without a phantom the middle of the
// scan.
Eigen::Vector3d calibration_point_patient_mm(const Calibration& calibration, const VoxelGrid& grid) {
  std::vector<Eigen::Vector3d> centres;
  for (const RodMeasurement& rod : calibration.rods) {
    if (rod.used) centres.push_back(rod.centre_patient_mm);
  }
  if (!centres.empty()) return centres[centres.size() / 2];
  return grid.patient_from_voxel(
      Eigen::Vector3d(0.5 * grid.size[0], 0.5 * grid.size[1], 0.5 * grid.size[2]).array().floor());
}

Code method_of(CalibrationMethod method) {
  switch (method) {
    case CalibrationMethod::phantom:
      return codes::phantom_calibration;
    case CalibrationMethod::asynchronous:
      return codes::asynchronous_calibration;
    case CalibrationMethod::internal:
      return codes::internal_calibration;
  }
  expects(false, "every calibration method has a code");
  return {};
}

// What only rods in this scan can tell.
void add_rod_values(const Calibration& calibration, std::vector<ResultValue>& values) {
  if (calibration.rods.empty()) return;
  const auto used = std::ranges::count_if(calibration.rods, &RodMeasurement::used);
  if (calibration.r_squared) {
    values.push_back(value_of(codes::calibration_r_squared, codes::unit_one, calibration.r_squared, 5));
  }
  if (calibration.residual_sd_hu) {
    values.push_back(value_of(codes::residual_sd, codes::unit_hu, calibration.residual_sd_hu, 2));
    values.push_back(value_of(codes::residual_max, codes::unit_hu, calibration.residual_max_hu, 2));
  }
  values.push_back(value_of(codes::rods_used, codes::unit_one, static_cast<double>(used), 0));
}

ResultGroup calibration_group(const Calibration& calibration, const VoxelGrid& grid) {
  const double sigma = calibration.sigma_ct_hu_per_mg_cm3;
  ResultGroup group{
      .tracking_id = "CALIB",
      .finding = codes::qct_calibration,
      .method = method_of(calibration.method),
      .algorithm = "FocalHip calibration",
      .values = {k2hpo4(value_of(codes::calibration_slope, codes::unit_mg_cm3_per_hu, 1.0 / sigma, 4)),
                 k2hpo4(value_of(
                     codes::calibration_intercept, codes::unit_mg_cm3, -calibration.beta_ct_hu / sigma, 2)),
                 value_of(codes::sigma_ct, codes::unit_hu_per_mg_cm3, sigma, 4),
                 value_of(codes::beta_ct, codes::unit_hu, calibration.beta_ct_hu, 2)},
      .centre_patient_mm = calibration_point_patient_mm(calibration, grid)};
  add_rod_values(calibration, group.values);
  group.values.push_back(value_of(codes::ha_per_k2hpo4, codes::unit_one, calibration.ha_per_k2hpo4, 3));
  group.values.push_back(
      value_of(codes::effective_energy, codes::unit_kev, calibration.effective_energy_kev, 1));
  if (calibration.is_linear_in_z()) {
    group.values.push_back(value_of(codes::sigma_ct_drift,
                                    codes::unit_hu_per_mg_cm3_per_cm,
                                    mm_per_cm * calibration.sigma_ct_drift_hu_per_mg_cm3_per_mm,
                                    5));
    group.values.push_back(value_of(
        codes::beta_ct_drift, codes::unit_hu_per_cm, mm_per_cm * calibration.beta_ct_drift_hu_per_mm, 3));
  }
  if (calibration.in_plane_psf_sigma_mm) {
    group.values.push_back(value_of(codes::psf_sigma, codes::unit_mm, calibration.in_plane_psf_sigma_mm, 2));
  }
  return group;
}

}  // namespace

std::vector<ResultGroup> result_groups(const HipReport& report) {
  std::vector<ResultGroup> groups;
  for (const FemurResult& femur : report.femurs) {
    if (const FemurMeasurement* measured = femur.measurement()) {
      for (const VoiName voi : all_vois) groups.push_back(voi_group(*measured, voi));
    }
  }
  for (const FemurResult& femur : report.femurs) add_cortex_groups(femur, groups);
  for (const FemurResult& femur : report.femurs) {
    if (const FemurMeasurement* measured = femur.measurement()) groups.push_back(geometry_group(*measured));
  }
  if (report.calibration) groups.push_back(calibration_group(*report.calibration, report.grid));
  return groups;
}

namespace {

const ResultGroup* find(const std::vector<ResultGroup>& groups, const Code& finding, Side side, VoiName voi) {
  const auto found = std::ranges::find_if(groups, [&](const ResultGroup& group) {
    return group.finding == finding && group.side == side && group.voi == voi;
  });
  return found == groups.end() ? nullptr : &*found;
}

}  // namespace

const ResultGroup* find_group(const std::vector<ResultGroup>& groups, Side side, VoiName voi) {
  return find(groups, codes::densitometric_voi, side, voi);
}

const ResultGroup* find_cortex_group(const std::vector<ResultGroup>& groups, Side side, VoiName voi) {
  return find(groups, codes::cortical_region, side, voi);
}

}  // namespace focalhip
