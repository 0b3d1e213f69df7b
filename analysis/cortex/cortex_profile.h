#pragma once

#include <array>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "analysis/cortex/blurred_step.h"

namespace focalhip {

// Densities read along a straight line through the cortex, from outside to inside; x = 0 at the surface
// vertex. Densities are in the unit of the volume they were read from (mg/cm3 or HU): the fit is free of it.
struct CortexProfile {
  // Where the cortex' peak is looked for. Further outside the socket's wall may be denser than the thin
  // cortex of a head.
  static constexpr double peak_from_mm = -1.5;
  static constexpr double peak_to_mm = 6.0;

  double first_mm = -6.0;
  double step_mm = 0.25;
  std::vector<double> density;
  std::vector<double> weight;  // >= 0 each; 0 = not looked at (another bone, outside the volume)
  double slice_sine = 0.0;     // component of the direction along the slice normal, magnitude

  [[nodiscard]] double x_mm(std::size_t i) const { return first_mm + step_mm * static_cast<double>(i); }
};

// What a layer is fitted to: densities at depths (mm, inward, 0 at the vertex) in any order. From a profile,
// or straight from the voxels round the normal. [cbm 4]
struct LayerSamples {
  std::vector<double> x_mm;
  std::vector<double> density;
  std::vector<double> weight;  // >= 0
  double slice_sine = 0.0;     // as in CortexProfile
};
[[nodiscard]] LayerSamples samples_of(const CortexProfile& profile);

// The cortex as a layer between soft tissue and spongy bone. [cbm 2; Treece2010]
// Order of the parameters in vectors and Jacobians: as here.
struct LayerModel {
  double outside = 0.0;    // density of the soft tissue
  double cortex = 0.0;     // density of the cortex
  double inside = 0.0;     // density of the spongy bone
  double middle_mm = 0.0;  // half way between the two faces
  double thickness_mm = 0.0;
  double blur_sd_mm = 0.0;  // in the slice plane

  static constexpr int size = 6;
  [[nodiscard]] double outer_mm() const { return middle_mm - 0.5 * thickness_mm; }
  [[nodiscard]] double inner_mm() const { return middle_mm + 0.5 * thickness_mm; }
};
using LayerVector = Eigen::Matrix<double, LayerModel::size, 1>;

[[nodiscard]] LayerVector vector_of(const LayerModel& model);
[[nodiscard]] LayerModel layer_of(const LayerVector& vector);

// The blurred density at x, and by how much it changes with each parameter.
struct LayerValue {
  double density = 0.0;
  LayerVector slope = LayerVector::Zero();
};
[[nodiscard]] LayerValue layer_value(const LayerModel& model,
                                     double x_mm,
                                     const SliceBlur& slice,
                                     double slice_sine);

}  // namespace focalhip
