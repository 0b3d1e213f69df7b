#pragma once

#include <cmath>
#include <cstddef>

#include "testdata/simulator/vector3.h"

namespace focalhip::simulator {

// Slices in the patient frame (LPS, mm). Untilted: columns along +x, rows along +y, slices along +z. A tilted
// gantry turns the rows' direction out of the axial plane while the table still moves along z; a sheared
// volume moves its axial slices sideways.
struct ScanGrid {
  int columns = 0;
  int rows = 0;
  int slices = 0;
  double pixel_mm = 1.0;
  double slice_spacing_mm = 1.0;
  double slice_thickness_mm = 1.0;
  Vec3 origin_patient_mm;  // centre of the first voxel
  double field_of_view_mm = 500.0;
  Vec3 column_direction{0.0, 1.0, 0.0};  // down a column, unit; rows run along +x
  Vec3 slice_direction{0.0, 0.0, 1.0};   // from slice to slice, per mm of spacing
  Vec3 isocentre_mm;                     // the scanner's axis; the field may be shifted from it

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
    return origin_patient_mm + Vec3{pixel_mm * column, 0.0, 0.0} + pixel_mm * row * column_direction +
           slice_spacing_mm * slice * slice_direction;
  }
  [[nodiscard]] Vec3 voxel_from_patient(Vec3 p_mm) const {
    const Vec3 d = p_mm - origin_patient_mm;
    const Vec3 normal = cross({1.0, 0.0, 0.0}, column_direction);
    const double along = dot(d, normal) / dot(slice_direction, normal);
    const Vec3 q = d - along * slice_direction;
    return {q.x / pixel_mm, dot(q, column_direction) / pixel_mm, along / slice_spacing_mm};
  }
  // Level of the middle of a slice.
  [[nodiscard]] double level_mm(double slice) const {
    return patient_from_voxel(0.5 * (columns - 1), 0.5 * (rows - 1), slice).z;
  }
  // How far the rim of a slice lies above or below its middle.
  [[nodiscard]] double half_rise_mm() const { return 0.5 * pixel_mm * rows * std::abs(column_direction.z); }
};

}  // namespace focalhip::simulator
