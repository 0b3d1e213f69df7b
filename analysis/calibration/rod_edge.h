#pragma once

#include <optional>
#include <vector>

namespace focalhip {

// Mean HU in rings around a rod's axis.
struct RadialProfile {
  double ring_mm = 0.25;
  std::vector<double> sum_hu;         // ring i covers i * ring_mm .. (i + 1) * ring_mm
  std::vector<double> sum_radius_mm;  // of the voxels in it: rings hold few voxels and not at their middle
  std::vector<double> count;

  void add(double radius_mm, double hu);
};

// The border between rod and holder: an ideal step blurred by a Gaussian, in the plane of the slices.
struct RodEdge {
  double radius_mm = 0.0;
  double sigma_mm = 0.0;  // of the blur; full width at half maximum is 2.355 times this
  double inside_hu = 0.0;
  double outside_hu = 0.0;
};

// Least squares of  outside + (inside - outside) * erfc((r - radius) / (sqrt 2 sigma)) / 2  [Pakdel2014] over
// 0.4 radius .. radius + 2.5 mm. Nothing where the contrast is below 25 HU or the fit leaves sensible limits.
[[nodiscard]] std::optional<RodEdge> fit_rod_edge(const RadialProfile& profile, double radius_guess_mm);

}  // namespace focalhip
