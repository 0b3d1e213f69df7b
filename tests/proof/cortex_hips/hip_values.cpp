#include "tests/proof/cortex_hips/hip_values.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <span>
#include <string>

#include <Eigen/Geometry>

#include "analysis/surface/diffuse_on_surface.h"
#include "testdata/simulator/femur_model.h"
#include "tests/proof/cortex_hips/hip_changes.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

constexpr double prior_dominated = 0.5;
constexpr double place_radius_mm = 10.0;
constexpr double wrong_mm = 1.0;

bool usable(const VertexPair& v) { return v.state == VertexState::measured && v.truth_valid; }

void add(Values& values, const std::string& name, double error) {
  values[name + ".n"] += 1.0;
  values[name + ".sum"] += error;
  values[name + ".squares"] += error * error;
}

// Thicker than all is in the last one.
std::string band_of(double true_cth_mm) {
  std::size_t b = 0;
  while (b + 1 < thickness_bands.size() && true_cth_mm >= thickness_bands[b].high) ++b;
  return "band" + std::to_string(b);
}

void add_errors(Values& values, const MappedFemur& femur) {
  for (const VertexPair& v : femur.vertices) {
    if (v.state == VertexState::left_out) continue;
    if (!v.cap) {
      values["tried"] += 1.0;
      values["without_truth"] += v.truth_valid ? 0.0 : 1.0;
      values["failed"] += v.state == VertexState::failed ? 1.0 : 0.0;
    }
    if (!usable(v)) continue;
    const double error = v.cth_mm - v.true_cth_mm;
    const double wrong = std::abs(error) > wrong_mm ? 1.0 : 0.0;
    if (v.cap) {
      values["cap.n"] += 1.0;
      values["cap.wrong"] += wrong;
      continue;
    }
    values["wrong"] += wrong;
    const std::string band = band_of(v.true_cth_mm);
    add(values, band, error);
    values[band + ".cbmd"] += v.cbmd;
    values[band + ".true_cbmd"] += v.true_cbmd;
    values[band + ".prior"] += v.information < prior_dominated ? 1.0 : 0.0;
    add(values, "ectd", v.ectd - v.true_ectd);
    if (v.true_cth_mm >= 2.0) add(values, "cbmd", 100.0 * (v.cbmd / v.true_cbmd - 1.0));
  }
}

void add_means(Values& values,
               const std::string& name,
               const MappedFemur& femur,
               const std::function<bool(std::size_t)>& belongs) {
  for (std::size_t i = 0; i < femur.vertices.size(); ++i) {
    const VertexPair& v = femur.vertices[i];
    if (!usable(v) || !belongs(i)) continue;
    values[name + ".area"] += v.area_mm2;
    values[name + ".cth"] += v.area_mm2 * v.cth_mm;
    values[name + ".true_cth"] += v.area_mm2 * v.true_cth_mm;
    values[name + ".cbmd"] += v.area_mm2 * v.cbmd;
    values[name + ".true_cbmd"] += v.area_mm2 * v.true_cbmd;
    values[name + ".ectd"] += v.area_mm2 * v.ectd;
    values[name + ".true_ectd"] += v.area_mm2 * v.true_ectd;
  }
}

void add_regions_and_places(Values& values, const MappedFemur& femur, const sim::FemurParameters& bone) {
  const std::array regions{SurfaceRegion::fn, SurfaceRegion::tr, SurfaceRegion::it};
  const std::array names{"FN", "TR", "IT", "TH"};
  for (std::size_t r = 0; r < regions.size(); ++r) {
    add_means(values, names[r], femur, [&](std::size_t v) { return femur.vertices[v].region == regions[r]; });
  }
  const auto side = femur.side == Side::right ? sim::Side::right : sim::Side::left;
  const std::array places = places_patient_mm(bone, side);
  for (std::size_t k = 0; k < places.size(); ++k) {
    add_means(values, std::string(place_names[k]), femur, [&](std::size_t v) {
      return (femur.cortex->surface.mesh.vertices_mm[v] - eigen(places[k])).norm() < place_radius_mm;
    });
  }
  for (std::size_t voi = 0; voi < names.size(); ++voi) {
    const std::optional<CortexMeans>& means = femur.cortex->regions[voi];
    if (!means) continue;
    const std::string name = std::string("reported.") + names[voi];
    values[name + ".cth"] = means->cth_mm;
    values[name + ".cm"] = means->cm_mg_cm2;
    values[name + ".cbmd"] = means->cbmd_mg_cm3;
    values[name + ".ectd"] = means->ectd_mg_cm3;
  }
}

double least_angle_deg(const TriangleMesh& mesh, const std::array<int, 3>& t) {
  double least = 180.0;
  for (std::size_t k = 0; k < 3; ++k) {
    const auto at = [&](std::size_t i) -> const Eigen::Vector3d& {
      return mesh.vertices_mm[static_cast<std::size_t>(t[(k + i) % 3])];
    };
    const Eigen::Vector3d a = at(1) - at(0);
    const Eigen::Vector3d b = at(2) - at(0);
    least = std::min(least, std::atan2(a.cross(b).norm(), a.dot(b)) * 180.0 / std::numbers::pi);
  }
  return least;
}

void add_mesh(Values& values, const TriangleMesh& mesh) {
  constexpr double least_good_deg = 25.0;
  values["mesh.vertices"] = static_cast<double>(mesh.vertices_mm.size());
  values["mesh.euler"] = euler_number(mesh);
  values["mesh.triangles"] = static_cast<double>(mesh.triangles.size());
  values["mesh.thin"] = static_cast<double>(std::ranges::count_if(
      mesh.triangles, [&](const auto& t) { return least_angle_deg(mesh, t) < least_good_deg; }));
}

// A map of the measured surface at the vertices of the true one; NaN where nothing is measured.
std::vector<double> at_truth(const MappedFemur& femur, std::span<const float> map) {
  std::vector<double> carried;
  for (const int v : femur.nearest_measured) {
    const bool there =
        v >= 0 && femur.cortex->map.state[static_cast<std::size_t>(v)] == VertexState::measured;
    carried.push_back(there ? static_cast<double>(map[static_cast<std::size_t>(v)]) : std::nan(""));
  }
  return carried;
}

std::vector<double> smoothed_at_truth(const MappedFemur& femur, double fwhm_mm) {
  const CorticalMap& map = femur.cortex->map;
  std::vector<std::uint8_t> measured;
  for (const VertexState state : map.state) measured.push_back(state == VertexState::measured ? 1 : 0);
  const SurfaceDiffusion diffusion(femur.cortex->surface.mesh, {.fwhm_mm = fwhm_mm});
  return at_truth(femur, diffusion.smoothed(map.cth_mm, measured));
}

// Everything of a map that is compared, at the vertices of the true surface.
struct CarriedMaps {
  explicit CarriedMaps(const MappedFemur& femur)
      : cth(at_truth(femur, femur.cortex->map.cth_mm)),
        cbmd(at_truth(femur, femur.cortex->map.cbmd_mg_cm3)),
        ectd(at_truth(femur, femur.cortex->map.ectd_mg_cm3)),
        information(at_truth(femur, femur.cortex->map.information_share)) {
    for (std::size_t s = 0; s < smoothed.size(); ++s)
      smoothed[s] = smoothed_at_truth(femur, smoothing_fwhm_mm[s]);
  }
  std::vector<double> cth;
  std::vector<double> cbmd;
  std::vector<double> ectd;
  std::vector<double> information;
  std::array<std::vector<double>, smoothing_fwhm_mm.size()> smoothed;
};

// How a quantity changes between the truth of two scans.
using Change = std::function<double(const sim::CortexTruth&, const sim::CortexTruth&)>;

// Where the true change round a place is at least half its largest.
std::vector<std::size_t> half_change(const MappedFemur& before,
                                     const MappedFemur& after,
                                     const Eigen::Vector3d& place,
                                     double radius_mm,
                                     const Change& change) {
  std::vector<std::size_t> near;
  const auto at = [&](std::size_t v) {
    return std::abs(change(before.truth.cortex[v], after.truth.cortex[v]));
  };
  double largest = 0.0;
  for (std::size_t v = 0; v < before.truth.cortex.size(); ++v) {
    if (!before.truth.cortex[v].valid || !after.truth.cortex[v].valid) continue;
    if ((eigen(before.truth.vertices_patient_mm[v]) - place).norm() > radius_mm) continue;
    near.push_back(v);
    largest = std::max(largest, at(v));
  }
  std::erase_if(near, [&](std::size_t v) { return at(v) < 0.5 * largest; });
  return near;
}

double percent(double after, double before) { return 100.0 * (after / before - 1.0); }

void add_trouble(Values& values, const MappedFemur& femur) {
  const CortexMeasurement& cortex = *femur.cortex;
  const auto noted = [&](NoteCode code) {
    return std::ranges::any_of(cortex.notes, [&](const QualityNote& n) { return n.code == code; }) ? 1.0
                                                                                                   : 0.0;
  };
  values["note.uneven"] = noted(NoteCode::cortex_density_uneven);
  values["note.joint"] = noted(NoteCode::cortex_joint_closed);
  values["note.incomplete"] = noted(NoteCode::cortex_incomplete);
  if (cortex.density_spread) values["spread"] = *cortex.density_spread;
  for (std::size_t v = 0; v < femur.vertices.size(); ++v) {
    if (!femur.vertices[v].cap) continue;
    const Unmeasured why = cortex.unmeasured[v];
    values["cap.all"] += 1.0;
    if (why == Unmeasured::closed_joint || why == Unmeasured::hidden_joint) values["cap.left_out"] += 1.0;
  }
}

}  // namespace

Values values_of(const MappedFemur& femur, const sim::FemurParameters& bone) {
  Values values{{"mapped", femur.failure.empty() ? 1.0 : 0.0}};
  if (!femur.cortex) return values;
  add_errors(values, femur);
  add_regions_and_places(values, femur, bone);
  add_mesh(values, femur.cortex->surface.mesh);
  add_trouble(values, femur);
  values["bone.cbmd"] = femur.cortex->map.bone.prior.cortex;
  values["bone.true_cbmd"] = bone.cortical_density_mg_cm3;
  values["bone.blur"] = femur.cortex->map.bone.prior.blur_sd_mm;
  return values;
}

Values defect_values(const MappedFemur& whole,
                     const MappedFemur& thin,
                     const sim::FemurParameters& bone,
                     double fwhm_mm) {
  if (!whole.cortex || !thin.cortex || whole.truth.cortex.size() != thin.truth.cortex.size())
    return {{"mapped", 0.0}};
  Values values{{"mapped", 1.0}};
  const CarriedMaps before(whole);
  const CarriedMaps after(thin);
  const auto side = whole.side == Side::right ? sim::Side::right : sim::Side::left;
  const std::array places = places_patient_mm(bone, side);
  const Change loss = [](const sim::CortexTruth& a, const sim::CortexTruth& b) {
    return a.cth_mm - b.cth_mm;
  };
  for (std::size_t k = 0; k < places.size(); ++k) {
    const std::string name(place_names[k]);
    for (const std::size_t v : half_change(whole, thin, eigen(places[k]), 1.5 * fwhm_mm, loss)) {
      if (!std::isfinite(before.cth[v]) || !std::isfinite(after.cth[v])) continue;
      const sim::CortexTruth& truth_before = whole.truth.cortex[v];
      const sim::CortexTruth& truth_after = thin.truth.cortex[v];
      values[name + ".n"] += 1.0;
      values[name + ".loss"] += truth_before.cth_mm - truth_after.cth_mm;
      values[name + ".cth"] += truth_before.cth_mm;
      values[name + ".seen"] += before.cth[v] - after.cth[v];
      for (std::size_t s = 0; s < smoothing_fwhm_mm.size(); ++s)
        values[name + ".seen" + std::to_string(smoothing_fwhm_mm[s])] +=
            before.smoothed[s][v] - after.smoothed[s][v];
      values[name + ".cbmd"] += percent(after.cbmd[v], before.cbmd[v]);
      values[name + ".true_cbmd"] += percent(truth_after.cbmd_mg_cm3, truth_before.cbmd_mg_cm3);
      values[name + ".ectd"] += after.ectd[v] - before.ectd[v];
      values[name + ".true_ectd"] += truth_after.ectd_mg_cm3 - truth_before.ectd_mg_cm3;
      values[name + ".prior"] += after.information[v] < prior_dominated ? 1.0 : 0.0;
    }
  }
  return values;
}

Values patch_values(const MappedFemur& whole,
                    const MappedFemur& dense,
                    const sim::FemurParameters& bone,
                    double fwhm_mm) {
  if (!whole.cortex || !dense.cortex || whole.truth.cortex.size() != dense.truth.cortex.size())
    return {{"mapped", 0.0}};
  Values values{{"mapped", 1.0}};
  const CarriedMaps before(whole);
  const CarriedMaps after(dense);
  const auto side = whole.side == Side::right ? sim::Side::right : sim::Side::left;
  const std::array two = places_patient_mm(bone, side);
  const sim::FemurPose pose(sim::FemurShape(bone), side);
  const Change denser = [](const sim::CortexTruth& a, const sim::CortexTruth& b) {
    return percent(b.cbmd_mg_cm3, a.cbmd_mg_cm3);
  };
  for (const sim::Vec3& place : {two[0], two[1], pose.patient_from_femur(shaft_place_femur_mm(bone))}) {
    for (const std::size_t v : half_change(whole, dense, eigen(place), 1.5 * fwhm_mm, denser)) {
      if (!std::isfinite(before.cth[v]) || !std::isfinite(after.cth[v])) continue;
      const sim::CortexTruth& truth_before = whole.truth.cortex[v];
      const sim::CortexTruth& truth_after = dense.truth.cortex[v];
      const std::string band = band_of(truth_before.cth_mm);
      values[band + ".n"] += 1.0;
      values[band + ".change"] += denser(truth_before, truth_after);
      values[band + ".seen"] += percent(after.cbmd[v], before.cbmd[v]);
      values[band + ".cth"] += percent(after.cth[v], before.cth[v]);
      values[band + ".true_cth"] += percent(truth_after.cth_mm, truth_before.cth_mm);
      values[band + ".cm"] += percent(after.cth[v] * after.cbmd[v], before.cth[v] * before.cbmd[v]);
      values[band + ".true_cm"] += percent(truth_after.cm_mg_cm2, truth_before.cm_mg_cm2);
      values[band + ".prior"] += after.information[v] < prior_dominated ? 1.0 : 0.0;
    }
  }
  return values;
}

}  // namespace focalhip::proof
