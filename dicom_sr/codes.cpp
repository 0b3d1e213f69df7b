#include "dicom_sr/codes.h"

#include <array>
#include <vector>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {

// Fixed numbers: the value a reader stored years ago must still mean the same reason.
std::string_view value_of(RefusalCode reason) {
  switch (reason) {
    case RefusalCode::no_images:
      return "FH-X01";
    case RefusalCode::not_hu:
      return "FH-X02";
    case RefusalCode::header_inconsistent:
      return "FH-X03";
    case RefusalCode::unsupported_syntax:
      return "FH-X04";
    case RefusalCode::not_axial:
      return "FH-X05";
    case RefusalCode::geometry:
      return "FH-X06";
    case RefusalCode::too_coarse:
      return "FH-X07";
    case RefusalCode::orientation:
      return "FH-X08";
    case RefusalCode::kvp:
      return "FH-X09";
    case RefusalCode::not_a_hip:
      return "FH-X10";
    case RefusalCode::no_phantom:
      return "FH-X11";
    case RefusalCode::phantom_ambiguous:
      return "FH-X12";
    case RefusalCode::calibration_failed:
      return "FH-X13";
    case RefusalCode::coverage:
      return "FH-X14";
    case RefusalCode::metal:
      return "FH-X15";
    case RefusalCode::segmentation:
      return "FH-X16";
    case RefusalCode::no_intact_side:
      return "FH-X17";
    case RefusalCode::processing_failed:
      return "FH-X18";
    case RefusalCode::fracture:
      return "FH-X19";
  }
  expects(false, "every refusal code has a coded value");
  return {};
}

std::string_view value_of(NoteCode note) {
  switch (note) {
    case NoteCode::atlas_none:
      return "FH-N01";
    case NoteCode::contrast_agent:
      return "FH-N02";
    case NoteCode::short_distal_coverage:
      return "FH-N03";
    case NoteCode::short_proximal_coverage:
      return "FH-N04";
    case NoteCode::grade_spacing:
      return "FH-N05";
    case NoteCode::grade_calibration:
      return "FH-N06";
    case NoteCode::grade_noise:
      return "FH-N07";
    case NoteCode::kernel_unknown:
      return "FH-N08";
    case NoteCode::kvp_not_reference:
      return "FH-N09";
    case NoteCode::metal_present:
      return "FH-N10";
    case NoteCode::duplicates_dropped:
      return "FH-N11";
    case NoteCode::volumes_not_used:
      return "FH-N12";
    case NoteCode::truncated_field_of_view:
      return "FH-N13";
    case NoteCode::slice_interpolated:
      return "FH-N20";
    case NoteCode::tilt_removed:
      return "FH-N21";
    case NoteCode::kernel_sharp:
      return "FH-N22";
    case NoteCode::hu_clipped:
      return "FH-N23";
    case NoteCode::patient_position:
      return "FH-N24";
    case NoteCode::joint_narrow:
      return "FH-N14";
    case NoteCode::voi_implausible:
      return "FH-N15";
    case NoteCode::sex_unknown:
      return "FH-N16";
    case NoteCode::age_unknown:
      return "FH-N17";
    case NoteCode::side_uncertain:
      return "FH-N18";
    case NoteCode::side_refused:
      return "FH-N19";
    // Numbers 20 to 39 belong to what is read from the series.
    case NoteCode::calibration_asynchronous:
      return "FH-N25";
    case NoteCode::calibration_internal:
      return "FH-N26";
    case NoteCode::muscle_imbalance:
      return "FH-N27";
    case NoteCode::contralateral:
      return "FH-N28";
    case NoteCode::fracture_suspected:
      return "FH-N29";
    case NoteCode::side_instructed:
      return "FH-N30";
    case NoteCode::sides_differ:
      return "FH-N31";
    case NoteCode::cortex_not_mapped:
      return "FH-N32";
    case NoteCode::cortex_incomplete:
      return "FH-N33";
    case NoteCode::cortex_density_assumed:
      return "FH-N34";
    case NoteCode::cortex_kernel_sharp:
      return "FH-N35";
    case NoteCode::cortex_joint_closed:
      return "FH-N36";
    case NoteCode::cortex_density_uneven:
      return "FH-N37";
    case NoteCode::cortex_tilt_removed:
      return "FH-N38";
  }
  expects(false, "every note code has a coded value");
  return {};
}

// The last enumerators of reason_codes.h; the switches above make the compiler ask for a new one.
constexpr int refusal_count = static_cast<int>(RefusalCode::fracture) + 1;
constexpr int note_count = static_cast<int>(last_note_code) + 1;

constexpr std::array named_codes{
    codes::imaging_measurement_report,
    codes::language,
    codes::english_us,
    codes::observer_type,
    codes::device,
    codes::device_uid,
    codes::device_name,
    codes::device_manufacturer,
    codes::device_model,
    codes::device_serial,
    codes::procedure_reported,
    codes::ct_unspecified_body_region,
    codes::image_library,
    codes::image_library_group,
    codes::modality,
    codes::computed_tomography,
    codes::target_region,
    codes::femur,
    codes::study_date,
    codes::frame_of_reference_uid,
    codes::pixel_rows,
    codes::pixel_columns,
    codes::horizontal_spacing,
    codes::vertical_spacing,
    codes::slice_spacing,
    codes::slice_thickness,
    codes::imaging_measurements,
    codes::measurement_group,
    codes::tracking_identifier,
    codes::tracking_uid,
    codes::finding,
    codes::time_point,
    codes::measurement_method,
    codes::finding_site,
    codes::laterality,
    codes::right,
    codes::left,
    codes::topographical_modifier,
    codes::neck_of_femur,
    codes::proximal_femur,
    codes::algorithm_name,
    codes::algorithm_version,
    codes::algorithm_parameters,
    codes::derivation,
    codes::mean,
    codes::center,
    codes::illustration_of_roi,
    codes::source_image,
    codes::volume,
    codes::area,
    codes::not_a_number,
    codes::measurement_failure,
    codes::qualitative_evaluations,
    codes::quality_assessment,
    codes::unusable,
    codes::usable_below_standard,
    codes::usable,
    codes::comment,
    codes::source_for_processing,
    codes::unit_one,
    codes::unit_mm,
    codes::unit_cm2,
    codes::unit_cm3,
    codes::unit_g,
    codes::unit_g_cm2,
    codes::unit_mg_cm3,
    codes::unit_mg_cm2,
    codes::unit_percent,
    codes::unit_degree,
    codes::unit_pixels,
    codes::unit_kev,
    codes::unit_hu,
    codes::unit_mg_cm3_per_hu,
    codes::unit_hu_per_cm,
    codes::unit_hu_per_mg_cm3_per_cm,
    codes::unit_hu_per_mg_cm3,
    codes::densitometric_voi,
    codes::qct_calibration,
    codes::femoral_geometry,
    codes::cortical_region,
    codes::trochanteric_region,
    codes::intertrochanteric_region,
    codes::total_hip_region,
    codes::ctxa_projection,
    codes::cortical_bone_mapping,
    codes::mineral_basis,
    codes::k2hpo4_equivalent,
    codes::hydroxyapatite,
    codes::areal_bmd,
    codes::volumetric_bmd,
    codes::cortical_thickness,
    codes::mapped_density,
    codes::endocortical_density,
    codes::cortical_mass,
    codes::density_assumed,
    codes::calibration_slope,
    codes::calibration_intercept,
    codes::calibration_r_squared,
    codes::bone_mineral_content,
    codes::trabecular_bmd,
    codes::cortical_bmd,
    codes::phantom_calibration,
    codes::asynchronous_calibration,
    codes::internal_calibration,
    codes::sigma_ct,
    codes::beta_ct,
    codes::residual_sd,
    codes::residual_max,
    codes::rods_used,
    codes::ha_per_k2hpo4,
    codes::effective_energy,
    codes::psf_sigma,
    codes::sigma_ct_drift,
    codes::beta_ct_drift,
    codes::head_radius,
    codes::neck_shaft_angle,
    codes::joint_space,
    codes::areal_bmd_change,
    codes::area_change,
    codes::content_change,
    codes::volumetric_bmd_change,
    codes::trabecular_bmd_change,
    codes::cortical_bmd_change,
    codes::volume_change,
    codes::intended_use,
    codes::reference_cohort,
    codes::no_reference_cohort,
    codes::quality_grade,
    codes::quality_note,
    codes::quality_note_detail,
    codes::right_grade,
    codes::left_grade,
    codes::series_not_analysed,
    codes::right_not_measured,
    codes::left_not_measured,
    codes::reason_detail,
};

std::vector<Code> collect_codes() {
  std::vector<Code> result(named_codes.begin(), named_codes.end());
  for (const Grade grade : {Grade::a, Grade::b, Grade::c, Grade::r}) result.push_back(code_of(grade));
  for (int i = 0; i < refusal_count; ++i) result.push_back(code_of(static_cast<RefusalCode>(i)));
  for (int i = 0; i < note_count; ++i) result.push_back(code_of(static_cast<NoteCode>(i)));
  return result;
}

}  // namespace

std::span<const Code> all_codes() {
  static const std::vector<Code> table = collect_codes();
  return table;
}

Code code_of(RefusalCode reason) { return {value_of(reason), codes::own_scheme, meaning(reason)}; }
Code code_of(NoteCode note) { return {value_of(note), codes::own_scheme, meaning(note)}; }

Code code_of(Grade grade) {
  switch (grade) {
    case Grade::a:
      return {"FH-G01", codes::own_scheme, "Grade A: full quality"};
    case Grade::b:
      return {"FH-G02", codes::own_scheme, "Grade B: minor limitations"};
    case Grade::c:
      return {"FH-G03", codes::own_scheme, "Grade C: restricted use"};
    case Grade::r:
      return {"FH-G04", codes::own_scheme, "Grade R: refused"};
  }
  expects(false, "every grade has a coded value");
  return {};
}

Code code_of(Side side) { return side == Side::right ? codes::right : codes::left; }

}  // namespace focalhip
