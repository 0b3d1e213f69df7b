#include "analysis/files/report_json.h"

#include <cmath>
#include <numbers>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "analysis/femur/precision.h"

namespace focalhip {

namespace {

using Json = nlohmann::ordered_json;

constexpr double mg_cm2_per_g_cm2 = 1000.0;
constexpr double mm2_per_cm2 = 100.0;
constexpr double mm3_per_cm3 = 1000.0;
constexpr double mg_per_g = 1000.0;

Json number(double value) {
  if (!std::isfinite(value)) throw std::runtime_error("a number of the report is not finite");
  return value;
}
Json number(const std::optional<double>& value, double per_unit = 1.0) {
  return value ? number(*value / per_unit) : Json(nullptr);
}
Json point(const Eigen::Vector3d& point_patient_mm) {
  return Json::array(
      {number(point_patient_mm.x()), number(point_patient_mm.y()), number(point_patient_mm.z())});
}

Json subject_json(const Subject& subject) {
  Json sex;
  if (subject.sex) sex = *subject.sex == Sex::female ? "F" : "M";
  const char* t2dm = subject.t2dm == DiabetesStatus::yes  ? "yes"
                     : subject.t2dm == DiabetesStatus::no ? "no"
                                                          : "unknown";
  return {{"sex", sex},
          {"age_years", number(subject.age_years)},
          {"height_cm", number(subject.height_cm)},
          {"weight_kg", number(subject.weight_kg)},
          {"t2dm", t2dm},
          {"imputed", Json::array()}};
}

Json reason_json(const NotMeasured& reason) {
  return {{"code", code_string(reason.code)}, {"detail", reason.detail}};
}

Json notes_json(const std::vector<QualityNote>& notes) {
  Json list = Json::array();
  for (const QualityNote& note : notes)
    list.push_back({{"code", code_string(note.code)}, {"detail", note.detail}});
  return list;
}

Json acquisition_json(const Acquisition& acquisition, const VoxelGrid& grid) {
  const bool has_volume = grid.voxel_count() > 0;
  const auto length = [&](double value) { return has_volume ? number(value) : Json(nullptr); };
  return {{"manufacturer", acquisition.manufacturer},
          {"model", acquisition.model},
          {"kernel", acquisition.kernel},
          {"kvp", number(acquisition.kvp)},
          {"slice_thickness_mm", number(acquisition.slice_thickness_mm)},
          {"slice_spacing_mm", length(grid.spacing_mm.z())},
          {"pixel_mm", length(grid.spacing_mm.x())},
          {"slices", has_volume ? Json(grid.size[2]) : Json(nullptr)}};
}

Json rod_json(const RodMeasurement& rod) {
  return {{"name", rod.name},
          {"hu", number(rod.mean_hu)},
          {"expected_mg_cm3", number(rod.expected_mg_cm3)},
          {"residual_hu", number(rod.residual_hu)},
          {"sd_hu", number(rod.sd_hu)},
          {"used", rod.used},
          {"x_mm", number(rod.centre_patient_mm.x())},
          {"y_mm", number(rod.centre_patient_mm.y())},
          {"z_mm", number(rod.centre_patient_mm.z())}};
}

const char* basis_name(MineralBasis basis) { return basis == MineralBasis::k2hpo4 ? "K2HPO4" : "HA"; }

// The phantom scan of another day.
Json source_json(const std::optional<CalibrationSource>& source) {
  if (!source) return nullptr;
  return {{"date", source->date},
          {"age_days", source->age_days},
          {"series_instance_uid", source->series_instance_uid}};
}

Json calibration_json(const std::optional<Calibration>& calibration) {
  if (!calibration) return nullptr;
  Json rods = Json::array();
  for (const RodMeasurement& rod : calibration->rods) rods.push_back(rod_json(rod));
  return {{"method", name(calibration->method)},
          {"phantom", calibration->phantom.empty() ? Json(nullptr) : Json(calibration->phantom)},
          {"phantom_basis",
           calibration->rods.empty() ? Json(nullptr) : Json(basis_name(calibration->phantom_basis))},
          {"sigma_ct_hu_per_mg_cm3", number(calibration->sigma_ct_hu_per_mg_cm3)},
          {"beta_ct_hu", number(calibration->beta_ct_hu)},
          {"sigma_basis", "K2HPO4"},
          {"sigma_ct_drift_per_mm", number(calibration->sigma_ct_drift_hu_per_mg_cm3_per_mm)},
          {"beta_ct_drift_hu_per_mm", number(calibration->beta_ct_drift_hu_per_mm)},
          {"reference_z_mm", number(calibration->reference_z_mm)},
          {"r_squared", number(calibration->r_squared)},
          {"residual_max_hu", number(calibration->residual_max_hu)},
          {"residual_sd_hu", number(calibration->residual_sd_hu)},
          {"effective_energy_kev", number(calibration->effective_energy_kev)},
          {"ha_per_k2hpo4", number(calibration->ha_per_k2hpo4)},
          {"ha_offset_mg_cm3", number(calibration->ha_offset_mg_cm3)},
          {"kappa_policy", text_of(calibration->kappa_policy)},
          {"density_uncertainty", number(calibration->density_uncertainty)},
          {"source", source_json(calibration->source)},
          {"grade", std::string(1, letter(calibration->grade))},
          {"rods", std::move(rods)}};
}

// null: not claimed for this scan.
Json changes_json(VoiName voi, bool precision_holds) {
  const auto change = [&](VoiQuantity quantity) {
    return precision_holds ? least_significant_change(voi, quantity) : std::nullopt;
  };
  return {{"abmd_g_cm2", number(change(VoiQuantity::abmd), mg_cm2_per_g_cm2)},
          {"area_cm2", number(change(VoiQuantity::area), mm2_per_cm2)},
          {"bmc_g", number(change(VoiQuantity::bmc), mg_per_g)},
          {"vbmd_mg_cm3", number(change(VoiQuantity::vbmd))},
          {"trabecular_vbmd_mg_cm3", number(change(VoiQuantity::trabecular_vbmd))},
          {"cortical_vbmd_mg_cm3", number(change(VoiQuantity::cortical_vbmd))},
          {"volume_cm3", number(change(VoiQuantity::volume), mm3_per_cm3)}};
}

Json voi_json(const VoiMeasurement& voi, VoiName voi_name, bool precision_holds) {
  return {{"abmd_g_cm2", number(voi.abmd_mg_cm2, mg_cm2_per_g_cm2)},
          {"area_cm2", number(voi.area_mm2, mm2_per_cm2)},
          {"bmc_g", number(voi.bmc_mg, mg_per_g)},
          {"vbmd_mg_cm3", number(voi.vbmd_mg_cm3)},
          {"trabecular_vbmd_mg_cm3", number(voi.trabecular_vbmd_mg_cm3)},
          {"cortical_vbmd_mg_cm3", number(voi.cortical_vbmd_mg_cm3)},
          {"volume_cm3", number(voi.volume_mm3, mm3_per_cm3)},
          {"least_significant_change", changes_json(voi_name, precision_holds)}};
}

// Keys of a femur that hold whatever became of it.
Json femur_head(const FemurResult& femur, const Json& not_measured) {
  return {
      {"side", name(femur.side)}, {"used_for_atlas", femur.used_for_atlas}, {"not_measured", not_measured}};
}

Json means_json(const std::optional<CortexMeans>& means) {
  if (!means) return nullptr;
  return {{"vertices", means->vertices},
          {"area_cm2", number(means->area_mm2 / mm2_per_cm2)},
          {"cth_mm", number(means->cth_mm)},
          {"cm_mg_cm2", number(means->cm_mg_cm2)},
          {"cbmd_mg_cm3", number(means->cbmd_mg_cm3)},
          {"ectd_mg_cm3", number(means->ectd_mg_cm3)},
          {"density_from_prior_share", number(means->density_from_prior_share)},
          {"told_cbmd_mg_cm3", number(means->told_cbmd_mg_cm3)}};
}

Json cortex_json(const std::optional<CortexMeasurement>& cortex) {
  if (!cortex) return nullptr;
  const BoneEstimate& bone = cortex->map.bone;
  const auto& whole = (*cortex)[VoiName::th];
  Json json = {{"mineral_basis", "HA"},
               {"vertices", cortex->surface.mesh.vertices_mm.size()},
               {"invalid_fraction", number(cortex->map.invalid_share)},
               {"global_density_mg_cm3", number(bone.prior.cortex)},
               {"global_density_assumed", !bone.from_thick_cortex},
               {"mass_curve_density_mg_cm3",
                bone.mass_curve_cortex > 0.0 ? number(bone.mass_curve_cortex) : Json(nullptr)},
               {"density_spread", number(cortex->density_spread)},
               {"sigma_mm", number(bone.prior.blur_sd_mm)},
               {"mean_cth_mm", whole ? number(whole->cth_mm) : Json(nullptr)},
               {"cut_below_lesser_trochanter_mm", number(cortex->surface.cut_below_lesser_trochanter_mm)}};
  for (const VoiName voi : all_vois) json[std::string(name(voi))] = means_json((*cortex)[voi]);
  return json;
}

// Parts of later stages; the schema has them from the start.
void add_later_parts(Json& json) {
  json["registration"] = nullptr;
  json["comparisons"] = Json::array();
  json["patches"] = Json::array();
  json["odds_ratios"] = Json::array();
}

Json measured_json(const FemurResult& femur, const FemurMeasurement& measurement) {
  constexpr double deg_per_rad = 180.0 / std::numbers::pi;
  const FemurFrame& frame = measurement.frame;
  Json json = femur_head(femur, nullptr);
  json["grade"] = std::string(1, letter(measurement.grade));
  json["notes"] = notes_json(measurement.notes);
  json["head_centre_mm"] = point(frame.head_centre_patient_mm);
  json["head_radius_mm"] = number(frame.head_radius_mm);
  json["neck_shaft_angle_deg"] = number(frame.neck_shaft_angle_rad * deg_per_rad);
  json["joint_space_p05_mm"] = number(frame.joint_space_p05_mm);
  json["shaft_below_lesser_trochanter_mm"] = number(frame.shaft_below_lesser_trochanter_mm);
  Json vois = {{"mineral_basis", "K2HPO4"},
               {"precision_source",
                precision_source().empty() ? Json(nullptr) : Json(std::string(precision_source()))}};
  for (const VoiName voi : all_vois)
    vois[std::string(name(voi))] = voi_json(measurement[voi], voi, measurement.precision_holds);
  json["vois"] = std::move(vois);
  json["cortex"] = cortex_json(femur.cortex);
  add_later_parts(json);
  return json;
}

Json unmeasured_json(const FemurResult& femur, const UnmeasuredFemur& unmeasured) {
  Json json = femur_head(femur, reason_json(unmeasured.reason));
  json["grade"] = "R";
  json["notes"] = notes_json(unmeasured.notes);
  json["head_centre_mm"] =
      unmeasured.head_centre_patient_mm ? point(*unmeasured.head_centre_patient_mm) : Json(nullptr);
  json["head_radius_mm"] = number(unmeasured.head_radius_mm);
  json["neck_shaft_angle_deg"] = nullptr;
  json["joint_space_p05_mm"] = nullptr;
  json["shaft_below_lesser_trochanter_mm"] = nullptr;
  json["vois"] = nullptr;
  json["cortex"] = nullptr;
  add_later_parts(json);
  return json;
}

Json femurs_json(const std::vector<FemurResult>& femurs) {
  Json list = Json::array();
  for (const FemurResult& femur : femurs) {
    const FemurMeasurement* measurement = femur.measurement();
    list.push_back(measurement != nullptr ? measured_json(femur, *measurement)
                                          : unmeasured_json(femur, *femur.unmeasured()));
  }
  return list;
}

Json side_json(const SideChoiceReport& choice, Side side) {
  const auto at = static_cast<std::size_t>(side);
  const SideEvidence& evidence = choice.evidence.side[at];
  Json signs = Json::array();
  for (const FractureSign sign : choice.signs[at]) signs.push_back(name(sign));
  return {{"state", name(choice.decision.state[at])},
          {"signs", std::move(signs)},
          {"outlined", evidence.outlined},
          {"outline_failure", evidence.failure ? Json(code_string(*evidence.failure)) : Json(nullptr)},
          {"metal_cm3", number(evidence.metal_mm3 / mm3_per_cm3)},
          {"connectivity", number(evidence.connectivity)},
          {"unexplained_surface_cm2", number(evidence.unexplained_mm2, mm2_per_cm2)},
          {"neck_shaft_angle_deg", number(evidence.neck_shaft_angle_deg)},
          {"head_to_lesser_trochanter_mm", number(evidence.head_to_lesser_trochanter_mm)},
          {"neck_length_mm", number(evidence.neck_length_mm)},
          {"volume_above_lesser_trochanter_cm3", number(evidence.volume_above_trochanter_mm3, mm3_per_cm3)},
          {"prior_residual_p95_mm", number(evidence.prior_residual_p95_mm)}};
}

// Which femur is used and what that rests on; null when no pair of hips was found.
Json decision_json(const std::optional<SideChoiceReport>& choice) {
  if (!choice) return nullptr;
  const SideDecision& decision = choice->decision;
  const SideRequest& request = choice->request;
  const HipEvidence& evidence = choice->evidence;
  const bool is_told = request.instruction != SideInstruction::none;
  return {{"used", decision.used ? Json(name(*decision.used)) : Json(nullptr)},
          {"reason", name(decision.reason)},
          {"contralateral", decision.contralateral},
          {"uncertain", decision.uncertain},
          {"image_contradicts", decision.image_contradicts},
          {"instruction", is_told ? Json(name(request.instruction)) : Json(nullptr)},
          {"instruction_source", is_told ? Json(request.source) : Json(nullptr)},
          {"header_text",
           request.label == FractureLabel::none ? Json(nullptr) : Json(std::string(name(request.label)))},
          {"right", side_json(*choice, Side::right)},
          {"left", side_json(*choice, Side::left)},
          {"compared", evidence.compared ? Json(name(*evidence.compared)) : Json(nullptr)},
          {"head_shift_mm", evidence.head_shift_mm ? point(*evidence.head_shift_mm) : Json(nullptr)},
          {"head_turn_deg", number(evidence.head_turn_deg)},
          {"surface_distance_mm", number(evidence.surface_distance_mm)}};
}

}  // namespace

std::string report_json(const HipReport& report, const ReportSource& source) {
  const Json psf_sigma_mm =
      report.calibration ? number(report.calibration->in_plane_psf_sigma_mm) : Json(nullptr);
  const Json json = {{"schema", 1},
                     {"software", {{"version", report.software.version}, {"build", report.software.build}}},
                     {"series_instance_uid", source.series_instance_uid},
                     {"study_instance_uid", source.study_instance_uid},
                     {"subject", subject_json(report.subject)},
                     {"grade", std::string(1, letter(report.grade))},
                     {"notes", notes_json(report.notes)},
                     {"refusal", report.refusal ? reason_json(*report.refusal) : Json(nullptr)},
                     {"acquisition", acquisition_json(report.acquisition, report.grid)},
                     {"parameters", report.parameters},
                     {"calibration", calibration_json(report.calibration)},
                     {"psf", {{"in_plane_sigma_mm", psf_sigma_mm}}},
                     {"side", decision_json(report.side)},
                     {"femurs", femurs_json(report.femurs)},
                     {"atlas", Json::array()}};
  try {
    return json.dump(2) + "\n";
  } catch (const Json::exception&) {
    throw std::runtime_error("a text of the report is not UTF-8");
  }
}

}  // namespace focalhip
