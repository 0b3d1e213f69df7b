#include "tests/proof/femur/run_femur_case.h"

#include <algorithm>
#include <functional>
#include <map>
#include <stdexcept>

#include "testdata/simulator/counter_random.h"
#include "tests/proof/femur/compare_femur.h"
#include "tests/proof/femur/measure_series.h"
#include "tests/proof/femur/simulated_person.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

using Results = std::vector<CaseValues>;

// Noise and scanner of a series: those of no other series of the proof.
std::uint64_t noise_seed(const FemurCase& one) {
  std::uint64_t hash = one.seed * 1000003U + static_cast<std::uint64_t>(one.bone);
  for (const char c : one.group + one.variant) hash = hash * 1099511628211U + static_cast<unsigned char>(c);
  return hash;
}

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
void compare_mirrored(const MeasuredSeries& series, Results& results) {
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

Results run_main(const FemurCase& one, const FemurProofSize& size) {
  const sim::HipParameters hip = person_of(one, size);
  const sim::Protocol protocol = grade_a_protocol(hip);
  const MeasuredSeries series = measure_series(hip, protocol, noise_seed(one));
  Results results = compare_series(one, series, hip, protocol, Surfaces::compared);
  compare_mirrored(series, results);
  return results;
}

Results run_rotation(const FemurCase& one, const FemurProofSize& size) {
  sim::HipParameters hip = person_of(one, size);
  const double turn = std::stod(one.variant) * sim::degree;
  hip.right.anteversion_rad += turn;
  hip.left.anteversion_rad += turn;
  const sim::Protocol protocol = grade_a_protocol(hip);
  return compare_series(
      one, measure_series(hip, protocol, noise_seed(one)), hip, protocol, Surfaces::left_out);
}

Results run_kvp(const FemurCase& one, const FemurProofSize& size) {
  const sim::HipParameters hip = person_of(one, size);
  sim::Protocol protocol = grade_a_protocol(hip);
  protocol.tube_kvp = std::stod(one.variant);
  return compare_series(
      one, measure_series(hip, protocol, noise_seed(one)), hip, protocol, Surfaces::left_out);
}

Results run_thin(const FemurCase& one, const FemurProofSize& size) {
  sim::HipParameters hip = person_of(one, size);
  for (sim::FemurParameters* femur : {&hip.right, &hip.left}) {
    for (double* cortex : {&femur->head_cortex_mm,
                           &femur->superior_neck_cortex_mm,
                           &femur->calcar_cortex_mm,
                           &femur->trochanter_cortex_mm,
                           &femur->lesser_cortex_mm,
                           &femur->shaft_cortex_mm}) {
      *cortex = 0.5;
    }
  }
  sim::Protocol protocol = grade_a_protocol(hip);
  protocol.noise_sd_hu = 40.0;
  return compare_series(
      one, measure_series(hip, protocol, noise_seed(one)), hip, protocol, Surfaces::compared);
}

Results run_narrow(const FemurCase& one, const FemurProofSize& size) {
  sim::HipParameters hip = person_of(one, size);
  sim::RandomStream random(one.seed, 77);
  for (sim::PelvisParameters* pelvis : {&hip.right_pelvis, &hip.left_pelvis}) {
    pelvis->joint_space_mm = random.uniform(1.0, 1.9);
  }
  const sim::Protocol protocol = grade_a_protocol(hip);
  return compare_series(
      one, measure_series(hip, protocol, noise_seed(one)), hip, protocol, Surfaces::compared);
}

using Runner = std::function<Results(const FemurCase&, const FemurProofSize&)>;
const std::map<std::string, Runner>& runners() {
  static const std::map<std::string, Runner> all{{"main", run_main},
                                                 {"rotation", run_rotation},
                                                 {"kvp", run_kvp},
                                                 {"thin", run_thin},
                                                 {"narrow", run_narrow}};
  return all;
}

// Persons of a group: own seeds, or those of main where a series is compared with main's.
struct GroupPlan {
  std::string group;
  std::uint64_t seed_offset;
  double share;  // of the persons and meshes asked for
  std::vector<std::string> variants;
};
const std::vector<GroupPlan>& group_plans() {
  static const std::vector<GroupPlan> plans{{"main", 0, 1.0, {"first"}},
                                            {"rotation", 0, 0.12, {"-20", "-10", "10", "20"}},
                                            {"kvp", 0, 0.16, {"100", "140"}},
                                            {"thin", 1000, 0.2, {"thin"}},
                                            {"narrow", 2000, 0.6, {"narrow"}}};
  return plans;
}

}  // namespace

const std::vector<std::string>& femur_groups() {
  static const std::vector<std::string> names{"main", "repeat", "rotation", "kvp", "thin", "narrow"};
  return names;
}

std::vector<FemurCase> planned_cases(const FemurProofSize& size) {
  std::vector<FemurCase> cases;
  const auto wanted = [&](const std::string& group) {
    return size.groups.empty() || std::ranges::find(size.groups, group) != size.groups.end();
  };
  const auto part = [](double share, int count) {
    return count == 0 ? 0 : std::max(1, static_cast<int>(share * count + 0.5));
  };
  for (const GroupPlan& plan : group_plans()) {
    if (!wanted(plan.group)) continue;
    for (int i = 0; i < part(plan.share, size.persons); ++i) {
      for (const std::string& variant : plan.variants) {
        cases.push_back({.group = plan.group,
                         .column = "implicit",
                         .bone = 0,
                         .seed = size.first_seed + plan.seed_offset + static_cast<std::uint64_t>(i),
                         .variant = variant});
      }
    }
  }
  return cases;
}

std::vector<CaseValues> run_femur_case(const FemurCase& one, const FemurProofSize& size) {
  const auto found = runners().find(one.group);
  if (found == runners().end()) throw std::invalid_argument("no experiment " + one.group);
  return found->second(one, size);
}

}  // namespace focalhip::proof
