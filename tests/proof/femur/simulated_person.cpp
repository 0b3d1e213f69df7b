#include "tests/proof/femur/simulated_person.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "testdata/simulator/counter_random.h"
#include "testdata/simulator/mesh_bone.h"
#include "testdata/simulator/person_changes.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

// Nobody's two femora are mirror images, and no two persons wear the same bone: along each axis a share of
// its own. [qct 6.1: 1.5 % between the sides]
constexpr double shape_sd = 0.015;
constexpr std::uint64_t stream_of_shape = 47;

// The numbered real bone; made once, whoever wears it.
std::shared_ptr<const sim::MeshBone> real_bone(int number, const std::string& folder) {
  static std::mutex mutex;
  static std::map<int, std::shared_ptr<const sim::MeshBone>> bones;
  const std::lock_guard lock(mutex);
  std::shared_ptr<const sim::MeshBone>& bone = bones[number];
  if (bone) return bone;
  const std::string name =
      "narra_femur_" + std::string(number < 10 ? "0" : "") + std::to_string(number) + ".ply";
  const auto packed = std::filesystem::path(folder) / (name + ".xz");
  const auto file = std::filesystem::temp_directory_path() / (std::to_string(getpid()) + name);
  if (std::system(("xz -dc '" + packed.string() + "' > '" + file.string() + "'").c_str()) != 0) {
    throw std::runtime_error(packed.string() + ": xz failed");
  }
  bone = std::make_shared<const sim::MeshBone>(sim::read_triangles(file), name, 1);
  std::filesystem::remove(file);
  return bone;
}

}  // namespace

sim::HipParameters person_of(const FemurCase& one, const FemurProofSize& size) {
  sim::HipParameters hip = sim::draw_hip(one.seed, one.seed % 2 == 0 ? sim::Sex::female : sim::Sex::male);
  if (one.column == "implicit") return hip;
  const std::shared_ptr<const sim::MeshBone> bone = real_bone(one.bone, size.meshes_folder);
  sim::RandomStream random(one.seed, stream_of_shape);
  for (sim::FemurParameters* femur : {&hip.right, &hip.left}) {
    const auto factor = [&] { return std::clamp(random.normal(1.0, shape_sd), 0.95, 1.05); };
    const double lateral = factor();
    const double anterior = factor();
    *femur = sim::wearing(
        *femur, std::make_shared<const sim::MeshBone>(bone->stretched({lateral, anterior, factor()})));
  }
  return hip;
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
