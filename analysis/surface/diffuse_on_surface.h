#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "analysis/surface/triangle_mesh.h"

namespace focalhip {

struct DiffusionOptions {
  double fwhm_mm = 10.0;  // of the Gaussian on a flat surface that the diffusion equals; 0 = no smoothing
  int steps = 8;          // of implicit Euler; fewer make the kernel's tails heavier
};

// Heat diffusion on a triangulated surface: cotangent Laplacian, lumped masses, implicit steps; nothing flows
// through open ends. Prepared once per mesh and width, used for many maps. [cbm 4.2]
class SurfaceDiffusion {
 public:
  // Throws std::invalid_argument for a mesh without area or with triangles that name no vertex.
  SurfaceDiffusion(const TriangleMesh& mesh, const DiffusionOptions& options);
  ~SurfaceDiffusion();
  SurfaceDiffusion(SurfaceDiffusion&&) noexcept;
  SurfaceDiffusion& operator=(SurfaceDiffusion&&) noexcept;

  // values: one per vertex; used where mask is 1 and the value is finite. Normalised: a masked vertex neither
  // gives nor dilutes. NaN where no value reaches.
  [[nodiscard]] std::vector<float> smoothed(std::span<const float> values,
                                            std::span<const std::uint8_t> mask) const;

 private:
  struct Prepared;
  std::unique_ptr<Prepared> prepared_;
};

}  // namespace focalhip
