#include "tests/proof/trap_reading.h"

#include <variant>

#include "analysis/calibration/calibrate.h"
#include "analysis/femur/segment_femora.h"
#include "listener/programs/find_series.h"
#include "listener/series/read_ct_volume.h"
#include "testdata/simulator/counter_random.h"
#include "tests/proof/compare_volumes.h"
#include "tests/proof/proof_table.h"
#include "tests/support/temporary_folder.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

constexpr double largest_head_error_mm = 3.0;

sim::Protocol protocol_of(ScanKind kind) {
  sim::Protocol protocol;
  protocol.matrix = 384;
  protocol.slice_spacing_mm = protocol.slice_thickness_mm = 1.25;
  protocol.noise_sd_hu = 30.0;
  protocol.prone = kind == ScanKind::prone;
  if (kind == ScanKind::tilted) protocol.gantry_tilt_deg = 15.0;
  if (kind == ScanKind::sheared) protocol.shear_deg = 10.0;
  return protocol;
}

// The volume `focalhip analyze` would read. Throws Refusal where it would refuse before the pixels.
ReadSeries read_folder(const std::filesystem::path& folder, int threads) {
  const FoundSeries found = find_series(folder, threads, {});
  const auto refuse = [](const std::optional<NotMeasured>& reason) {
    if (reason) throw Refusal(reason->code, reason->detail);
  };
  refuse(found.unreadable);
  refuse(found.work.refusal);
  if (!found.work.volume) throw Refusal(RefusalCode::no_images, "no volume");
  refuse(found.work.volume->problem);
  return read_ct_volume(*found.work.volume, threads);
}

// As `analyse` does with a [[phantom]] that says how it lies. Throws Refusal.
void calibrate_as_declared(const CtVolume& ct, const TrapScan& scan, int threads) {
  Phantom phantom = mindways_model_3();
  phantom.first_rod = scan.hip.phantom.reversed ? FirstRod::left : FirstRod::right;
  CalibrationOptions options;
  options.phantoms = {{.phantom = phantom, .device_serial_number = {}, .station_name = {}}};
  options.threads = threads;
  static_cast<void>(calibrate(ct, options));
}

std::optional<Eigen::Vector3d> head_of(const FemurOutcome& femur) {
  if (const auto* found = std::get_if<SegmentedFemur>(&femur)) return found->frame.head_centre_patient_mm;
  return std::get<UnmeasuredFemur>(femur).head_centre_patient_mm;
}

// Which femur stands nearer to a head that was called the right one, and how near.
void look_at_sides(const CtVolume& ct, const sim::ScanTruth& truth, int threads, TrapOutcome& outcome) {
  const std::array<FemurOutcome, 2> femora = segment_femora(ct, {.threads = threads});
  outcome.sides_seen = true;
  for (const bool right : {true, false}) {
    const std::optional<Eigen::Vector3d> head = head_of(femora[right ? 0 : 1]);
    if (!head) {
      outcome.said += right ? "no right head; " : "no left head; ";
      continue;
    }
    const sim::Vec3 own = right ? truth.right.head_centre : truth.left.head_centre;
    const double error_mm = (*head - Eigen::Vector3d(own.x, own.y, own.z)).norm();
    if (error_mm <= largest_head_error_mm) continue;
    outcome.said += (right ? "right head off by " : "left head off by ") + text(error_mm, 1) + " mm; ";
    // Far from its own place is the other hip's.
    if (error_mm > 50.0) outcome.is_wrong_side = true;
  }
}

std::string difference(const Trap& trap,
                       const TrapTruth& truth,
                       const sim::SimulatedScan& supine,
                       const CtVolume& ct) {
  return trap.is_resampled ? difference_from(supine, ct) : difference_from(truth, ct);
}

void judge_reading(const Trap& trap,
                   const TrapTruth& truth,
                   const TrapScan& scan,
                   const sim::SimulatedScan& supine,
                   const CtVolume& ct,
                   int threads,
                   TrapOutcome& outcome) {
  if (trap.refused || trap.moves_slices) look_at_sides(ct, scan.scan.truth, threads, outcome);
  if (trap.refused) {  // segmentation did not refuse either
    outcome.said = "read instead of " + std::string(code_string(*trap.refused)) + "; " + outcome.said;
    outcome.is_wrong_side = outcome.is_wrong_side || trap.swaps_sides;
    return;
  }
  outcome.said += difference(trap, truth, supine, ct);
  outcome.is_correct = outcome.said.empty();
}

}  // namespace

TrapScan scan_for_traps(ScanKind kind, std::uint64_t seed, int threads) {
  TrapScan made{.hip = sim::draw_hip(seed, seed % 2 == 0 ? sim::Sex::female : sim::Sex::male),
                .protocol = protocol_of(kind),
                .study = {},
                .scan = {}};
  // The scanner is the same whatever the kind of scan; only the noise is another.
  made.protocol.water_offset_hu = sim::drawn_water_offset_hu(made.protocol, seed);
  made.study = sim::study_header(made.hip, 1, "PROOF");
  made.scan =
      sim::simulate(made.hip, made.protocol, seed + 1'000'000 * static_cast<std::uint64_t>(kind), threads);
  return made;
}

TrapOutcome run_trap(const Trap& trap, const TrapScan& scan, const sim::SimulatedScan& supine, int threads) {
  const testing_support::TemporaryFolder folder;
  const TrapTruth truth = trap.write(scan, folder.path());
  TrapOutcome outcome;
  try {
    const ReadSeries read = read_folder(folder.path(), threads);
    if (trap.declares_phantom) calibrate_as_declared(read.ct, scan, threads);
    judge_reading(trap, truth, scan, supine, read.ct, threads, outcome);
  } catch (const Refusal& refusal) {
    outcome.sides_seen = false;
    outcome.is_correct = trap.refused == refusal.code();
    outcome.said = std::string(code_string(refusal.code())) + " " + refusal.what();
  }
  return outcome;
}

}  // namespace focalhip::proof
