#pragma once

#include <optional>
#include <vector>

#include "analysis/femur/bone_density.h"

namespace focalhip {

// The femur seen along the anterior axis of its frame. u: lateral, v: cranial, from the frame's origin, mm.
// Pixel (column, row) covers u = first_u_mm + column * pixel_mm .. and v = first_v_mm + row * pixel_mm ..
struct BoneProjection {
  int columns = 0;
  int rows = 0;
  double pixel_mm = 0.5;
  double first_u_mm = 0.0;
  double first_v_mm = 0.0;
  std::vector<float> thickness_mm;  // of bone along the ray
  std::vector<float> mg_cm2;        // mineral along the ray

  [[nodiscard]] bool contains(int column, int row) const {
    return column >= 0 && row >= 0 && column < columns && row < rows;
  }
  [[nodiscard]] std::size_t index(int column, int row) const {
    return static_cast<std::size_t>(column) +
           static_cast<std::size_t>(columns) * static_cast<std::size_t>(row);
  }
  // Bone is seen where the ray meets at least half a millimetre of it.
  [[nodiscard]] bool is_bone(int column, int row) const {
    return contains(column, row) && thickness_mm[index(column, row)] >= 0.5F;
  }
  // Bilinear between pixel centres; 0 outside.
  [[nodiscard]] double thickness_at(const Eigen::Vector2d& uv_mm) const;
  [[nodiscard]] bool is_bone_at(const Eigen::Vector2d& uv_mm) const;
  [[nodiscard]] Eigen::Vector2d pixel_centre_mm(int column, int row) const {
    return {first_u_mm + (column + 0.5) * pixel_mm, first_v_mm + (row + 0.5) * pixel_mm};
  }
};

// Coordinates of a point in the frame: lateral, anterior, cranial, mm.
[[nodiscard]] Eigen::Vector3d frame_from_patient(const FemurFrame& frame,
                                                 const Eigen::Vector3d& point_patient_mm);

// Each voxel is a block of points half a pixel apart, each shared between the four nearest pixels: together
// they leave no pattern of the voxels in the picture.
[[nodiscard]] BoneProjection project_bone(const BoneDensity& bone,
                                          const FemurMask& mask,
                                          const FemurFrame& frame,
                                          double pixel_mm);

// Calls visit(point in the frame, volume_mm3) for the points a voxel is divided into; centre_frame: the
// voxel's centre in the frame.
class VoxelPoints {
 public:
  VoxelPoints(const VoxelGrid& grid, const FemurFrame& frame, double spacing_mm);

  template <typename Visit>
  void visit(const Eigen::Vector3d& centre_frame_mm, Visit visit_point) const {
    for (const Eigen::Vector3d& offset_mm : offsets_mm_)
      visit_point(Eigen::Vector3d(centre_frame_mm + offset_mm), volume_mm3_);
  }

 private:
  std::vector<Eigen::Vector3d> offsets_mm_;
  double volume_mm3_ = 0.0;
};

}  // namespace focalhip
