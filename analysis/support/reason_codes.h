#pragma once

#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace focalhip {

// Quality grade of a measurement (science: A full quality ... C restricted; R refused).
enum class Grade { a, b, c, r };
[[nodiscard]] char letter(Grade grade);
[[nodiscard]] inline Grade worse(Grade left, Grade right) { return left < right ? right : left; }

// Why a series or a femur was not measured. The code strings are part of the contract: report.json, SR and SC
// show them, and listener/CONFORMANCE.md lists every one with its meaning (a test compares).
enum class RefusalCode {
  no_images,            // R_NO_IMAGES            nothing that could be read as a CT image
  not_hu,               // R_NOT_HU               pixel values are not Hounsfield units
  header_inconsistent,  // R_HEADER               required attributes missing or contradictory
  unsupported_syntax,   // R_TRANSFER_SYNTAX      pixel encoding not supported
  not_axial,            // R_NOT_AXIAL            localizer, coronal or sagittal only
  geometry,             // R_GEOMETRY             slices missing, irregular, overlapping, tilted
  too_coarse,           // R_RESOLUTION           slice or pixel spacing above the limit
  orientation,          // R_ORIENT               orientation contradicts anatomy or is not supported
  kvp,                  // R_KVP                  tube voltage outside the supported range
  not_a_hip,            // R_NOT_HIP              no pair of femoral heads found in the volume
  no_phantom,           // R_NO_PHANTOM           no calibration phantom, no other calibration allowed
  phantom_ambiguous,    // R_PHANTOM_AMBIGUOUS    rods found but their identity is not certain
  calibration_failed,   // R_CALIBRATION          phantom found, fit outside its limits
  coverage,             // R_COVERAGE             femoral head cut or too little shaft
  metal,                // R_METAL                implant in or beside the femur
  segmentation,         // R_SEGMENTATION         landmarks or mask failed their own checks
  no_intact_side,       // R_NO_INTACT_SIDE       neither femur can be measured
  processing_failed,    // R_PROCESSING           the analysis stopped three times (crash, time, memory)
  fracture,             // R_FRACTURE             femur judged, or told to be, fractured
};
[[nodiscard]] std::string_view code_string(RefusalCode code);
[[nodiscard]] std::string_view meaning(
    RefusalCode code);  // one plain line a radiologist reads, at most 64 characters

[[nodiscard]] std::span<const RefusalCode> all_refusal_codes();
// The code of a code string; nullopt: there is no such code.
[[nodiscard]] std::optional<RefusalCode> refusal_code_from_string(std::string_view text);

// Measurable, but a reader must know.
enum class NoteCode {
  atlas_none,               // ATLAS_NONE             no atlas loaded: densitometry and cortex only
  contrast_agent,           // CONTRAST_AGENT         contrast agent in the header or in vessels
  short_distal_coverage,    // SHORT_DISTAL_COVERAGE  less shaft below the lesser trochanter than asked
  short_proximal_coverage,  // SHORT_PROXIMAL_COVERAGE
  grade_spacing,            // GRADE_SPACING          slice spacing, thickness or pixel size lowers the grade
  grade_calibration,        // GRADE_CALIBRATION      calibration QC lowers the grade
  grade_noise,              // GRADE_NOISE
  kernel_unknown,           // KERNEL_UNKNOWN
  kvp_not_reference,        // KVP_NOT_REFERENCE      not the atlas' 120 kVp
  metal_present,            // METAL_PRESENT
  duplicates_dropped,       // DUPLICATES_DROPPED     identical slices received more than once
  volumes_not_used,  // VOLUMES_NOT_USED       other series or reconstructions of the study were not analysed
  truncated_field_of_view,   // FOV_TRUNCATED
  slice_interpolated,        // SLICE_INTERPOLATED     a missing slice was made from its neighbours
  tilt_removed,              // TILT_REMOVED           gantry tilt removed by resampling
  kernel_sharp,              // KERNEL_SHARP
  hu_clipped,                // HU_CLIPPED             voxels at the top of what the stored words can hold
  patient_position,          // PATIENT_POSITION       Patient Position contradicts what the images show
  joint_narrow,              // JOINT_NARROW
  voi_implausible,           // VOI_IMPLAUSIBLE        mean thickness of a VOI outside its band
  sex_unknown,               // SEX_UNKNOWN
  age_unknown,               // AGE_UNKNOWN
  side_uncertain,            // SIDE_UNCERTAIN
  side_refused,              // SIDE_REFUSED           one femur was not measured
  calibration_asynchronous,  // CALIBRATION_ASYNC     by a phantom scan of the same scanner on another day
  calibration_internal,      // CALIBRATION_INTERNAL  by the patient's own tissues
  muscle_imbalance,          // MUSCLE_IMBALANCE      muscle reads differently left and right
  contralateral,           // CONTRALATERAL         the intact side stands in for a fractured or operated one
  fracture_suspected,      // FRACTURE_SUSPECTED    a femur shows signs of a fracture
  side_instructed,         // SIDE_INSTRUCTED       somebody told which side to measure or which is broken
  sides_differ,            // SIDES_DIFFER          right and left femur differ more than intact ones do
  cortex_not_mapped,       // CORTEX_NOT_MAPPED     densitometry only: the cortex could not be mapped
  cortex_incomplete,       // CORTEX_INCOMPLETE     no cortex could be read on part of the surface
  cortex_density_assumed,  // CORTEX_DENSITY_ASSUMED  no cortex thick enough to show its own density
  cortex_kernel_sharp,     // CORTEX_KERNEL_SHARP   edges enhanced: densities and thin cortex are off
  cortex_joint_closed,     // CORTEX_JOINT_CLOSED   head not measured where the joint is closed or not visible
  cortex_density_uneven,   // CORTEX_DENSITY_UNEVEN  cortical density differs between regions
  cortex_tilt_removed,  // CORTEX_TILT_REMOVED    slices were tilted: the blur across them is not the model's
};
inline constexpr NoteCode last_note_code = NoteCode::cortex_tilt_removed;
[[nodiscard]] std::string_view code_string(NoteCode code);
[[nodiscard]] std::string_view meaning(NoteCode code);

[[nodiscard]] std::span<const NoteCode> all_note_codes();

struct QualityNote {
  NoteCode code = NoteCode::atlas_none;
  std::string detail;  // found and needed, in words: "12 mm below the lesser trochanter, 25 mm needed"
};

struct NotMeasured {
  RefusalCode code = RefusalCode::segmentation;
  std::string detail;
};

// Thrown by a stage that cannot measure; caught per femur in pipeline.cpp and per series by its caller.
class Refusal : public std::runtime_error {
 public:
  Refusal(RefusalCode code, const std::string& detail) : std::runtime_error(detail), code_(code) {}
  [[nodiscard]] RefusalCode code() const { return code_; }
  [[nodiscard]] NotMeasured not_measured() const { return {code_, what()}; }

 private:
  RefusalCode code_;
};

}  // namespace focalhip
