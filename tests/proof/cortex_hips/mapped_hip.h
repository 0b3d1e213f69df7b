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
};

struct MappedFemur {
  Side side = Side::right;
  std::string failure;  // empty = mapped
  std::optional<CortexMeasurement> cortex;
  std::vector<VertexPair> vertices;  // of the measured surface
  simulator::SurfaceMesh truth;
  std::vector<int> nearest_measured;  // vertex of the measured surface for each of the true one; -1 = none
};

[[nodiscard]] std::array<MappedFemur, 2> map_hip(const simulator::HipParameters& hip,
                                                 const simulator::Protocol& protocol,
                                                 std::uint64_t noise_seed);

[[nodiscard]] inline Eigen::Vector3d eigen(const simulator::Vec3& v) { return {v.x, v.y, v.z}; }

}  // namespace focalhip::proof
