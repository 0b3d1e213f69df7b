#pragma once

#include <array>
#include <vector>

#include "testdata/simulator/cortex_truth.h"

namespace focalhip::simulator {

// Triangles of a periosteal surface in the patient frame (LPS, mm), counter-clockwise seen from outside. Open
// at the lower end of the scan.
struct SurfaceMesh {
  std::vector<Vec3> vertices_patient_mm;
  std::vector<Vec3> normals;  // outward, unit
  std::vector<std::array<int, 3>> triangles;
  std::vector<CortexTruth> cortex;  // one per vertex
};

// Marching tetrahedra on the femur's distance field, nothing below lowest_z_mm (patient).
[[nodiscard]] SurfaceMesh extract_surface(const FemurModel& femur,
                                          double lowest_z_mm,
                                          double edge_mm = 1.5,
                                          int threads = 1);

}  // namespace focalhip::simulator
