#include <algorithm>

#include "testdata/simulator/counter_random.h"
#include "testdata/simulator/person_changes.h"
#include "tests/proof/femur/compare_femur.h"
#include "tests/proof/femur/femur_experiments.h"
#include "tests/proof/femur/measure_series.h"
#include "tests/proof/femur/simulated_person.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

// The columns of every slice in reversed order: the person's mirror image about the middle of the field.
CtVolume mirrored(CtVolume ct) {
  const auto columns = static_cast<std::ptrdiff_t>(ct.grid.size[0]);
  const auto rows = static_cast<std::ptrdiff_t>(ct.grid.voxel_count()) / columns;
  for (std::ptrdiff_t row = 0; row < rows; ++row) {
    std::reverse(ct.hu.begin() + row * columns, ct.hu.begin() + (row + 1) * columns);
    std::reverse(ct.valid.begin() + row * columns, ct.valid.begin() + (row + 1) * columns);
  }
  return ct;
}

// A femur measured once as it is and once as its mirror image on the other side.
void compare_mirrored(const MeasuredSeries& series, CaseResults& results) {
  MeasuredSeries image;
  image.ct = mirrored(series.ct);
  measure_volume(image.ct, image);
  const double middle_x_mm =
      series.ct.grid.patient_from_voxel({0.5 * (series.ct.grid.size[0] - 1), 0.0, 0.0}).x();
  for (CaseValues& result : results) {
    const std::size_t side = result.side == 'R' ? 0 : 1;
    const auto& here = series.femur[side];
    const auto& there = image.femur[1 - side];
    result.value["mirror.failed"] = here.has_value() == there.has_value() ? 0 : 1;
    if (!here || !there) continue;
    for (const VoiName voi : all_vois) {
      result.value["mirror." + std::string(name(voi))] =
          100.0 * (*(*there)[voi].vbmd_mg_cm3 / *(*here)[voi].vbmd_mg_cm3 - 1.0);
    }
    test::Triangles turned = result_surface(there->mask);
    for (Eigen::Vector3d& p : turned.vertices_mm) p.x() = 2.0 * middle_x_mm - p.x();
    const FemurFrame& frame = here->frame;
    const double end_mm = frame.lesser_trochanter_distal_mm - 10.0;
    result.value["mirror.asd_mm"] =
        gap_between(result_surface(here->mask), turned, [&](const Eigen::Vector3d& p) {
          return frame.shaft_axis_patient.dot(p - frame.origin_patient_mm) > end_mm;
        }).mean_mm;
    Eigen::Vector3d head = there->frame.head_centre_patient_mm;
    head.x() = 2.0 * middle_x_mm - head.x();
    result.value["mirror.wrong_side"] =
        is_wrong_side(head, side == 0 ? Side::right : Side::left, series.scan.truth) ? 1 : 0;
  }
}

}  // namespace

std::uint64_t noise_seed(const FemurCase& one) {
  std::uint64_t hash = one.seed * 1000003U + static_cast<std::uint64_t>(one.bone);
  for (const char c : one.group + one.variant) hash = hash * 1099511628211U + static_cast<unsigned char>(c);
  return hash;
}

CaseResults run_main(const FemurCase& one, const FemurProofSize& size) {
  const sim::HipParameters hip = person_of(one, size);
  const sim::Protocol protocol = grade_a_protocol(hip);
  const MeasuredSeries series = measure_series(hip, protocol, noise_seed(one));
  CaseResults results = compare_series(one, series, hip, protocol, Surfaces::compared);
  constexpr int mirrored_every = 5;  // the mirrored analysis costs as much as the other
  if (one.column == "mesh" || one.seed % mirrored_every == 0) compare_mirrored(series, results);
  for (CaseValues& result : results) {
    const auto& femur = series.femur[result.side == 'R' ? 0 : 1];
    if (one.column == "mesh" && femur)
      compare_with_fitted_shape(femur->frame, femur->side, hip, protocol, result.value);
  }
  return results;
}

CaseResults run_rotation(const FemurCase& one, const FemurProofSize& size) {
  sim::HipParameters hip = person_of(one, size);
  for (sim::FemurParameters* femur : {&hip.right, &hip.left}) {
    sim::rotate_leg(*femur, std::stod(one.variant));
  }
  const sim::Protocol protocol = grade_a_protocol(hip);
  return compare_series(
      one, measure_series(hip, protocol, noise_seed(one)), hip, protocol, Surfaces::left_out);
}

CaseResults run_repeat(const FemurCase& one, const FemurProofSize& size) {
  const sim::HipParameters hip = sim::repositioned(person_of(one, size), noise_seed(one));
  const sim::Protocol protocol = grade_a_protocol(hip);
  return compare_series(
      one, measure_series(hip, protocol, noise_seed(one)), hip, protocol, Surfaces::left_out);
}

CaseResults run_kvp(const FemurCase& one, const FemurProofSize& size) {
  const sim::HipParameters hip = person_of(one, size);
  sim::Protocol protocol = grade_a_protocol(hip);
  protocol.tube_kvp = std::stod(one.variant);
  return compare_series(
      one, measure_series(hip, protocol, noise_seed(one)), hip, protocol, Surfaces::left_out);
}

CaseResults run_thin(const FemurCase& one, const FemurProofSize& size) {
  const sim::HipParameters hip = sim::with_thin_cortex(person_of(one, size), 0.5);
  sim::Protocol protocol = grade_a_protocol(hip);
  protocol.noise_sd_hu = 40.0;
  return compare_series(
      one, measure_series(hip, protocol, noise_seed(one)), hip, protocol, Surfaces::compared);
}

CaseResults run_narrow(const FemurCase& one, const FemurProofSize& size) {
  sim::HipParameters hip = person_of(one, size);
  sim::RandomStream random(one.seed, 77);
  for (sim::PelvisParameters* pelvis : {&hip.right_pelvis, &hip.left_pelvis}) {
    pelvis->joint_space_mm = random.uniform(1.0, 1.9);
  }
  const sim::Protocol protocol = grade_a_protocol(hip);
  return compare_series(
      one, measure_series(hip, protocol, noise_seed(one)), hip, protocol, Surfaces::compared);
}

// What scanners do and the analysis has no model for: bone in a hardened beam, a blur that is wider off the
// middle and along y, edges that overshoot, a shaft less dense than the rest.
CaseResults run_physics(const FemurCase& one, const FemurProofSize& size) {
  sim::HipParameters hip = person_of(one, size);
  for (sim::FemurParameters* femur : {&hip.right, &hip.left}) {
    femur->cortical_patches = {{{0.0, 0.0, femur->lesser_level_mm - 25.0}, 60.0, -0.10}};
  }
  sim::Protocol protocol = grade_a_protocol(hip);
  protocol.beam_hardening = 1.0;
  protocol.psf_growth_per_100_mm = 0.07;
  protocol.psf_y_ratio = 1.1;
  protocol.overshoot = 0.04;
  return compare_series(
      one, measure_series(hip, protocol, noise_seed(one)), hip, protocol, Surfaces::compared);
}

}  // namespace focalhip::proof
