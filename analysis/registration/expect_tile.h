#pragma once

#include <array>

#include "analysis/registration/simd_level.h"

namespace focalhip {

inline constexpr int tile_points = 16;

// Up to 16 target points against blocks of 16 moved source points: the innermost work of the fast expectation
// step. Plain pointers, because files that implement it are compiled for instruction sets other code must not
// be.
struct ExpectTile {
  int target_count = 0;
  std::array<const double*, 3> target{};  // x, y, z of the tile's targets
  std::array<double, 3> centre{};         // coordinates become float relative to it
  std::array<const double*, 3> moved{};   // x, y, z of all source points, padded to whole blocks
  const int* blocks = nullptr;            // which blocks of 16 source points matter
  int block_count = 0;
  double scale = 0.0;          // sqrt(log2(e) / (2 sigma2)): squared distances become exponents of 2
  double uniform = 0.0;        // c
  double least_density = 0.0;  // a target whose density is lower is left out of all sums
  float* scratch = nullptr;    // 256 floats a block
  double* weight = nullptr;    // of every source point, added to
  std::array<double*, 3> residual{};
  // Results:
  double squared_residual = 0.0;
  std::array<double, tile_points> density{};  // of every target, uniform component included
};

void expect_tile_scalar(ExpectTile& tile);
void expect_tile_sse2(ExpectTile& tile);
void expect_tile_avx2(ExpectTile& tile);
void expect_tile_avx512(ExpectTile& tile);

using ExpectTileFunction = void (*)(ExpectTile&);
// The processor must support the level.
[[nodiscard]] ExpectTileFunction expect_tile_function(SimdLevel level);

}  // namespace focalhip
