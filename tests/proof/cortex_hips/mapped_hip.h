#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/hip_report.h"
#include "testdata/simulator/simulate.h"

// Simulated hips through the whole analysis, nothing given, against what the simulator measured along the
// true normals of its own final density.
namespace focalhip::proof {

// A measured vertex and the nearest one of the true surface.
struct VertexPair {
  VertexState state = VertexState::left_out;
  SurfaceRegion region = SurfaceRegion::none;
  bool cap = false;  // articular: may face the socket
  bool truth_valid = false;
  double area_mm2 = 0.0;
  double true_cth_mm = 0.0;
  double true_cbmd = 0.0;  // mg/cm3 HA
  double true_ectd = 0.0;
  double cth_mm = 0.0;
  double cbmd = 0.0;
  double ectd = 0.0;
  double information = 0.0;
  std::size_t true_vertex = 0;
};

struct MappedFemur {
  Side side = Side::right;
  std::string failure;  // empty = mapped
  double global_density = 0.0;
  double blur_sd_mm = 0.0;
  std::vector<VertexPair> vertices;
  simulator::SurfaceMesh truth;
  // Measured map carried to the true vertices (value of the nearest measured vertex; NaN = none).
  std::vector<double> cth_at_truth;
  std::array<std::optional<CortexMeans>, 4> regions;
};

[[nodiscard]] std::array<MappedFemur, 2> map_hip(const simulator::HipParameters& hip,
                                                 const simulator::Protocol& protocol,
                                                 std::uint64_t noise_seed);

// Cortex thinner and spongy bone rarer by a factor, everywhere.
[[nodiscard]] simulator::HipParameters with_bone_loss(simulator::HipParameters hip, double factor);

}  // namespace focalhip::proof
