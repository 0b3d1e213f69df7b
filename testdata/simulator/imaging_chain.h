#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "testdata/simulator/protocol.h"
#include "testdata/simulator/scan_grid.h"
#include "testdata/simulator/scene.h"

namespace focalhip::simulator {

// Images of a scene: fine samples, slice profile, in-plane blur, noise, rounding.
struct Images {
  std::vector<std::int16_t> hu;
  std::vector<std::uint8_t> mask;
  std::vector<std::int16_t> density_mg_cm3;
};
[[nodiscard]] Images acquire(const Scene& scene,
                             const Protocol& protocol,
                             const ScanGrid& grid,
                             std::uint64_t noise_seed,
                             int threads,
                             const std::function<void(double)>& progress);

// Adds the noise, rounds and clips one slice, pads it outside the reconstruction circle.
void round_slice(const std::vector<float>& image,
                 const std::vector<float>& deviation,
                 const Protocol& protocol,
                 const ScanGrid& grid,
                 std::int16_t* out);

}  // namespace focalhip::simulator
