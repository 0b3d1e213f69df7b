#pragma once

#include <cstddef>
#include <vector>

#include "testdata/simulator/protocol.h"
#include "testdata/simulator/scan_grid.h"

namespace focalhip::simulator {

using FinePlane = std::vector<float>;  // HU on a grid finer than the pixels

// The scanner's point spread within the plane, applied to fine samples; keeps one sample per pixel.
class InPlaneBlur {
 public:
  // fine_mm: step of the fine samples, fine_per_pixel of them along each side of a pixel.
  InPlaneBlur(const Protocol& protocol, double fine_mm, int fine_per_pixel);
  // Fills image (rows x columns of the grid); half is scratch space.
  void apply(const FinePlane& fine,
             const ScanGrid& grid,
             std::vector<float>& half,
             std::vector<float>& image) const;
  // How far the blur reaches, in pixels.
  [[nodiscard]] int reach_pixels() const;

 private:
  struct Taps {
    std::vector<float> x;
    std::vector<float> y;
    float scale = 1.0F;
  };
  using Kernel = std::vector<Taps>;  // one that overshoots subtracts a wider Gaussian
  [[nodiscard]] double ring_share(std::size_t n, double radius_mm) const;
  [[nodiscard]] Kernel kernel(const Protocol& protocol, double growth) const;
  void add(const FinePlane& fine,
           const ScanGrid& grid,
           const Taps& taps,
           std::vector<float>& half,
           std::vector<float>& image) const;

  int per_pixel_;
  double fine_mm_;
  double growth_per_mm_;
  std::vector<Kernel> kernels_;  // at radii a ring apart; one if the blur does not grow
};

}  // namespace focalhip::simulator
