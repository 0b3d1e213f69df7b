#pragma once

#include <span>
#include <string_view>

#include "analysis/femur/femur.h"
#include "analysis/support/reason_codes.h"

namespace focalhip {

// A coded entry: value (<= 16 characters), coding scheme designator, meaning (<= 64 characters).
struct Code {
  std::string_view value;
  std::string_view scheme;
  std::string_view meaning;

  friend constexpr bool operator==(const Code&, const Code&) = default;
};

// Every code that may appear in an outgoing object; tests hold the objects against it.
[[nodiscard]] std::span<const Code> all_codes();

[[nodiscard]] Code code_of(RefusalCode reason);  // FH-X01 ...
[[nodiscard]] Code code_of(NoteCode note);       // FH-N01 ...
[[nodiscard]] Code code_of(Grade grade);         // FH-G01 ...
[[nodiscard]] Code code_of(Side side);

namespace codes {

// Our own scheme. A value is never reused; the version grows when one is added.
inline constexpr std::string_view own_scheme = "99FOCALHIP";
inline constexpr std::string_view own_scheme_uid = "2.25.158922804235714576922778072285405431866";
inline constexpr std::string_view own_scheme_name = "FocalHip codes";
inline constexpr std::string_view own_scheme_version = "4";
inline constexpr std::string_view own_scheme_organization = "FocalHip Project";

// Document frame: TID 1500, 1001, 1204.
inline constexpr Code imaging_measurement_report{"126000", "DCM", "Imaging Measurement Report"};
inline constexpr Code language{"121049", "DCM", "Language of Content Item and Descendants"};
inline constexpr Code english_us{"en-US", "RFC5646", "English (United States)"};
inline constexpr Code observer_type{"121005", "DCM", "Observer Type"};
inline constexpr Code device{"121007", "DCM", "Device"};
inline constexpr Code device_uid{"121012", "DCM", "Device Observer UID"};
inline constexpr Code device_name{"121013", "DCM", "Device Observer Name"};
inline constexpr Code device_manufacturer{"121014", "DCM", "Device Observer Manufacturer"};
inline constexpr Code device_model{"121015", "DCM", "Device Observer Model Name"};
inline constexpr Code device_serial{"121016", "DCM", "Device Observer Serial Number"};
inline constexpr Code procedure_reported{"121058", "DCM", "Procedure reported"};
inline constexpr Code ct_unspecified_body_region{"25045-6", "LN", "CT unspecified body region"};

// Image library: TID 1600, 1602, 1604.
inline constexpr Code image_library{"111028", "DCM", "Image Library"};
inline constexpr Code image_library_group{"126200", "DCM", "Image Library Group"};
inline constexpr Code modality{"121139", "DCM", "Modality"};
inline constexpr Code computed_tomography{"CT", "DCM", "Computed Tomography"};
inline constexpr Code target_region{"123014", "DCM", "Target Region"};
inline constexpr Code femur{"71341001", "SCT", "Femur"};
inline constexpr Code study_date{"111060", "DCM", "Study Date"};
inline constexpr Code frame_of_reference_uid{"112227", "DCM", "Frame of Reference UID"};
inline constexpr Code pixel_rows{"110910", "DCM", "Pixel Data Rows"};
inline constexpr Code pixel_columns{"110911", "DCM", "Pixel Data Columns"};
inline constexpr Code horizontal_spacing{"111026", "DCM", "Horizontal Pixel Spacing"};
inline constexpr Code vertical_spacing{"111066", "DCM", "Vertical Pixel Spacing"};
inline constexpr Code slice_spacing{"112226", "DCM", "Spacing between slices"};
inline constexpr Code slice_thickness{"112225", "DCM", "Slice Thickness"};

// Measurement groups: TID 1501, 1502, 300, 4019.
inline constexpr Code imaging_measurements{"126010", "DCM", "Imaging Measurements"};
inline constexpr Code measurement_group{"125007", "DCM", "Measurement Group"};
inline constexpr Code tracking_identifier{"112039", "DCM", "Tracking Identifier"};
inline constexpr Code tracking_uid{"112040", "DCM", "Tracking Unique Identifier"};
inline constexpr Code finding{"121071", "DCM", "Finding"};
inline constexpr Code time_point{"C2348792", "UMLS", "Time Point"};
inline constexpr Code measurement_method{"370129005", "SCT", "Measurement Method"};
inline constexpr Code finding_site{"363698007", "SCT", "Finding Site"};
inline constexpr Code laterality{"272741003", "SCT", "Laterality"};
inline constexpr Code right{"24028007", "SCT", "Right"};
inline constexpr Code left{"7771000", "SCT", "Left"};
inline constexpr Code topographical_modifier{"106233006", "SCT", "Topographical modifier"};
inline constexpr Code neck_of_femur{"29627003", "SCT", "Neck of femur"};
inline constexpr Code proximal_femur{"310651003", "SCT", "Proximal Femur"};
inline constexpr Code algorithm_name{"111001", "DCM", "Algorithm Name"};
inline constexpr Code algorithm_version{"111003", "DCM", "Algorithm Version"};
inline constexpr Code algorithm_parameters{"111002", "DCM", "Algorithm Parameters"};
inline constexpr Code derivation{"121401", "DCM", "Derivation"};
inline constexpr Code mean{"373098007", "SCT", "Mean"};
inline constexpr Code center{"111010", "DCM", "Center"};
inline constexpr Code illustration_of_roi{"121200", "DCM", "Illustration of ROI"};
inline constexpr Code source_image{"121324", "DCM", "Source Image"};
inline constexpr Code volume{"118565006", "SCT", "Volume"};
inline constexpr Code area{"42798000", "SCT", "Area"};
inline constexpr Code not_a_number{"114000", "DCM", "Not a number"};
inline constexpr Code measurement_failure{"114006", "DCM", "Measurement failure"};

// Qualitative evaluations and picture headers.
inline constexpr Code qualitative_evaluations{"C0034375", "UMLS", "Qualitative Evaluations"};
inline constexpr Code quality_assessment{"111050", "DCM", "Quality Assessment"};
inline constexpr Code unusable{"111235", "DCM", "Unusable - Quality renders image unusable"};
inline constexpr Code usable_below_standard{
    "111236", "DCM", "Usable - Does not meet the quality control standard"};
inline constexpr Code usable{"111237", "DCM", "Usable - Meets the quality control standard"};
inline constexpr Code comment{"121106", "DCM", "Comment"};
inline constexpr Code source_for_processing{"121322", "DCM", "Source image for image processing operation"};

// Units. UCUM meanings are not normative; these are the ones the validators know.
inline constexpr Code unit_one{"1", "UCUM", "no units"};
inline constexpr Code unit_mm{"mm", "UCUM", "mm"};
inline constexpr Code unit_cm2{"cm2", "UCUM", "square centimeter"};
inline constexpr Code unit_cm3{"cm3", "UCUM", "cubic centimeter"};
inline constexpr Code unit_g{"g", "UCUM", "gram"};
inline constexpr Code unit_g_cm2{"g/cm2", "UCUM", "g/cm2"};
inline constexpr Code unit_mg_cm3{"mg/cm3", "UCUM", "mg/cm^3"};
inline constexpr Code unit_mg_cm2{"mg/cm2", "UCUM", "mg/cm2"};
inline constexpr Code unit_percent{"%", "UCUM", "Percent"};
inline constexpr Code unit_degree{"deg", "UCUM", "deg"};
inline constexpr Code unit_pixels{"{pixels}", "UCUM", "pixels"};
inline constexpr Code unit_kev{"keV", "UCUM", "kiloelectronvolt"};
inline constexpr Code unit_hu{"[hnsf'U]", "UCUM", "Hounsfield unit"};
inline constexpr Code unit_mg_cm3_per_hu{"mg/cm3/[hnsf'U]", "UCUM", "mg/cm3/HU"};
inline constexpr Code unit_hu_per_cm{"[hnsf'U]/cm", "UCUM", "HU/cm"};
inline constexpr Code unit_hu_per_mg_cm3_per_cm{"[hnsf'U].cm2/mg", "UCUM", "HU/(mg/cm3)/cm"};
inline constexpr Code unit_hu_per_mg_cm3{"[hnsf'U].cm3/mg", "UCUM", "HU/(mg/cm3)"};

// Own: findings, regions, methods.
inline constexpr Code densitometric_voi{"FH-F01", own_scheme, "Densitometric volume of interest"};
inline constexpr Code qct_calibration{"FH-F03", own_scheme, "QCT calibration"};
inline constexpr Code femoral_geometry{"FH-F04", own_scheme, "Femoral geometry"};
inline constexpr Code cortical_region{"FH-F05", own_scheme, "Cortex of a region of the surface"};
inline constexpr Code trochanteric_region{"FH-R02", own_scheme, "Trochanteric region"};
inline constexpr Code intertrochanteric_region{"FH-R03", own_scheme, "Intertrochanteric region"};
inline constexpr Code total_hip_region{"FH-R04", own_scheme, "Total hip region"};
inline constexpr Code ctxa_projection{"FH-M01", own_scheme, "CT X-ray absorptiometry equivalent projection"};
inline constexpr Code cortical_bone_mapping{"FH-M04", own_scheme, "Cortical bone mapping"};
inline constexpr Code phantom_calibration{"FH-M10", own_scheme, "Calibration by a phantom in the scan"};
inline constexpr Code asynchronous_calibration{
    "FH-M11", own_scheme, "Calibration by a phantom scan of another day"};
inline constexpr Code internal_calibration{"FH-M12", own_scheme, "Calibration by the patient's own tissues"};
inline constexpr Code mineral_basis{"FH-C04", own_scheme, "Mineral basis of density"};
inline constexpr Code k2hpo4_equivalent{"FH-C05", own_scheme, "K2HPO4 equivalent"};
inline constexpr Code hydroxyapatite{"FH-C06", own_scheme, "Hydroxyapatite"};

// Own: quantities.
inline constexpr Code areal_bmd{"FH-Q01", own_scheme, "Areal bone mineral density"};
inline constexpr Code volumetric_bmd{"FH-Q02", own_scheme, "Volumetric bone mineral density"};
inline constexpr Code cortical_thickness{"FH-Q03", own_scheme, "Cortical thickness"};
inline constexpr Code mapped_density{"FH-Q04", own_scheme, "Cortical bone mineral density"};
inline constexpr Code endocortical_density{
    "FH-Q05", own_scheme, "Endocortical trabecular bone mineral density"};
inline constexpr Code cortical_mass{"FH-Q06", own_scheme, "Cortical mass surface density"};
inline constexpr Code density_assumed{
    "FH-Q42", own_scheme, "Share of area whose cortical density is assumed"};
inline constexpr Code calibration_slope{"FH-Q10", own_scheme, "Calibration slope"};
inline constexpr Code calibration_intercept{"FH-Q11", own_scheme, "Calibration intercept"};
inline constexpr Code calibration_r_squared{"FH-Q12", own_scheme, "Calibration coefficient of determination"};
inline constexpr Code bone_mineral_content{"FH-Q13", own_scheme, "Bone mineral content"};
inline constexpr Code trabecular_bmd{"FH-Q15", own_scheme, "Trabecular volumetric bone mineral density"};
inline constexpr Code cortical_bmd{"FH-Q16", own_scheme, "Cortical volumetric bone mineral density"};
inline constexpr Code sigma_ct{"FH-Q17", own_scheme, "CT number per K2HPO4 density (sigma CT)"};
inline constexpr Code beta_ct{"FH-Q18", own_scheme, "CT number at zero K2HPO4 density (beta CT)"};
inline constexpr Code residual_sd{"FH-Q19", own_scheme, "Phantom residual standard deviation"};
inline constexpr Code residual_max{"FH-Q20", own_scheme, "Largest phantom residual"};
inline constexpr Code rods_used{"FH-Q21", own_scheme, "Number of phantom rods used"};
inline constexpr Code ha_per_k2hpo4{"FH-Q22", own_scheme, "Hydroxyapatite per K2HPO4 (kappa)"};
inline constexpr Code effective_energy{"FH-Q23", own_scheme, "Effective photon energy"};
inline constexpr Code psf_sigma{"FH-Q24", own_scheme, "In-plane point spread function sigma"};
inline constexpr Code sigma_ct_drift{"FH-Q40", own_scheme, "Change of sigma CT along z"};
inline constexpr Code beta_ct_drift{"FH-Q41", own_scheme, "Change of beta CT along z"};
inline constexpr Code head_radius{"FH-Q25", own_scheme, "Femoral head radius"};
inline constexpr Code neck_shaft_angle{"FH-Q26", own_scheme, "Femoral neck-shaft angle"};
inline constexpr Code joint_space{"FH-Q27", own_scheme, "Hip joint space width, 5th percentile"};

// Own: least significant changes, each beside the value it belongs to.
inline constexpr Code areal_bmd_change{
    "FH-S21", own_scheme, "Least significant change of areal bone mineral density"};
inline constexpr Code area_change{"FH-S22", own_scheme, "Least significant change of area"};
inline constexpr Code content_change{
    "FH-S23", own_scheme, "Least significant change of bone mineral content"};
inline constexpr Code volumetric_bmd_change{
    "FH-S24", own_scheme, "Least significant change of volumetric BMD"};
inline constexpr Code trabecular_bmd_change{
    "FH-S25", own_scheme, "Least significant change of trabecular volumetric BMD"};
inline constexpr Code cortical_bmd_change{
    "FH-S26", own_scheme, "Least significant change of cortical volumetric BMD"};
inline constexpr Code volume_change{"FH-S27", own_scheme, "Least significant change of volume"};

// Own: texts and judgements.
inline constexpr Code intended_use{"FH-T01", own_scheme, "Intended use statement"};
inline constexpr Code reference_cohort{"FH-T02", own_scheme, "Reference cohort"};
inline constexpr Code no_reference_cohort{"FH-T03", own_scheme, "No reference cohort"};
inline constexpr Code quality_grade{"FH-T04", own_scheme, "Quality grade"};
inline constexpr Code quality_note{"FH-T05", own_scheme, "Quality note"};
inline constexpr Code quality_note_detail{"FH-T06", own_scheme, "Quality note detail"};
inline constexpr Code right_grade{"FH-T07", own_scheme, "Right femur quality grade"};
inline constexpr Code left_grade{"FH-T08", own_scheme, "Left femur quality grade"};
inline constexpr Code series_not_analysed{"FH-T10", own_scheme, "Series not analysed, reason"};
inline constexpr Code right_not_measured{"FH-T11", own_scheme, "Right femur not measured, reason"};
inline constexpr Code left_not_measured{"FH-T12", own_scheme, "Left femur not measured, reason"};
inline constexpr Code reason_detail{"FH-T13", own_scheme, "Reason detail"};

}  // namespace codes
}  // namespace focalhip
