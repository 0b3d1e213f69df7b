#pragma once

#include "analysis/femur/measure_densitometry.h"
#include "testdata/simulator/simulate.h"
#include "tests/proof/femur/femur_case.h"
#include "tests/support/surface_gap.h"

namespace focalhip::proof {

// One outlined femur against what was simulated, above the level 10 mm below the lesser trochanter (where TH
// ends) unless said otherwise:
//   head_mm radius_mm neck_deg shaft_deg lt_mm   landmarks and axes; lt along the shaft, + = too distal
//   dice volume_percent                          of the masks; volume by the outline finer than a voxel
//   asd_mm p95_mm noncap_mm cap_mm bias_mm       distances of the surfaces, both ways (surface vertices of
//                                                either within reach of the other, 20 mm); cap: articular
//                                                part
//   {FN,TR,IT,TH}.{vbmd,abmd,area,volume,bmc,trab}       as measured
//   {FN,TR,IT,TH}.{vbmd,abmd,area,volume,trab}_percent   error
[[nodiscard]] Values compare_femur(const FemurMeasurement& measured,
                                   const simulator::SimulatedScan& scan,
                                   const simulator::SurfaceMesh* true_surface);

// Axes and lesser trochanter against those the implicit femur that fits a real bone has by its parameters: a
// truth whose definitions are not ours, as good as the fit (RMS up to 1.5 mm).
//   fitted_neck_deg fitted_shaft_deg fitted_lt_mm
void compare_with_fitted_shape(const FemurFrame& frame,
                               Side side,
                               const simulator::HipParameters& hip,
                               const simulator::Protocol& protocol,
                               Values& values);

// Mean distance of two surfaces, both ways, over the vertices accepted.
struct SurfaceGap {
  double mean_mm = 0.0;
  double p95_mm = 0.0;
};
[[nodiscard]] SurfaceGap gap_between(const test::Triangles& one,
                                     const test::Triangles& other,
                                     const std::function<bool(const Eigen::Vector3d&)>& accepted);

[[nodiscard]] test::Triangles result_surface(const FemurMask& mask);

// Whether the head called `side` is the other one's: nearer to the other true head.
[[nodiscard]] bool is_wrong_side(const Eigen::Vector3d& head_patient_mm,
                                 Side side,
                                 const simulator::ScanTruth& truth);

}  // namespace focalhip::proof
