#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "testdata/simulator/beam.h"
#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/protocol.h"
#include "testdata/simulator/scan_grid.h"
#include "testdata/simulator/surface_mesh.h"
#include "testdata/simulator/table_model.h"
#include "testdata/simulator/truth.h"

// A simulated hip CT with everything that is true about it. No DICOM here (write_series.h does that).
namespace focalhip::simulator {

struct SimulatedScan {
  ScanGrid grid;
  std::vector<std::int16_t> hu;    // [slice][row][column], slice 0 most caudal
  std::vector<std::uint8_t> mask;  // 1 = right, 2 = left femur (periosteal, head included), 0 elsewhere
  std::vector<std::int16_t> density_mg_cm3;  // HA: mean over the part of the voxel inside the femur, no blur,
                                             // no noise; 0 outside the mask
  ScanTruth truth;
};

// Called with a stage name and the share done (0 .. 1), from one thread at a time.
using Progress = std::function<void(std::string_view stage, double done)>;

// Same arguments, same result, whatever the number of threads. seed: noise and scanner offset; a repeat scan
// of the same person is the same HipParameters with another seed.
[[nodiscard]] SimulatedScan simulate(const HipParameters& hip,
                                     const Protocol& protocol,
                                     std::uint64_t seed,
                                     int threads,
                                     const Progress& progress = {});

// HU of water in the scanner: the protocol's, or drawn.
[[nodiscard]] double drawn_water_offset_hu(const Protocol& protocol, std::uint64_t seed);

// The slices the protocol asks for.
[[nodiscard]] ScanGrid plan_scan(const HipParameters& hip, const Protocol& protocol);

// The periosteal surface of both femora with the true cortical thickness, patient frame.
struct FemurSurfaces {
  SurfaceMesh right;
  SurfaceMesh left;
};
[[nodiscard]] FemurSurfaces simulate_surfaces(const HipParameters& hip,
                                              const Protocol& protocol,
                                              int threads);

// One line per broken rule; empty = usable.
[[nodiscard]] std::vector<std::string> problems_in(const Protocol& protocol);

}  // namespace focalhip::simulator
