#include "testdata/simulator/person_changes.h"

#include <algorithm>

#include "testdata/simulator/counter_random.h"

namespace focalhip::simulator {
namespace {

constexpr std::uint64_t stream_reposition = 80;

}  // namespace

void rotate_leg(FemurParameters& femur, double internal_deg) {
  // Inwards the trochanter comes forward, so the neck looks less forward.
  femur.anteversion_rad -= internal_deg * degree;
}

HipParameters repositioned(HipParameters hip, std::uint64_t seed, const Reposition& bounds) {
  if (seed == 0) return hip;
  RandomStream random(seed, stream_reposition);
  const auto within = [&](double bound) { return random.uniform(-bound, bound); };
  for (FemurParameters* f : {&hip.right, &hip.left}) {
    rotate_leg(*f, within(bounds.angle_deg));
    f->flexion_rad += within(bounds.angle_deg) * degree;
    f->adduction_rad += within(0.5 * bounds.angle_deg) * degree;
  }
  const Vec3 shift{within(bounds.shift_mm), within(0.3 * bounds.shift_mm), within(bounds.shift_mm)};
  hip.right.head_centre_patient_mm = hip.right.head_centre_patient_mm + shift;
  hip.left.head_centre_patient_mm = hip.left.head_centre_patient_mm + shift;
  hip.phantom.shift_x_mm += within(bounds.phantom_mm);
  return hip;
}

HipParameters with_thin_cortex(HipParameters hip, double cortex_mm) {
  for (FemurParameters* f : {&hip.right, &hip.left}) {
    f->head_cortex_mm = f->superior_neck_cortex_mm = f->trochanter_cortex_mm = cortex_mm;
    f->lesser_cortex_mm = f->calcar_cortex_mm = cortex_mm;
  }
  return hip;
}

HipParameters with_joint_space(HipParameters hip, double joint_space_mm) {
  hip.right_pelvis.joint_space_mm = hip.left_pelvis.joint_space_mm = joint_space_mm;
  return hip;
}

Protocol coarse_protocol() {
  Protocol protocol;
  protocol.field_of_view_mm = 440.0;
  protocol.matrix = 352;
  protocol.slice_spacing_mm = 2.5;
  protocol.slice_thickness_mm = 2.5;
  protocol.fine_in_plane_mm = 0.7;
  protocol.fine_along_z_mm = 0.85;
  return protocol;
}

}  // namespace focalhip::simulator
