#include "tests/proof/cortex_hips/hip_cases.h"

#include <array>

#include "testdata/simulator/person_changes.h"
#include "tests/proof/cortex_hips/hip_changes.h"
#include "tests/proof/cortex_hips/hip_values.h"
#include "tests/proof/femur/simulated_person.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

constexpr std::array losses{1.0, 0.85, 0.7};  // grades of bone loss, in turn

using Femora = std::array<MappedFemur, 2>;

// As the scan places it: the table moves along z.
sim::FemurParameters bone_of(const sim::HipParameters& hip, std::size_t side) {
  sim::FemurParameters bone = side == 0 ? hip.right : hip.left;
  bone.head_centre_patient_mm.z += grade_a_protocol(hip).table_z_mm;
  return bone;
}

template <typename ValuesOfSide>
void add_case(FemurResults& results, const FemurCase& one, const ValuesOfSide& values_of_side) {
  std::vector<CaseValues> both;
  for (const std::size_t side : {0U, 1U})
    both.push_back({.of = one, .side = side == 0 ? 'R' : 'L', .value = values_of_side(side)});
  results.add(both);
}

// Another scan of a person, told on its own.
void add_scan(FemurResults& results,
              const FemurCase& one,
              const sim::HipParameters& hip,
              const sim::Protocol& protocol,
              std::uint64_t noise_seed) {
  const Femora femora = map_hip(hip, protocol, noise_seed);
  add_case(results, one, [&](std::size_t side) { return values_of(femora[side], bone_of(hip, side)); });
}

// What disturbs a map: a worn joint, a hardened beam, cortex that is not as dense everywhere.
void run_troubles(const HipProofSize& size,
                  const std::string& column,
                  int person,
                  const sim::HipParameters& hip,
                  FemurResults& results) {
  const auto scan = [&](const std::string& variant,
                        const sim::HipParameters& changed,
                        const sim::Protocol& protocol,
                        std::uint64_t noise) {
    const FemurCase one = hip_case(size, column, person, variant);
    if (!results.has(one)) add_scan(results, one, changed, protocol, one.seed + noise);
  };
  const sim::HipParameters worn = with_severe_arthritis(hip);
  scan("arthritic", worn, grade_a_protocol(worn), 6000000);
  sim::Protocol hardened = grade_a_protocol(hip);
  hardened.beam_hardening = hardening;
  scan("hardened", hip, hardened, 7000000);
  const sim::HipParameters uneven = with_uneven_shaft(hip, uneven_fwhm_mm, uneven_change);
  scan("uneven", uneven, grade_a_protocol(uneven), 8000000);
}

}  // namespace

FemurCase hip_case(const HipProofSize& size,
                   const std::string& column,
                   int person,
                   const std::string& variant) {
  const bool mesh = column == "mesh";
  return {.group = "cortex",
          .column = column,
          .bone = mesh ? 1 + person % 10 : 0,
          .seed = size.first_seed + static_cast<std::uint64_t>(person) + (mesh ? 5000 : 0),
          .variant = variant};
}

void run_person(const HipProofSize& size, const std::string& column, int person, FemurResults& results) {
  const auto missing = [&](const std::string& variant) {
    return !results.has(hip_case(size, column, person, variant));
  };
  const FemurCase first = hip_case(size, column, person, "first");
  const std::uint64_t seed = first.seed;
  const sim::HipParameters hip =
      with_bone_loss(person_of(first, size.bones), losses[static_cast<std::size_t>(person) % losses.size()]);
  const bool defect = person < size.defects && missing("defect");
  const bool patch = person < size.patches && missing("patch");
  if (missing("first") || defect || patch) {
    const Femora whole = map_hip(hip, grade_a_protocol(hip), seed);
    if (missing("first")) {
      add_case(results, first, [&](std::size_t side) { return values_of(whole[side], bone_of(hip, side)); });
    }
    if (defect) {
      const double fwhm_mm = defect_fwhm_mm(person);
      const sim::HipParameters thinned = with_defects(hip, fwhm_mm, defect_depth(person));
      const Femora thin = map_hip(thinned, grade_a_protocol(hip), seed + 2000000);
      add_case(results, hip_case(size, column, person, "defect"), [&](std::size_t side) {
        return defect_values(whole[side], thin[side], bone_of(hip, side), fwhm_mm);
      });
    }
    if (patch) {
      const sim::HipParameters planted =
          with_cortical_patches(hip, patch_fwhm_mm, planted_density(person) - 1.0);
      const Femora dense = map_hip(planted, grade_a_protocol(hip), seed + 5000000);
      add_case(results, hip_case(size, column, person, "patch"), [&](std::size_t side) {
        return patch_values(whole[side], dense[side], bone_of(hip, side), patch_fwhm_mm);
      });
    }
  }
  if (person < size.rescans && missing("again")) {
    const sim::HipParameters again = sim::repositioned(hip, seed + 17);
    add_scan(
        results, hip_case(size, column, person, "again"), again, grade_a_protocol(again), seed + 1000000);
  }
  if (person < size.densities && missing("dense")) {
    const sim::HipParameters dense = with_cortical_density(hip, planted_density(person));
    add_scan(
        results, hip_case(size, column, person, "dense"), dense, grade_a_protocol(dense), seed + 3000000);
  }
  for (const double overshoot : overshoots) {
    if (person >= size.kernels || !missing(sharp_variant(overshoot))) continue;
    sim::Protocol protocol = grade_a_protocol(hip);
    protocol.overshoot = overshoot;
    protocol.psf_fwhm_mm = 1.0;
    add_scan(
        results, hip_case(size, column, person, sharp_variant(overshoot)), hip, protocol, seed + 4000000);
  }
  if (person < size.troubles) run_troubles(size, column, person, hip, results);
}

}  // namespace focalhip::proof
