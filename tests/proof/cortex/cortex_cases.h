#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "analysis/cortex/measure_layer.h"
#include "analysis/cortex/read_profile.h"
#include "tests/proof/cortex/cylinder_phantom.h"

// Lines through hollow cylinders, as a segmentation would place them, with what is true on each.
namespace focalhip::proof {

struct CortexCase {
  double thickness_mm = 0.0;
  double cortex = 0.0;
  double inside = 0.0;
  double slice_sine = 0.0;
  CortexProfile line;
  CortexProfile disc;
  LayerSamples voxels;
};

// A surface point 0.5 mm off along the normal and 4 degrees askew. [cbm 8.1]
[[nodiscard]] SurfacePoint as_segmented(const PhantomPoint& truth, double radius_mm, std::mt19937_64& random);

// `lines` lines through one phantom; each weighed.
[[nodiscard]] std::vector<CortexCase> cases_of(const CylinderPhantom& phantom,
                                               const PhantomScan& scan,
                                               int lines);

struct Moments {
  int count = 0;
  double mean = 0.0;
  double sd = 0.0;
};
[[nodiscard]] Moments moments(const std::vector<double>& values);

}  // namespace focalhip::proof
