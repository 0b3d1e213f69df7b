#pragma once

#include <cstdint>
#include <vector>

#include "analysis/femur/hip_region.h"
#include "analysis/femur/outer_face.h"

namespace focalhip {

struct RefineOptions {
  double base_smoothing_mm = 1.0;          // of the mask's distance: steps of the voxels out, bone's shape in
  double displacement_smoothing_mm = 0.9;  // along the surface; stands for two Laplacian passes
  double outlier_mm = 0.7;                 // a face this far from those around it is another structure's
  double neighbourhood_mm = 2.0;           // what "around it" means
  double longest_step_mm = 1.5;            // of the regularised displacement (qct 3.2 S6)
  double band_mm = 4.0;                    // the distance is valid this far from the surface
  double profile_inside_mm = 4.5;
  double profile_outside_mm = 3.3;
  double profile_step_mm = 0.3;
  double slice_thickness_mm = 1.0;
  int passes = 2;
  OuterFaceOptions face{};
};

// The periosteal surface finer than a voxel, as the zero of a distance on the hip's grid.
struct RefinedSurface {
  std::vector<float> distance_mm;     // signed, negative inside; valid within the band, beyond it its sign
  double mean_displacement_mm = 0.0;  // absolute, from the given mask's surface to the result
  // Voxels beside the surface whose face was asked for, and those among them without a usable one.
  std::vector<std::size_t> asked;
  std::vector<std::size_t> rejected;
  ShaftEdge blur;  // measured in this image
};

// Blur and density of the thick cortex of this femur's own shaft, along normals across the slices' plane; the
// defaults where there is too little of it.
[[nodiscard]] ShaftEdge measure_blur(const HipRegion& hip,
                                     const std::vector<float>& distance_mm,
                                     const RefineOptions& options);

// Moves the surface of a mask to the outer face of the blurred cortex, along its normals. [qct 3.2 S6]
[[nodiscard]] RefinedSurface refine_surface(const HipRegion& hip,
                                            const std::vector<std::uint8_t>& femur,
                                            const RefineOptions& options);

}  // namespace focalhip
