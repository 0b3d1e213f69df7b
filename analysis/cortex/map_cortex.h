#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/cortex/bone_prior.h"
#include "analysis/cortex/read_profile.h"
#include "analysis/surface/triangle_mesh.h"
#include "analysis/volume/ct_volume.h"

namespace focalhip {

// Why a vertex has no measurement of its own; measured = has one.
enum class VertexState : std::uint8_t {
  measured,
  left_out,  // the caller's choice: cut rim, articular cap without an edge of its own, metal
  failed,    // its profile could not be fitted
};

// Cortical bone mapping: per vertex, in the order of the surface's vertices. Densities in the basis of the
// volume they were read from. Where a vertex has no measurement and no neighbours to stand in, values are NaN
// and has_value is 0. [cbm 4.1]
struct CorticalMap {
  std::vector<float> cth_mm;       // cortical thickness, to the middle of the endosteal transition
  std::vector<float> cm_mg_cm2;    // cortical mass per area = CBMD * CTh
  std::vector<float> cbmd_mg_cm3;  // cortical density
  std::vector<float> ectd_mg_cm3;  // of the spongy bone below, 6 mm deep, less under thick cortex
  std::vector<float> cth_sd_mm;    // posterior SD of each
  std::vector<float> cm_sd_mg_cm2;
  std::vector<float> cbmd_sd_mg_cm3;
  std::vector<float> ectd_sd_mg_cm3;
  std::vector<float> information_share;  // of the cortical density: below 0.5 it is the prior's
  std::vector<float> periosteal_mm;      // outer face below the vertex (positive = inward)
  std::vector<VertexState> state;
  std::vector<std::uint8_t> has_value;  // 1 = measured, or stood in for by its neighbours' median
  BoneEstimate bone;
  MineralBasis basis = MineralBasis::hydroxyapatite;
  double invalid_share = 0.0;  // failed of those not left out
};

struct MapCortexOptions {
  MeasureLayerOptions measure;
  ReadProfileOptions profile{.disc_lines = 0};  // to see where the layer is
  ReadVoxelsOptions voxels;                     // to measure it
  BoneEstimateOptions bone;
  double outside_mm = 2.0;       // of soft tissue that the final fit looks at, beyond the outer face
  double ectd_depth_mm = 6.0;    // of spongy bone, beyond the middle of the endosteal transition
  int bone_estimate_stride = 3;  // every n-th vertex serves the first pass
};

// The layer of one vertex, as the map stores it: fitted to all samples, then once more to what touches the
// cortex.
[[nodiscard]] MeasuredLayer measure_to_depth(const CortexProfile& profile,
                                             const LayerSamples& whole,
                                             const BonePrior& prior,
                                             const MapCortexOptions& options);

// points: one per vertex of `mesh`, which only tells who neighbours whom. measurable: 1 = measure, per
// vertex. Results do not depend on the thread count. Throws nothing of its own. [cbm 4]
[[nodiscard]] CorticalMap map_cortex(const DensityVolume& density,
                                     const TriangleMesh& mesh,
                                     std::span<const SurfacePoint> points,
                                     std::span<const std::uint8_t> measurable,
                                     const MapCortexOptions& options,
                                     int threads);

}  // namespace focalhip
