#include "tests/proof/femur/simulated_person.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "testdata/simulator/person_changes.h"

namespace focalhip::proof {

namespace sim = simulator;

sim::HipParameters person_of(const FemurCase& one, const FemurProofSize& /*size*/) {
  if (one.column != "implicit") throw std::runtime_error("no mesh-based hips yet");
  return sim::draw_hip(one.seed, one.seed % 2 == 0 ? sim::Sex::female : sim::Sex::male);
}

namespace {

void end_above_heads(const sim::HipParameters& hip, sim::Protocol& protocol) {
  constexpr double above_heads_mm = 25.0;
  const sim::ScanGrid whole = sim::plan_scan(hip, protocol);
  const double top = protocol.table_z_mm + above_heads_mm +
                     std::max(hip.right.head_centre_patient_mm.z + hip.right.head_radius_mm,
                              hip.left.head_centre_patient_mm.z + hip.left.head_radius_mm);
  protocol.slices =
      1 + static_cast<int>(std::ceil((top - whole.origin_patient_mm.z) / whole.slice_spacing_mm));
}

}  // namespace

sim::Protocol grade_a_protocol(const sim::HipParameters& hip) {
  sim::Protocol protocol;
  protocol.psf_fwhm_mm = 1.3;
  protocol.noise_sd_hu = 30.0;
  protocol.tube_kvp = 120.0;
  end_above_heads(hip, protocol);
  return protocol;
}

sim::Protocol coarse_protocol(const sim::HipParameters& hip) {
  sim::Protocol protocol = sim::coarse_protocol();
  protocol.noise_sd_hu = 30.0;
  end_above_heads(hip, protocol);
  return protocol;
}

}  // namespace focalhip::proof
