#pragma once

#include <cstdint>
#include <vector>

#include "testdata/simulator/in_plane_blur.h"
#include "testdata/simulator/scan_grid.h"
#include "testdata/simulator/scene.h"

namespace focalhip::simulator {

// Samples the scene on planes finer than slices and pixels: finely where an edge or bone is near, once per
// voxel elsewhere. Also writes the femur mask and the density of the slice.
class SliceSampler {
 public:
  SliceSampler(const Scene& scene, const ScanGrid& grid, const Protocol& protocol);
  [[nodiscard]] int fine_per_pixel() const { return per_pixel_; }
  [[nodiscard]] int planes_per_slice() const { return planes_; }
  [[nodiscard]] double fine_mm() const { return fine_mm_; }
  // mask and density: first voxel of the slice, or null.
  void sample(int slice,
              std::vector<FinePlane>& planes,
              std::uint8_t* mask,
              std::int16_t* density_mg_cm3) const;

 private:
  struct VoxelBone {
    double inside = 0.0;  // samples inside the femur
    double density_sum = 0.0;
  };
  void fill_voxel(std::vector<FinePlane>& planes, int column, int row, float hu) const;
  [[nodiscard]] VoxelBone refine_voxel(std::vector<FinePlane>& planes, int column, int row, int slice) const;

  const Scene& scene_;
  const ScanGrid& grid_;
  int per_pixel_;
  int planes_;
  double fine_mm_;
  double edge_reach_mm_;
};

}  // namespace focalhip::simulator
