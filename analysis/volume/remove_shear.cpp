#include "analysis/volume/remove_shear.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include <Eigen/Geometry>
#include <Eigen/LU>

#include "analysis/support/expects.h"
#include "analysis/support/parallel_for.h"

namespace focalhip {

namespace {

constexpr std::int16_t fill_hu = -1000;  // air, where nothing was measured
constexpr double least_measured_weight = 0.5;

// Patient steps from voxel to voxel of the sheared volume, as columns.
Eigen::Matrix3d lattice_steps_mm(const VoxelGrid& grid, const Eigen::Vector3d& step_patient_mm) {
  Eigen::Matrix3d steps;
  steps.col(0) = grid.patient_axes.col(0) * grid.spacing_mm.x();
  steps.col(1) = grid.patient_axes.col(1) * grid.spacing_mm.y();
  steps.col(2) = step_patient_mm;
  return steps;
}

Eigen::Vector3d middle_voxel(const VoxelGrid& grid) {
  return 0.5 * (Eigen::Vector3d(grid.size[0], grid.size[1], grid.size[2]) - Eigen::Vector3d::Ones());
}

// Tables, rods and shafts run along patient z: a tilted gantry keeps it in its steps, an obliquely moved
// field of view in its normal.
Eigen::Vector3d straight_axis(const VoxelGrid& sheared, const Eigen::Matrix3d& steps_mm) {
  const Eigen::Vector3d step = steps_mm.col(2).normalized();
  const Eigen::Vector3d normal = sheared.patient_axes.col(2);
  return step.z() >= normal.z() ? step : normal;
}

VoxelGrid straight_grid(const VoxelGrid& sheared, const Eigen::Matrix3d& steps_mm) {
  const Eigen::Vector3d along = straight_axis(sheared, steps_mm);
  const Eigen::Vector3d row = sheared.patient_axes.col(0);
  VoxelGrid grid = sheared;
  grid.spacing_mm.z() = steps_mm.col(2).dot(along);
  grid.patient_axes.col(0) = (row - row.dot(along) * along).normalized();
  grid.patient_axes.col(1) = along.cross(grid.patient_axes.col(0));
  // Images may be stored mirrored: the column axis keeps its sense.
  if (grid.patient_axes.col(1).dot(sheared.patient_axes.col(1)) < 0.0) grid.patient_axes.col(1) *= -1.0;
  grid.patient_axes.col(2) = along;
  const Eigen::Vector3d centre_mm = sheared.origin_patient_mm + steps_mm * middle_voxel(sheared);
  grid.origin_patient_mm =
      centre_mm - grid.patient_axes * grid.spacing_mm.cwiseProduct(middle_voxel(sheared));
  return grid;
}

struct Sample {
  double hu = fill_hu;
  bool is_measured = false;
};

// One axis of a trilinear sample: the lower voxel and the weight of the upper one.
struct Span1 {
  int low = 0;
  double upper = 0.0;
};

// Rounding of an exact position to a voxel saves half of the work where rows stay rows.
Span1 span_at(double at) {
  constexpr double exact = 1e-6;
  const double nearest = std::round(at);
  if (std::abs(at - nearest) < exact) return {.low = static_cast<int>(nearest), .upper = 0.0};
  const double low = std::floor(at);
  return {.low = static_cast<int>(low), .upper = at - low};
}

Sample sample(const CtVolume& ct, const Eigen::Vector3d& voxel) {
  const std::array<Span1, 3> spans{span_at(voxel.x()), span_at(voxel.y()), span_at(voxel.z())};
  double weight_sum = 0.0;
  double hu_sum = 0.0;
  for (unsigned corner = 0; corner < 8; ++corner) {
    double weight = 1.0;
    std::array<int, 3> at{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const bool is_upper = (corner >> axis & 1U) != 0;
      weight *= is_upper ? spans[axis].upper : 1.0 - spans[axis].upper;
      at[axis] = spans[axis].low + (is_upper ? 1 : 0);
    }
    if (weight == 0.0 || !ct.grid.contains(at[0], at[1], at[2])) continue;
    const std::size_t index = ct.grid.index(at[0], at[1], at[2]);
    if (!ct.is_valid(index)) continue;
    weight_sum += weight;
    hu_sum += weight * ct.hu[index];
  }
  if (weight_sum < least_measured_weight) return {};
  return {.hu = hu_sum / weight_sum, .is_measured = true};
}

}  // namespace

CtVolume remove_shear(CtVolume sheared, const Eigen::Vector3d& step_patient_mm, int threads) {
  expects(sheared.hu.size() == sheared.grid.voxel_count(), "a CT volume has one value per voxel of its grid");
  const Eigen::Matrix3d steps_mm = lattice_steps_mm(sheared.grid, step_patient_mm);
  CtVolume straight;
  straight.grid = straight_grid(sheared.grid, steps_mm);
  straight.hu.assign(sheared.hu.size(), fill_hu);
  straight.valid.assign(sheared.hu.size(), 0);
  const Eigen::Matrix3d voxel_from_offset = steps_mm.inverse();
  const Eigen::Vector3d along_row =
      voxel_from_offset * straight.grid.patient_axes.col(0) * straight.grid.spacing_mm.x();
  parallel_for(straight.grid.size[2], threads, [&](int slice) {
    for (int row = 0; row < straight.grid.size[1]; ++row) {
      const Eigen::Vector3d first_mm = straight.grid.patient_from_voxel({0.0, 1.0 * row, 1.0 * slice});
      const Eigen::Vector3d first = voxel_from_offset * (first_mm - sheared.grid.origin_patient_mm);
      for (int column = 0; column < straight.grid.size[0]; ++column) {
        const Sample found = sample(sheared, first + along_row * column);
        if (!found.is_measured) continue;
        const std::size_t index = straight.grid.index(column, row, slice);
        straight.hu[index] = static_cast<std::int16_t>(std::lround(found.hu));
        straight.valid[index] = 1;
      }
    }
  });
  const double cosine = sheared.grid.patient_axes.col(2).dot(step_patient_mm.normalized());
  straight.removed_tilt_deg = std::acos(std::min(1.0, std::abs(cosine))) * 180.0 / std::numbers::pi;
  straight.acquisition = std::move(sheared.acquisition);
  straight.interpolated_slices = std::move(sheared.interpolated_slices);
  straight.clipped_voxels = sheared.clipped_voxels;
  return straight;
}

}  // namespace focalhip
