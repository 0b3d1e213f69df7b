#include <array>
#include <string>

#include "analysis/pipeline.h"
#include "tests/proof/femur/compare_femur.h"
#include "tests/proof/femur/femur_experiments.h"
#include "tests/proof/femur/simulated_person.h"
#include "tests/support/simulated_volume.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

// Which side is hurt: values of "hurt".
enum class Hurt { none = -1, right = 0, left = 1, both = 2 };

bool is_hurt(Hurt hurt, Side side) {
  return hurt == Hurt::both || static_cast<int>(hurt) == static_cast<int>(side);
}

HipReport report_of(const sim::SimulatedScan& scan, const sim::Protocol& protocol) {
  AnalysisOptions options;
  options.threads = 1;
  options.map_cortex = false;
  options.side = SideChoice::automatic;
  return analyse(test::ct_volume(scan.grid, scan.hu, protocol.tube_kvp), {}, options);
}

// A hurt femur that is used or reported, or one that is reported under the other one's name.
bool has_wrong_side(const HipReport& report, const sim::ScanTruth& truth, Hurt hurt) {
  for (const FemurResult& femur : report.femurs) {
    const FemurMeasurement* measured = femur.measurement();
    if (measured == nullptr) continue;
    if (is_wrong_side(measured->frame.head_centre_patient_mm, femur.side, truth)) return true;
    if (femur.used_for_atlas && is_hurt(hurt, femur.side)) return true;
  }
  return false;
}

CaseResults side_chosen(const FemurCase& one, const sim::HipParameters& hip, Hurt hurt) {
  sim::Protocol protocol = coarse_protocol(hip);
  // Only sides are judged here, in many persons: a cheaper scan will do.
  protocol.true_regions = false;
  protocol.field_step_mm = 1.5;
  protocol.fine_in_plane_mm = 0.9;
  protocol.fine_along_z_mm = 1.25;
  const sim::SimulatedScan scan = sim::simulate(hip, protocol, noise_seed(one), 1);
  const HipReport report = report_of(scan, protocol);
  CaseValues result{.of = one, .side = '-', .value = {}};
  result.value["hurt"] = static_cast<double>(hurt);
  result.value["wrong_side"] = has_wrong_side(report, scan.truth, hurt) ? 1 : 0;
  result.value["used"] = -1;
  result.value["judged"] = report.side ? 1 : 0;
  result.value["refused"] = report.refusal ? static_cast<double>(report.refusal->code) : -1;
  if (report.side) {
    const SideDecision& decision = report.side->decision;
    if (decision.used) result.value["used"] = static_cast<double>(*decision.used);
    result.value["right"] = static_cast<double>(decision.state[0]);
    result.value["left"] = static_cast<double>(decision.state[1]);
    result.value["uncertain"] = decision.uncertain ? 1 : 0;
  }
  return {result};
}

}  // namespace

CaseResults run_intact(const FemurCase& one, const FemurProofSize& size) {
  const sim::HipParameters hip = person_of(one, size);
  return side_chosen(one, hip, Hurt::none);
}

CaseResults run_implant(const FemurCase& one, const FemurProofSize& size) {
  sim::HipParameters hip = person_of(one, size);
  const std::array<Hurt, 3> sides{Hurt::right, Hurt::left, Hurt::both};
  const Hurt hurt = sides[one.seed % 3];
  if (is_hurt(hurt, Side::right)) hip.implants.push_back(sim::draw_implant(one.seed, true));
  if (is_hurt(hurt, Side::left)) hip.implants.push_back(sim::draw_implant(one.seed + 1, false));
  CaseResults results = side_chosen(one, hip, hurt);
  results[0].value["kind"] = static_cast<double>(hip.implants.front().kind);
  return results;
}

namespace {

CaseResults run_broken(const FemurCase& one, const FemurProofSize& size, sim::FractureClass kind) {
  sim::HipParameters hip = person_of(one, size);
  const std::array<sim::FractureSite, 4> sites{sim::FractureSite::subcapital,
                                               sim::FractureSite::transcervical,
                                               sim::FractureSite::basicervical,
                                               sim::FractureSite::intertrochanteric};
  // All eight pairs of site and side in turn, in persons of either sex.
  const sim::Fracture fracture = sim::draw_fracture(one.seed, sites[one.seed / 4 % 4], kind);
  const Hurt hurt = one.seed / 2 % 2 == 0 ? Hurt::right : Hurt::left;
  (hurt == Hurt::right ? hip.right : hip.left).fracture = fracture;
  CaseResults results = side_chosen(one, hip, hurt);
  results[0].value["site"] = static_cast<double>(fracture.site);
  results[0].value["moved_mm"] = sim::fracture_displacement_mm(fracture);
  results[0].value["turned_deg"] = sim::fracture_rotation_deg(fracture);
  return results;
}

}  // namespace

CaseResults run_fracture(const FemurCase& one, const FemurProofSize& size) {
  return run_broken(one, size, sim::FractureClass::displaced);
}

CaseResults run_fissure(const FemurCase& one, const FemurProofSize& size) {
  return run_broken(
      one, size, one.variant == "impacted" ? sim::FractureClass::impacted : sim::FractureClass::undisplaced);
}

CaseResults run_internal(const FemurCase& one, const FemurProofSize& size) {
  const sim::HipParameters hip = person_of(one, size);
  sim::Protocol protocol = coarse_protocol(hip);
  protocol.phantom = false;
  const sim::SimulatedScan scan = sim::simulate(hip, protocol, noise_seed(one), 1);
  AnalysisOptions options;
  options.threads = 1;
  options.calibration.internal = true;
  const HipReport report = analyse(test::ct_volume(scan.grid, scan.hu, protocol.tube_kvp), {}, options);
  CaseResults results;
  for (const FemurResult& femur : report.femurs) {
    CaseValues result{.of = one, .side = letter(femur.side), .value = {}};
    const FemurMeasurement* measured = femur.measurement();
    result.value["failed"] = measured == nullptr ? 1 : 0;
    result.value["refused"] = report.refusal ? static_cast<double>(report.refusal->code) : -1;
    if (measured != nullptr) {
      result.value = compare_femur(*measured, scan, nullptr);
      result.value["failed"] = 0;
      result.value["internal"] =
          report.calibration->grade == Grade::c && report.calibration->method == CalibrationMethod::internal
              ? 1
              : 0;
    }
    results.push_back(result);
  }
  if (results.empty()) results.push_back({.of = one, .side = '-', .value = {{"failed", 1}}});
  return results;
}

}  // namespace focalhip::proof
