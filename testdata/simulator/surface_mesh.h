#pragma once

#include <array>
#include <vector>

#include "testdata/simulator/femur_model.h"

namespace focalhip::simulator {

// Triangles of a periosteal surface in the patient frame (LPS, mm), counter-clockwise seen from outside. Open
// at the lower end of the scan.
struct SurfaceMesh {
  std::vector<Vec3> vertices_patient_mm;
  std::vector<Vec3> normals;  // outward, unit
  std::vector<std::array<int, 3>> triangles;
  std::vector<double> cth_mm;  // true thickness of the cortex along the inward normal
};

// Marching tetrahedra on the femur's distance field, nothing below lowest_z_mm (patient).
[[nodiscard]] SurfaceMesh extract_surface(const FemurModel& femur, double lowest_z_mm, double edge_mm = 1.5);

}  // namespace focalhip::simulator
