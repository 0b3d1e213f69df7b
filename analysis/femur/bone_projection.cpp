#include "analysis/femur/bone_projection.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/volume/face_neighbours.h"

namespace focalhip {

namespace {

// Empty projection that covers all bone voxels with two pixels to spare.
BoneProjection empty_projection(const FemurMask& mask, const FemurFrame& frame, double pixel_mm) {
  Eigen::Vector2d low = Eigen::Vector2d::Constant(std::numeric_limits<double>::infinity());
  Eigen::Vector2d high = -low;
  for_each_voxel(mask.mask.grid, [&](std::size_t i, const Eigen::Vector3d& point_patient_mm) {
    if (mask.mask.label[i] == 0) return;
    const Eigen::Vector3d p = frame_from_patient(frame, point_patient_mm);
    low = low.cwiseMin(Eigen::Vector2d(p.x(), p.z()));
    high = high.cwiseMax(Eigen::Vector2d(p.x(), p.z()));
  });
  BoneProjection projection;
  projection.pixel_mm = pixel_mm;
  if (!(low.x() <= high.x())) return projection;
  const double margin_mm = mask.mask.grid.spacing_mm.norm() + 2.0 * pixel_mm;
  // Pixel edges at whole multiples of the pixel size: the origin of the frame is a corner.
  projection.first_u_mm = pixel_mm * std::floor((low.x() - margin_mm) / pixel_mm);
  projection.first_v_mm = pixel_mm * std::floor((low.y() - margin_mm) / pixel_mm);
  projection.columns = static_cast<int>(std::ceil((high.x() + margin_mm - projection.first_u_mm) / pixel_mm));
  projection.rows = static_cast<int>(std::ceil((high.y() + margin_mm - projection.first_v_mm) / pixel_mm));
  const auto pixels =
      static_cast<std::size_t>(projection.columns) * static_cast<std::size_t>(projection.rows);
  projection.thickness_mm.assign(pixels, 0.0F);
  projection.mg_cm2.assign(pixels, 0.0F);
  return projection;
}

// Shares a point's volume and mineral between the four pixels around it.
void deposit(BoneProjection& projection, double u_mm, double v_mm, double thickness_mm, double mg_cm3) {
  const double column = (u_mm - projection.first_u_mm) / projection.pixel_mm - 0.5;
  const double row = (v_mm - projection.first_v_mm) / projection.pixel_mm - 0.5;
  const int i = static_cast<int>(std::floor(column));
  const int j = static_cast<int>(std::floor(row));
  const double fi = column - i;
  const double fj = row - j;
  for (int dj = 0; dj < 2; ++dj) {
    for (int di = 0; di < 2; ++di) {
      const double weight = (di == 0 ? 1.0 - fi : fi) * (dj == 0 ? 1.0 - fj : fj);
      const std::size_t at = projection.index(i + di, j + dj);
      projection.thickness_mm[at] += static_cast<float>(weight * thickness_mm);
      projection.mg_cm2[at] +=
          static_cast<float>(0.1 * weight * thickness_mm * mg_cm3);  // mm * mg/cm3 = 0.1 mg/cm2
    }
  }
}

}  // namespace

double BoneProjection::thickness_at(const Eigen::Vector2d& uv_mm) const {
  const double column = (uv_mm.x() - first_u_mm) / pixel_mm - 0.5;
  const double row = (uv_mm.y() - first_v_mm) / pixel_mm - 0.5;
  const int i = static_cast<int>(std::floor(column));
  const int j = static_cast<int>(std::floor(row));
  double sum_mm = 0.0;
  for (int dj = 0; dj < 2; ++dj) {
    for (int di = 0; di < 2; ++di) {
      if (!contains(i + di, j + dj)) continue;
      const double weight =
          (di == 0 ? 1.0 - (column - i) : column - i) * (dj == 0 ? 1.0 - (row - j) : row - j);
      sum_mm += weight * static_cast<double>(thickness_mm[index(i + di, j + dj)]);
    }
  }
  return sum_mm;
}

bool BoneProjection::is_bone_at(const Eigen::Vector2d& uv_mm) const {
  return is_bone(static_cast<int>(std::floor((uv_mm.x() - first_u_mm) / pixel_mm)),
                 static_cast<int>(std::floor((uv_mm.y() - first_v_mm) / pixel_mm)));
}

Eigen::Vector3d frame_from_patient(const FemurFrame& frame, const Eigen::Vector3d& point_patient_mm) {
  return frame.patient_axes.transpose() * (point_patient_mm - frame.origin_patient_mm);
}

VoxelPoints::VoxelPoints(const VoxelGrid& grid, const FemurFrame& frame, double spacing_mm) {
  std::array<int, 3> count{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    count[axis] = static_cast<int>(std::ceil(grid.spacing_mm[static_cast<Eigen::Index>(axis)] / spacing_mm));
  }
  const Eigen::Matrix3d frame_from_grid = frame.patient_axes.transpose() * grid.patient_axes;
  for (int k = 0; k < count[2]; ++k) {
    for (int j = 0; j < count[1]; ++j) {
      for (int i = 0; i < count[0]; ++i) {
        const Eigen::Vector3d share{
            (i + 0.5) / count[0] - 0.5, (j + 0.5) / count[1] - 0.5, (k + 0.5) / count[2] - 0.5};
        offsets_mm_.emplace_back(frame_from_grid * share.cwiseProduct(grid.spacing_mm));
      }
    }
  }
  volume_mm3_ = grid.voxel_volume_mm3() / static_cast<double>(offsets_mm_.size());
}

BoneProjection project_bone(const BoneDensity& bone,
                            const FemurMask& mask,
                            const FemurFrame& frame,
                            double pixel_mm) {
  BoneProjection projection = empty_projection(mask, frame, pixel_mm);
  const VoxelPoints points(bone.grid, frame, 0.5 * pixel_mm);
  for_each_voxel(bone.grid, [&](std::size_t i, const Eigen::Vector3d& point_patient_mm) {
    if (mask.mask.label[i] == 0) return;
    points.visit(
        frame_from_patient(frame, point_patient_mm), [&](const Eigen::Vector3d& p, double volume_mm3) {
          deposit(projection, p.x(), p.z(), volume_mm3 / (pixel_mm * pixel_mm), bone.k2hpo4_mg_cm3[i]);
        });
  });
  return projection;
}

}  // namespace focalhip
