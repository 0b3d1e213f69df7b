#pragma once

#include <array>
#include <cstddef>
#include <Eigen/Core>

namespace focalhip {

// A regular grid of voxel centres in the patient frame (DICOM LPS, mm).
// Storage order of every volume on it: column fastest, then row, then slice.
struct VoxelGrid {
  std::array<int, 3> size{0, 0, 0};                           // columns, rows, slices
  Eigen::Vector3d spacing_mm{1.0, 1.0, 1.0};                  // along column index, row index, slice index
  Eigen::Vector3d origin_patient_mm{0.0, 0.0, 0.0};           // centre of voxel (0, 0, 0)
  Eigen::Matrix3d patient_axes{Eigen::Matrix3d::Identity()};  // columns: unit vectors of growing index

  [[nodiscard]] std::size_t voxel_count() const {
    return static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
           static_cast<std::size_t>(size[2]);
  }
  [[nodiscard]] std::size_t index(int column, int row, int slice) const {
    return static_cast<std::size_t>(column) +
           static_cast<std::size_t>(size[0]) *
               (static_cast<std::size_t>(row) +
                static_cast<std::size_t>(size[1]) * static_cast<std::size_t>(slice));
  }
  [[nodiscard]] bool contains(int column, int row, int slice) const {
    return column >= 0 && row >= 0 && slice >= 0 && column < size[0] && row < size[1] && slice < size[2];
  }
  [[nodiscard]] double voxel_volume_mm3() const { return spacing_mm.prod(); }
  [[nodiscard]] Eigen::Vector3d patient_from_voxel(const Eigen::Vector3d& voxel) const {
    return origin_patient_mm + patient_axes * spacing_mm.cwiseProduct(voxel);
  }
  // Continuous voxel coordinates (column, row, slice) of a point.
  [[nodiscard]] Eigen::Vector3d voxel_from_patient(const Eigen::Vector3d& point_patient_mm) const {
    const Eigen::Vector3d offset_mm = patient_axes.transpose() * (point_patient_mm - origin_patient_mm);
    return offset_mm.cwiseQuotient(spacing_mm);
  }
};

}  // namespace focalhip
