#include "analysis/support/reason_codes.h"

#include <array>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {
struct Words {
  std::string_view code;
  std::string_view meaning;
};

Words words(RefusalCode code) {
  switch (code) {
    case RefusalCode::no_images:
      return {"R_NO_IMAGES", "No CT image could be read"};
    case RefusalCode::not_hu:
      return {"R_NOT_HU", "Pixel values are not Hounsfield units"};
    case RefusalCode::header_inconsistent:
      return {"R_HEADER", "Header incomplete or contradictory"};
    case RefusalCode::unsupported_syntax:
      return {"R_TRANSFER_SYNTAX", "Pixel encoding not supported"};
    case RefusalCode::not_axial:
      return {"R_NOT_AXIAL", "No axial CT volume in the series"};
    case RefusalCode::geometry:
      return {"R_GEOMETRY", "Slices missing, irregular, overlapping or tilted"};
    case RefusalCode::too_coarse:
      return {"R_RESOLUTION", "Slices or pixels too coarse"};
    case RefusalCode::orientation:
      return {"R_ORIENT", "Patient orientation contradictory or not supported"};
    case RefusalCode::kvp:
      return {"R_KVP", "Tube voltage outside the supported range"};
    case RefusalCode::not_a_hip:
      return {"R_NOT_HIP", "No pair of femoral heads found"};
    case RefusalCode::no_phantom:
      return {"R_NO_PHANTOM", "No calibration phantom"};
    case RefusalCode::phantom_ambiguous:
      return {"R_PHANTOM_AMBIGUOUS", "Calibration rods cannot be identified"};
    case RefusalCode::calibration_failed:
      return {"R_CALIBRATION", "Phantom calibration outside its limits"};
    case RefusalCode::coverage:
      return {"R_COVERAGE", "Scan range does not cover the proximal femur"};
    case RefusalCode::metal:
      return {"R_METAL", "Metal in or beside the femur"};
    case RefusalCode::segmentation:
      return {"R_SEGMENTATION", "Femur could not be outlined reliably"};
    case RefusalCode::no_intact_side:
      return {"R_NO_INTACT_SIDE", "Neither femur can be measured"};
    case RefusalCode::processing_failed:
      return {"R_PROCESSING", "Analysis stopped repeatedly"};
    case RefusalCode::fracture:
      return {"R_FRACTURE", "Femur judged fractured"};
  }
  expects(false, "every refusal code has words");
  return {};
}

Words words(NoteCode code) {
  switch (code) {
    case NoteCode::atlas_none:
      return {"ATLAS_NONE", "No atlas loaded: no comparison with a population"};
    case NoteCode::contrast_agent:
      return {"CONTRAST_AGENT", "Contrast agent may raise density"};
    case NoteCode::short_distal_coverage:
      return {"SHORT_DISTAL_COVERAGE", "Scan ends too high on the shaft"};
    case NoteCode::short_proximal_coverage:
      return {"SHORT_PROXIMAL_COVERAGE", "Scan begins close to the femoral head"};
    case NoteCode::grade_spacing:
      return {"GRADE_SPACING", "Slice or pixel size lowers the grade"};
    case NoteCode::grade_calibration:
      return {"GRADE_CALIBRATION", "Calibration quality lowers the grade"};
    case NoteCode::grade_noise:
      return {"GRADE_NOISE", "Image noise lowers the grade"};
    case NoteCode::kernel_unknown:
      return {"KERNEL_UNKNOWN", "Reconstruction kernel not known"};
    case NoteCode::kvp_not_reference:
      return {"KVP_NOT_REFERENCE", "Tube voltage is not the reference 120 kVp"};
    case NoteCode::metal_present:
      return {"METAL_PRESENT", "Metal in the scanned volume"};
    case NoteCode::duplicates_dropped:
      return {"DUPLICATES_DROPPED", "Identical slices were received twice"};
    case NoteCode::volumes_not_used:
      return {"VOLUMES_NOT_USED", "Other reconstructions were not analysed"};
    case NoteCode::truncated_field_of_view:
      return {"FOV_TRUNCATED", "Field of view cuts the patient"};
    case NoteCode::slice_interpolated:
      return {"SLICE_INTERPOLATED", "A missing slice was interpolated"};
    case NoteCode::tilt_removed:
      return {"TILT_REMOVED", "Gantry tilt removed by resampling"};
    case NoteCode::kernel_sharp:
      return {"KERNEL_SHARP", "Sharp reconstruction kernel"};
    case NoteCode::hu_clipped:
      return {"HU_CLIPPED", "CT numbers clipped at the top of their range"};
    case NoteCode::patient_position:
      return {"PATIENT_POSITION", "Patient Position contradicts the images"};
    case NoteCode::joint_narrow:
      return {"JOINT_NARROW", "Narrow joint space"};
    case NoteCode::voi_implausible:
      return {"VOI_IMPLAUSIBLE", "Region thickness outside its usual range"};
    case NoteCode::sex_unknown:
      return {"SEX_UNKNOWN", "Sex not known"};
    case NoteCode::age_unknown:
      return {"AGE_UNKNOWN", "Age not known"};
    case NoteCode::side_uncertain:
      return {"SIDE_UNCERTAIN", "Side to use not certain"};
    case NoteCode::side_refused:
      return {"SIDE_REFUSED", "One femur was not measured"};
    case NoteCode::calibration_asynchronous:
      return {"CALIBRATION_ASYNC", "Calibrated by a phantom scan of another day"};
    case NoteCode::calibration_internal:
      return {"CALIBRATION_INTERNAL", "Calibrated by the patient's own tissues"};
    case NoteCode::muscle_imbalance:
      return {"MUSCLE_IMBALANCE", "Muscle reads differently left and right"};
    case NoteCode::contralateral:
      return {"CONTRALATERAL", "The intact side stands in"};
    case NoteCode::fracture_suspected:
      return {"FRACTURE_SUSPECTED", "Signs of a femoral fracture"};
    case NoteCode::side_instructed:
      return {"SIDE_INSTRUCTED", "Side told by an instruction"};
    case NoteCode::sides_differ:
      return {"SIDES_DIFFER", "Right and left femur differ"};
    case NoteCode::cortex_not_mapped:
      return {"CORTEX_NOT_MAPPED", "The cortex could not be mapped"};
    case NoteCode::cortex_incomplete:
      return {"CORTEX_INCOMPLETE", "Cortex not readable on part of the surface"};
    case NoteCode::cortex_density_assumed:
      return {"CORTEX_DENSITY_ASSUMED", "Cortical density assumed"};
    case NoteCode::cortex_kernel_sharp:
      return {"CORTEX_KERNEL_SHARP", "Cortical values of a sharp kernel"};
    case NoteCode::cortex_joint_closed:
      return {"CORTEX_JOINT_CLOSED", "No cortex measured where the joint is closed"};
    case NoteCode::cortex_density_uneven:
      return {"CORTEX_DENSITY_UNEVEN", "Cortical density differs between regions"};
    case NoteCode::cortex_tilt_removed:
      return {"CORTEX_TILT_REMOVED", "Cortex measured in slices whose tilt was removed"};
  }
  expects(false, "every note code has words");
  return {};
}
template <typename Code, std::size_t count>
std::array<Code, count> every() {
  std::array<Code, count> codes{};
  for (std::size_t i = 0; i < count; ++i) codes[i] = static_cast<Code>(i);
  return codes;
}

}  // namespace

std::span<const RefusalCode> all_refusal_codes() {
  static const auto codes = every<RefusalCode, static_cast<std::size_t>(RefusalCode::fracture) + 1>();
  return codes;
}
std::span<const NoteCode> all_note_codes() {
  static const auto codes = every<NoteCode, static_cast<std::size_t>(last_note_code) + 1>();
  return codes;
}

std::optional<RefusalCode> refusal_code_from_string(std::string_view text) {
  for (const RefusalCode code : all_refusal_codes()) {
    if (code_string(code) == text) return code;
  }
  return std::nullopt;
}

char letter(Grade grade) { return "ABCR"[static_cast<int>(grade)]; }
std::string_view code_string(RefusalCode code) { return words(code).code; }
std::string_view meaning(RefusalCode code) { return words(code).meaning; }
std::string_view code_string(NoteCode code) { return words(code).code; }
std::string_view meaning(NoteCode code) { return words(code).meaning; }

}  // namespace focalhip
