#include <cmath>
#include <fstream>
#include <stdexcept>

#include "testdata/simulator/json_writer.h"
#include "testdata/simulator/write_truth.h"

namespace focalhip::simulator {
namespace {

void add_voi(JsonWriter& json, const char* name, const VoiTruth& voi) {
  json.begin_object(name);
  json.value("vbmd_mg_cm3", voi.vbmd_mg_cm3);
  json.value("abmd_g_cm2", voi.abmd_g_cm2);
  json.value("area_cm2", voi.area_cm2);
  json.value("volume_cm3", voi.volume_cm3);
  json.value("bmc_g", voi.bmc_g);
  json.value("trabecular_vbmd_mg_cm3", voi.trabecular_vbmd_mg_cm3);
  json.value("cortical_vbmd_mg_cm3", voi.cortical_vbmd_mg_cm3);
  json.end();
}

void add_lines(JsonWriter& json, const VoiGeometry& g) {
  json.begin_object("lines");
  json.value("neck_band_lateral_mm", g.neck_lateral_mm);
  json.value("neck_band_medial_mm", g.neck_medial_mm);
  json.value("notch_u_mm", g.notch_u);
  json.value("notch_v_mm", g.notch_v);
  json.value("distal_v_mm", g.distal_v);
  json.value("tr_it_medial_u_mm", g.line_medial_u);
  json.value("tr_it_medial_v_mm", g.line_medial_v);
  json.value("tr_it_lateral_u_mm", g.line_lateral_u);
  json.value("tr_it_lateral_v_mm", g.line_lateral_v);
  json.end();
}

void add_fracture(JsonWriter& json, const FractureTruth& t) {
  json.begin_object("fracture");
  json.value("site", fracture_site_names.at(static_cast<std::size_t>(t.site)));
  json.value("kind", fracture_class_names.at(static_cast<std::size_t>(t.kind)));
  json.value("displacement_mm", t.displacement_mm);
  json.value("rotation_deg", t.rotation_deg);
  json.value("middle_on_head_fragment_mm", t.head_side_mm);
  json.value("middle_on_distal_fragment_mm", t.distal_side_mm);
  json.value("normal", t.normal);
  json.value("leg_shortening_mm", t.leg_shortening_mm);
  json.end();
}

void add_side(JsonWriter& json, const SideTruth& t, const FemurParameters& f) {
  json.begin_object(t.side == Side::right ? "right" : "left");
  json.value("head_centre_mm", t.head_centre);
  json.value("head_radius_mm", t.head_radius_mm);
  json.value("neck_axis_point_mm", t.neck_axis_point);
  json.value("neck_axis_direction", t.neck_axis_direction);
  json.value("shaft_axis_point_mm", t.shaft_axis_point);
  json.value("shaft_axis_direction", t.shaft_axis_direction);
  json.value("neck_shaft_angle_deg", t.neck_shaft_angle_deg);
  json.value("anteversion_deg", f.anteversion_rad / degree);
  json.value("lesser_trochanter_tip_mm", t.lesser_tip);
  json.value("lesser_trochanter_distal_mm", t.lesser_distal);
  json.value("joint_space_p05_mm", t.joint_space_p05_mm);
  json.value("femur_volume_cm3", t.femur_volume_cm3);
  json.value("cortical_density_ha_mg_cm3", f.cortical_density_mg_cm3);
  if (t.fracture) {
    add_fracture(json, *t.fracture);
    json.value("vois", std::nan(""));
    json.end();
    return;
  }
  json.begin_object("vois");
  json.value("mineral_basis", "K2HPO4");
  add_voi(json, "FN", t.fn);
  add_voi(json, "TR", t.tr);
  add_voi(json, "IT", t.it);
  add_voi(json, "TH", t.th);
  add_lines(json, t.voi_geometry);
  json.end();
  json.begin_array("defects");
  for (const FocalDefect& defect : f.defects) {
    json.begin_object();
    json.value("centre_femur_frame_mm", defect.centre_femur_mm);
    json.value("fwhm_mm", defect.fwhm_mm);
    json.value("depth", defect.depth);
    json.end();
  }
  json.end();
  json.begin_array("cortical_patches");
  for (const CorticalPatch& patch : f.cortical_patches) {
    json.begin_object();
    json.value("centre_femur_frame_mm", patch.centre_femur_mm);
    json.value("fwhm_mm", patch.fwhm_mm);
    json.value("density_change", patch.change);
    json.end();
  }
  json.end();
  json.end();
}

void add_rod(JsonWriter& json, const RodAxis& axis) {
  json.begin_object();
  json.value("name", std::string_view(axis.rod.name));
  json.value("phantom", axis.phantom);
  json.value("k2hpo4_mg_cm3", axis.rod.k2hpo4_mg_cm3);
  json.value("ha_mg_cm3", axis.rod.ha_mg_cm3);
  json.value("water_mg_cm3", axis.rod.water_mg_cm3);
  json.value("hu", axis.hu);
  json.value("axis_point_mm", axis.point_patient_mm);
  json.value("axis_direction", axis.direction);
  json.value("radius_mm", axis.radius_mm);
  // null: the phantom goes on beyond the scan.
  const auto end = [](double z_mm) { return std::abs(z_mm) < 9999.0 ? z_mm : std::nan(""); };
  json.value("low_z_mm", end(axis.low_z_mm));
  json.value("high_z_mm", end(axis.high_z_mm));
  json.value("psf_fwhm_mm", axis.psf_fwhm_mm);
  json.value("usable", axis.usable());
  json.value("absent", axis.absent);
  json.value("bubble", axis.bubble);
  json.value("cut", axis.cut);
  json.end();
}

void add_calibration(JsonWriter& json, const ScanTruth& truth) {
  json.begin_object("calibration");
  json.value("phantom", truth.phantom ? phantom_name(truth.phantom_type) : "none");
  json.value("effective_energy_kev", truth.calibration.energy_kev);
  json.value("sigma_ct_hu_per_mg_cm3", truth.calibration.sigma_hu_per_mg_cm3);
  json.value("beta_ct_hu", truth.calibration.beta_hu);
  json.value("sigma_ref", truth.calibration.sigma_reference);
  json.value("beta_ref_hu", truth.calibration.beta_reference_hu);
  json.value("ha_per_k2hpo4", truth.calibration.ha_per_k2hpo4);
  json.value("water_offset_hu", truth.water_offset_hu);
  json.value("reference_z_mm", truth.heads_z_mm);
  json.value("drift_slope_percent_per_100_mm", truth.drift.slope_percent_per_100_mm);
  json.value("drift_offset_hu_per_100_mm", truth.drift.offset_hu_per_100_mm);
  json.value("psf_fwhm_mm", truth.psf_fwhm_mm);
  json.value("psf_y_ratio", truth.psf_y_ratio);
  json.value("psf_growth_per_100_mm", truth.psf_growth_per_100_mm);
  json.begin_array("rods");
  for (const RodAxis& axis : truth.rods) add_rod(json, axis);
  json.end();
  json.end();
}

}  // namespace

void write_truth_json(const std::filesystem::path& file,
                      const HipParameters& hip,
                      const Protocol& protocol,
                      const SimulatedScan& scan) {
  JsonWriter json;
  json.begin_object();
  json.value("schema", 1);
  json.value("simulated", true);
  json.value("software_version", FOCALHIP_VERSION);
  json.value("seed", std::string_view(std::to_string(hip.seed)));
  json.begin_object("subject");
  json.value("sex", hip.sex == Sex::female ? "F" : "M");
  json.value("age_years", hip.age_years);
  json.value("height_cm", hip.height_cm);
  json.value("weight_kg", hip.weight_kg);
  json.end();
  json.begin_object("protocol");
  json.value("kvp", protocol.tube_kvp);
  json.value("columns", scan.grid.columns);
  json.value("rows", scan.grid.rows);
  json.value("slices", scan.grid.slices);
  json.value("pixel_mm", scan.grid.pixel_mm);
  json.value("slice_spacing_mm", scan.grid.slice_spacing_mm);
  json.value("slice_thickness_mm", scan.grid.slice_thickness_mm);
  json.value("origin_mm", scan.grid.origin_patient_mm);
  json.value("column_direction", scan.grid.column_direction);
  json.value("slice_direction", scan.grid.slice_direction);
  json.value("psf_fwhm_mm", protocol.psf_fwhm_mm);
  json.value("noise_sd_hu", protocol.noise_sd_hu);
  json.value("contrast", protocol.contrast);
  json.end();
  add_calibration(json, scan.truth);
  if (scan.truth.femora) {
    add_side(json, scan.truth.right, hip.right);
    add_side(json, scan.truth.left, hip.left);
  }
  json.end();
  std::ofstream out(file, std::ios::binary);
  out << json.text();
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace focalhip::simulator
