#pragma once

#include <cstddef>

#include "testdata/simulator/vector3.h"

namespace focalhip::simulator {

// Axial slices: columns along +x, rows along +y, slices along +z of the patient frame (LPS, mm).
struct ScanGrid {
  int columns = 0;
  int rows = 0;
  int slices = 0;
  double pixel_mm = 1.0;
  double slice_spacing_mm = 1.0;
  double slice_thickness_mm = 1.0;
  Vec3 origin_patient_mm;  // centre of the first voxel
  double field_of_view_mm = 500.0;
  Vec3 isocentre_mm;  // the scanner's axis; the field may be shifted from it

  [[nodiscard]] std::size_t slice_size() const {
    return static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows);
  }
  [[nodiscard]] std::size_t voxel_count() const { return slice_size() * static_cast<std::size_t>(slices); }
  [[nodiscard]] std::size_t index(int column, int row, int slice) const {
    return static_cast<std::size_t>(column) +
           static_cast<std::size_t>(columns) * static_cast<std::size_t>(row) +
           slice_size() * static_cast<std::size_t>(slice);
  }
  // Centre of a voxel.
  [[nodiscard]] Vec3 patient_from_voxel(double column, double row, double slice) const {
    return origin_patient_mm + Vec3{pixel_mm * column, pixel_mm * row, slice_spacing_mm * slice};
  }
  [[nodiscard]] Vec3 voxel_from_patient(Vec3 p_mm) const {
    const Vec3 d = p_mm - origin_patient_mm;
    return {d.x / pixel_mm, d.y / pixel_mm, d.z / slice_spacing_mm};
  }
};

}  // namespace focalhip::simulator
