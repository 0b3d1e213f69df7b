#include "testdata/simulator/slice_sampler.h"

#include <algorithm>
#include <cmath>

namespace focalhip::simulator {
SliceSampler::SliceSampler(const Scene& scene, const ScanGrid& grid, const Protocol& protocol)
    : scene_(scene),
      grid_(grid),
      per_pixel_(std::max(2, static_cast<int>(std::ceil(grid.pixel_mm / protocol.fine_in_plane_mm)))),
      planes_(std::max(2, static_cast<int>(std::ceil(grid.slice_spacing_mm / protocol.fine_along_z_mm)))),
      fine_mm_(grid.pixel_mm / per_pixel_),
      edge_reach_mm_(0.5 * std::hypot(grid.pixel_mm * std::sqrt(2.0), grid.slice_spacing_mm) +
                     0.5 * fine_mm_ + 0.1) {}

void SliceSampler::fill_voxel(std::vector<FinePlane>& planes, int column, int row, float hu) const {
  const std::size_t stride = static_cast<std::size_t>(grid_.columns) * static_cast<std::size_t>(per_pixel_);
  const std::size_t corner =
      static_cast<std::size_t>(row * per_pixel_) * stride + static_cast<std::size_t>(column * per_pixel_);
  for (FinePlane& plane : planes) {
    for (int v = 0; v < per_pixel_; ++v) {
      std::fill_n(plane.begin() + static_cast<std::ptrdiff_t>(corner + static_cast<std::size_t>(v) * stride),
                  per_pixel_,
                  hu);
    }
  }
}

SliceSampler::VoxelBone SliceSampler::refine_voxel(std::vector<FinePlane>& planes,
                                                   int column,
                                                   int row,
                                                   int slice) const {
  const std::size_t stride = static_cast<std::size_t>(grid_.columns) * static_cast<std::size_t>(per_pixel_);
  VoxelBone bone;
  for (int plane = 0; plane < planes_; ++plane) {
    const double dz = (plane + 0.5) / planes_ - 0.5;
    for (int v = 0; v < per_pixel_; ++v) {
      const double dy = (v + 0.5) / per_pixel_ - 0.5;
      for (int u = 0; u < per_pixel_; ++u) {
        const double dx = (u + 0.5) / per_pixel_ - 0.5;
        const ScenePoint point =
            scene_point(scene_, grid_.patient_from_voxel(column + dx, row + dy, slice + dz), fine_mm_);
        const std::size_t i = static_cast<std::size_t>(row * per_pixel_ + v) * stride +
                              static_cast<std::size_t>(column * per_pixel_ + u);
        planes[static_cast<std::size_t>(plane)][i] = static_cast<float>(point.hu);
        if (point.femur == nullptr) continue;
        const double inside = std::clamp(0.5 - point.femur_point.distance_mm / fine_mm_, 0.0, 1.0);
        bone.inside += inside;
        bone.density_sum += inside * point.femur_point.density_mg_cm3;
      }
    }
  }
  return bone;
}

void SliceSampler::sample(int slice,
                          std::vector<FinePlane>& planes,
                          std::uint8_t* mask,
                          std::int16_t* density) const {
  planes.resize(static_cast<std::size_t>(planes_));
  for (FinePlane& plane : planes) {
    plane.resize(grid_.slice_size() * static_cast<std::size_t>(per_pixel_) *
                 static_cast<std::size_t>(per_pixel_));
  }
  const double half_samples = 0.5 * planes_ * per_pixel_ * per_pixel_;
  const Vec3 low = scene_.body.low_mm();
  const Vec3 high = scene_.body.high_mm();
  for (int row = 0; row < grid_.rows; ++row) {
    for (int column = 0; column < grid_.columns; ++column) {
      const Vec3 p = grid_.patient_from_voxel(column, row, slice);
      const bool beside_body = p.x < low.x || p.x > high.x || p.y < low.y || p.y > high.y;
      if (beside_body && !scene_.table.near(p)) {
        fill_voxel(planes, column, row, -1000.0F);
        continue;
      }
      const ScenePoint centre = scene_point(scene_, p, grid_.pixel_mm);
      if (centre.edge_mm > edge_reach_mm_) {
        fill_voxel(planes, column, row, static_cast<float>(centre.hu));
        continue;
      }
      const VoxelBone bone = refine_voxel(planes, column, row, slice);
      if (mask == nullptr || bone.inside < half_samples) continue;
      const std::size_t i = grid_.index(column, row, 0);
      mask[i] = p.x < scene_.middle.x ? 1 : 2;
      density[i] = static_cast<std::int16_t>(std::lround(bone.density_sum / bone.inside));
    }
  }
}

}  // namespace focalhip::simulator
