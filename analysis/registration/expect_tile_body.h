#pragma once

#include <cstdint>

#include "analysis/registration/expect_tile.h"

namespace focalhip {

// expect_tile() for vectors of `width` floats. Instantiated once a width, each in a file of its own that is
// compiled for its instruction set; everything here is a member of a template of that width, so that the
// linker never takes a wide version for general use.
// Minimum::of(a, b): the smaller of each pair of two vectors of the width.
template <int width, typename Minimum>
class ExpectTileBody {
 public:
  static void run(ExpectTile& tile) {
    Targets targets(tile);
    for (int k = 0; k < tile.block_count; ++k) add_density(tile, targets, k);
    invert(tile, targets);
    for (int k = 0; k < tile.block_count; ++k) add_sums(tile, targets, k);
  }

 private:
  using Float __attribute__((vector_size(width * sizeof(float)))) = float;
  using Bits __attribute__((vector_size(width * sizeof(float)))) = std::uint32_t;
  static constexpr int lanes = tile_points;
  static constexpr int parts = lanes / width;

  static Float load(const float* from) {
    Float value;
    __builtin_memcpy(&value, from, sizeof(value));
    return value;
  }
  static void store(const Float& value, float* to) { __builtin_memcpy(to, &value, sizeof(value)); }
  static Float all(float value) { return value - Float{}; }

  struct Targets {
    explicit Targets(const ExpectTile& tile) {
      for (int axis = 0; axis < 3; ++axis) {
        for (int n = 0; n < tile.target_count; ++n) {
          const double relative =
              tile.target[static_cast<unsigned>(axis)][n] - tile.centre[static_cast<unsigned>(axis)];
          place[axis][n] = static_cast<float>(relative * tile.scale);
        }
      }
    }
    // Scaled, relative to the centre. Places without a target are computed too, and have no weight.
    float place[3][lanes]{};
    float density[lanes][lanes]{};  // partial sums over the source points of the same lane
    float squared[lanes][lanes]{};  // the same of responsibility x exponent
    float inverse[lanes]{};         // 1 / density, 0 for what is left out
  };

  static void place_of_block(const ExpectTile& tile, int block, float (&place)[3][lanes]) {
    for (unsigned axis = 0; axis < 3; ++axis) {
      const double* moved = tile.moved[axis] + static_cast<std::ptrdiff_t>(block) * lanes;
      for (int lane = 0; lane < lanes; ++lane) {
        place[axis][lane] = static_cast<float>((moved[lane] - tile.centre[axis]) * tile.scale);
      }
    }
  }

  // 2^-exponent for exponents of 0 .. 64. The integer part goes into the float's exponent bits, the rest
  // through the polynomial of degree 5 with the least maximal relative error on [-1/2, 1/2], 7.5e-8 (found by
  // Remez' algorithm).
  static Float power_of_half(const Float& exponent) {
    const Float magic = all(12582912.0F);  // 1.5 x 2^23: adding it rounds to a whole number
    const Float shifted = magic - exponent;
    const Float rest = exponent + (shifted - magic);
    Float value = all(-1.3276472168e-03F);
    value = value * rest + all(9.6755413310e-03F);
    value = value * rest + all(-5.5507132729e-02F);
    value = value * rest + all(2.4022119724e-01F);
    value = value * rest + all(-6.9314696707e-01F);
    value = value * rest + all(1.0000000717e+00F);
    return (Float)((Bits)value + ((Bits)shifted << 23U));
  }

  // exp(-|x_n - T_m|^2 / (2 sigma2)) of all pairs with one block, kept for add_sums().
  static void add_density(const ExpectTile& tile, Targets& targets, int k) {
    float place[3][lanes];
    place_of_block(tile, tile.blocks[k], place);
    const Float limit = all(64.0F);
    for (int part = 0; part < parts; ++part) {
      const int at = part * width;
      const Float x = load(place[0] + at);
      const Float y = load(place[1] + at);
      const Float z = load(place[2] + at);
      float* scratch = tile.scratch + static_cast<std::ptrdiff_t>(k) * lanes * lanes + at;
#pragma GCC unroll 4
      for (int n = 0; n < lanes; ++n) {
        const Float dx = all(targets.place[0][n]) - x;
        const Float dy = all(targets.place[1][n]) - y;
        const Float dz = all(targets.place[2][n]) - z;
        const Float squared = (dx * dx + dy * dy) + dz * dz;
        const Float exponent = Minimum::of(squared, limit);  // 2^-64 = 5e-20 stands for all below it
        const Float value = power_of_half(exponent);
        store(value, scratch + static_cast<std::ptrdiff_t>(n) * lanes);
        store(load(targets.density[n] + at) + value, targets.density[n] + at);
        store(load(targets.squared[n] + at) + value * exponent, targets.squared[n] + at);
      }
    }
  }

  static void invert(ExpectTile& tile, Targets& targets) {
    double squared_residual = 0.0;
    for (int n = 0; n < tile.target_count; ++n) {
      double density = tile.uniform;
      double squared = 0.0;
      for (int lane = 0; lane < lanes; ++lane) {
        density += static_cast<double>(targets.density[n][lane]);
        squared += static_cast<double>(targets.squared[n][lane]);
      }
      tile.density[static_cast<unsigned>(n)] = density;
      if (!(density > tile.least_density)) continue;
      targets.inverse[n] = static_cast<float>(1.0 / density);
      squared_residual += squared / density;
    }
    tile.squared_residual = squared_residual / (tile.scale * tile.scale);
  }

  static void add_sums(const ExpectTile& tile, const Targets& targets, int k) {
    float sum[4][lanes];  // of responsibilities, and of responsibilities x place of the target
    for (int part = 0; part < parts; ++part) {
      const int at = part * width;
      const float* scratch = tile.scratch + static_cast<std::ptrdiff_t>(k) * lanes * lanes + at;
      Float weight{};
      Float x{};
      Float y{};
      Float z{};
#pragma GCC unroll 4
      for (int n = 0; n < lanes; ++n) {
        const Float p = load(scratch + static_cast<std::ptrdiff_t>(n) * lanes) * all(targets.inverse[n]);
        weight = weight + p;
        x = x + p * all(targets.place[0][n]);
        y = y + p * all(targets.place[1][n]);
        z = z + p * all(targets.place[2][n]);
      }
      store(weight, sum[0] + at);
      store(x, sum[1] + at);
      store(y, sum[2] + at);
      store(z, sum[3] + at);
    }
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(tile.blocks[k]) * lanes;
    for (int lane = 0; lane < lanes; ++lane) tile.weight[first + lane] += static_cast<double>(sum[0][lane]);
    for (unsigned axis = 0; axis < 3; ++axis) {
      const double* moved = tile.moved[axis] + first;
      double* residual = tile.residual[axis] + first;
      const double centre = tile.centre[axis];
      const double inverse_scale = 1.0 / tile.scale;
      for (int lane = 0; lane < lanes; ++lane) {
        residual[lane] += static_cast<double>(sum[axis + 1][lane]) * inverse_scale +
                          (centre - moved[lane]) * static_cast<double>(sum[0][lane]);
      }
    }
  }
};

}  // namespace focalhip
