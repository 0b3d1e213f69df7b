#pragma once

#include <cstdint>
#include <vector>

#include "analysis/femur/femur.h"
#include "analysis/surface/triangle_mesh.h"

namespace focalhip {

enum class SurfaceRegion : std::uint8_t { none, fn, tr, it, head };

// The periosteal surface of one femur: one disk, open at a plane cut across the shaft. Everything per vertex
// is in the order of mesh.vertices_mm. Patient frame (LPS, mm), never mirrored.
struct FemurSurface {
  TriangleMesh mesh;
  std::vector<Eigen::Vector3d> outward;  // unit normals: area-weighted, smoothed once over the neighbours
  std::vector<double> mean_curvature_per_mm;  // positive where the bone is convex
  std::vector<double> area_mm2;               // a third of each triangle that meets the vertex
  std::vector<double> to_rim_mm;              // height above the cut plane
  std::vector<std::uint8_t> on_rim;           // 1 = end of the surface
  std::vector<SurfaceRegion> region;          // of the prism just below; none without VOIs
  double cut_below_lesser_trochanter_mm = 0.0;
};

struct FemurSurfaceOptions {
  int vertices = 8000;  // wanted; 6,000-11,000 come out [cbm 5.1]
  // Where the shaft is cut, below the distal border of the lesser trochanter; less where the scan ends
  // earlier.
  double cut_below_lesser_trochanter_mm = 20.0;
};

// From the mask's sub-voxel distance. The mask is one piece; of a surface in parts the largest is taken.
// Throws Refusal{segmentation} when it is no disk (a handle, a hole). voi: labels 1 FN, 2 TR, 3 IT on the
// mask's grid, or empty. [cbm 5.1]
[[nodiscard]] FemurSurface make_femur_surface(const FemurMask& femur,
                                              const FemurFrame& frame,
                                              const LabelVolume& voi,
                                              const FemurSurfaceOptions& options);

// vertices - edges + triangles: 2 for a closed surface without handles, 1 for a disk.
[[nodiscard]] int euler_number(const TriangleMesh& mesh);
[[nodiscard]] double area_mm2(const TriangleMesh& mesh);

}  // namespace focalhip
