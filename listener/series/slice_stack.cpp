#include "listener/series/slice_stack.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Eigen/Geometry>

#include "analysis/support/expects.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

// [science: qct 1.2] Deviation of a distance from the median that is still uniform.
constexpr double spacing_tolerance_mm = 0.01;
constexpr double spacing_tolerance_share = 0.01;
// Beyond what gantries tilt; resampling would leave little of the field of view.
constexpr double largest_tilt_deg = 30.0;
constexpr std::size_t most_single_gaps = 2;
// Neither head nor trochanter fits into less; below it nothing can be said but that.
constexpr double least_extent_mm = 40.0;
// 1 GiB of HU: 2048 slices of 512 x 512. More is no hip scan, and would exhaust a worker.
constexpr std::size_t most_voxels = std::size_t{1} << 29U;

Eigen::Vector3d row_axis(const ScannedInstance& slice) {
  const auto& o = *slice.orientation_patient;
  return Eigen::Vector3d(o[0], o[1], o[2]).normalized();
}
// Perpendicular to the row axis, whatever the rounding of the header.
Eigen::Vector3d column_axis(const ScannedInstance& slice) {
  const auto& o = *slice.orientation_patient;
  const Eigen::Vector3d row = row_axis(slice);
  const Eigen::Vector3d given(o[3], o[4], o[5]);
  return (given - given.dot(row) * row).normalized();
}
Eigen::Vector3d position(const ScannedInstance& slice) {
  const auto& p = *slice.position_patient_mm;
  return {p[0], p[1], p[2]};
}

std::vector<double> distances(std::span<const ScannedInstance> slices, const Eigen::Vector3d& normal) {
  std::vector<double> result;
  for (std::size_t i = 1; i < slices.size(); ++i) {
    result.push_back(position_along_mm(slices[i], normal) - position_along_mm(slices[i - 1], normal));
  }
  return result;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

double tilt_deg(std::span<const ScannedInstance> slices, const Eigen::Vector3d& normal) {
  const Eigen::Vector3d line = position(slices.back()) - position(slices.front());
  return std::atan2(line.cross(normal).norm(), line.dot(normal)) * 180.0 / std::numbers::pi;
}

// Largest distance of a slice's origin from the line through the first and the last one, in the image plane.
double largest_sideways_mm(std::span<const ScannedInstance> slices) {
  const Eigen::Vector3d line = (position(slices.back()) - position(slices.front())).normalized();
  double largest = 0.0;
  for (const ScannedInstance& slice : slices) {
    largest = std::max(largest, (position(slice) - position(slices.front())).cross(line).norm());
  }
  return largest;
}

NotMeasured geometry_problem(std::string detail) { return {RefusalCode::geometry, std::move(detail)}; }

NotMeasured missing_too_much(const StackGeometry& geometry, double largest_gap_mm) {
  return geometry_problem(std::to_string(geometry.missing_slices) + " slices missing, largest gap " +
                          fixed(largest_gap_mm, 2) + " mm at a spacing of " + fixed(geometry.spacing_mm, 2) +
                          " mm; one missing slice can be interpolated");
}

// Finds gaps; anything else than whole multiples of the spacing is irregular. [science: qct 1.2]
std::optional<NotMeasured> judge_distances(const std::vector<double>& distances_mm, StackGeometry& geometry) {
  const double tolerance_mm = std::max(spacing_tolerance_mm, spacing_tolerance_share * geometry.spacing_mm);
  double worst_mm = geometry.spacing_mm;
  for (std::size_t i = 0; i < distances_mm.size(); ++i) {
    const double distance_mm = distances_mm[i];
    if (std::abs(distance_mm - geometry.spacing_mm) <= tolerance_mm) continue;
    const double steps = std::round(distance_mm / geometry.spacing_mm);
    const bool is_gap =
        steps >= 2.0 && std::abs(distance_mm - steps * geometry.spacing_mm) <= steps * tolerance_mm;
    if (!is_gap) {
      return geometry_problem("irregular slice distances: " + fixed(distance_mm, 2) + " mm where " +
                              fixed(geometry.spacing_mm, 2) + " mm is usual");
    }
    geometry.missing_slices += static_cast<int>(std::min(steps, 1e6)) - 1;
    geometry.single_gaps.push_back(static_cast<int>(i));
    worst_mm = std::max(worst_mm, distance_mm);
  }
  const auto& gaps = geometry.single_gaps;
  const bool are_single = static_cast<int>(gaps.size()) == geometry.missing_slices;
  const bool are_apart = gaps.size() < 2 || gaps[1] - gaps[0] > 1;
  if (are_single && are_apart && gaps.size() <= most_single_gaps) return std::nullopt;
  geometry.single_gaps.clear();
  return missing_too_much(geometry, worst_mm);
}

std::optional<NotMeasured> judge_size(std::span<const ScannedInstance> slices,
                                      const StackGeometry& geometry) {
  const std::size_t voxels = static_cast<std::size_t>(*slices.front().rows) *
                             static_cast<std::size_t>(*slices.front().columns) * slices.size();
  if (voxels > most_voxels) {
    return geometry_problem(std::to_string(slices.size()) + " slices are more than can be read");
  }
  if (geometry.extent_mm < least_extent_mm) {
    return NotMeasured{
        RefusalCode::coverage,
        "scan range " + fixed(geometry.extent_mm, 0) + " mm, about 110 mm needed for a proximal femur"};
  }
  return std::nullopt;
}

}  // namespace

Eigen::Vector3d cranial_normal(const ScannedInstance& slice) {
  const Eigen::Vector3d normal = row_axis(slice).cross(column_axis(slice)).normalized();
  return normal.z() < 0.0 ? Eigen::Vector3d(-normal) : normal;
}

double position_along_mm(const ScannedInstance& slice, const Eigen::Vector3d& direction_patient) {
  return position(slice).dot(direction_patient);
}

StackGeometry judge_stack(std::span<const ScannedInstance> slices) {
  expects(!slices.empty(), "a stack has slices");
  StackGeometry geometry;
  if (slices.size() < 2) {
    geometry.problem = geometry_problem("a single slice");
    return geometry;
  }
  const Eigen::Vector3d normal = cranial_normal(slices.front());
  const std::vector<double> distances_mm = distances(slices, normal);
  geometry.spacing_mm = median(distances_mm);
  geometry.extent_mm = position_along_mm(slices.back(), normal) - position_along_mm(slices.front(), normal);
  if (std::ranges::min(distances_mm) < spacing_tolerance_mm) {
    geometry.problem = geometry_problem("several slices at one position");
    return geometry;
  }
  geometry.problem = judge_distances(distances_mm, geometry);
  if (geometry.problem) return geometry;
  const double pixel_mm = std::ranges::min(*slices.front().pixel_spacing_mm);
  geometry.tilt_deg = tilt_deg(slices, normal);
  if (geometry.tilt_deg > largest_tilt_deg) {
    geometry.problem = geometry_problem("slices tilted or shifted by " + fixed(geometry.tilt_deg, 1) +
                                        " degrees, at most " + fixed(largest_tilt_deg, 0) + " supported");
  } else if (largest_sideways_mm(slices) > pixel_mm) {
    geometry.problem = geometry_problem("slices shifted sideways against each other");
  } else {
    geometry.problem = judge_size(slices, geometry);
  }
  return geometry;
}

VoxelGrid grid_of_stack(std::span<const ScannedInstance> slices, const StackGeometry& geometry) {
  expects(slices.size() >= 2, "a grid needs two slices");
  const ScannedInstance& first = slices.front();
  VoxelGrid grid;
  grid.size = {*first.columns, *first.rows, static_cast<int>(slices.size() + geometry.single_gaps.size())};
  // Pixel Spacing: distance between rows first (along the column axis), between columns second.
  // [PS3.3 10.7.1.3]
  grid.spacing_mm = {
      (*first.pixel_spacing_mm)[1], (*first.pixel_spacing_mm)[0], geometry.extent_mm / (grid.size[2] - 1)};
  grid.origin_patient_mm = position(first);
  grid.patient_axes.col(0) = row_axis(first);
  grid.patient_axes.col(1) = column_axis(first);
  grid.patient_axes.col(2) = cranial_normal(first);
  return grid;
}

Eigen::Vector3d slice_step_mm(std::span<const ScannedInstance> slices, const StackGeometry& geometry) {
  expects(slices.size() >= 2, "a step needs two slices");
  const auto steps = static_cast<double>(slices.size() + geometry.single_gaps.size() - 1);
  return (position(slices.back()) - position(slices.front())) / steps;
}

}  // namespace focalhip
