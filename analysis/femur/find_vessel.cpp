#include "analysis/femur/find_vessel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "analysis/volume/components.h"
#include "analysis/volume/hu_region.h"
#include "analysis/volume/smooth_gaussian.h"

namespace focalhip {

namespace {

constexpr double slab_mm = 8.0;       // slices averaged: noise of 30 HU falls to about 10
constexpr double smoothing_mm = 1.2;  // in the plane of the slices
// Artery and vein lie side by side; what melts into one at the first level is apart at a higher one.
constexpr std::array<float, 5> levels_hu{100.0F, 130.0F, 160.0F, 200.0F, 250.0F};
constexpr double least_mean_hu = 110.0;
constexpr double most_mean_hu = 450.0;
constexpr float calcified_hu = 600.0F;
constexpr double least_across_mm = 5.0;
constexpr double most_across_mm = 18.0;
constexpr double core_mm = 2.0;           // bone is darkest in its middle, a vessel brightest
constexpr double least_roundness = 0.55;  // area of the part to that of the circle about it
constexpr double most_shift_mm = 7.0;  // from slab to slab: vessels run within 40 degrees of the slice axis
constexpr int least_slabs = 5;
// Where the vessels run: in front of the medial half of the head. Patient frame, mm from its centre.
constexpr double lateral_reach_mm = 10.0;
constexpr double medial_reach_mm = 40.0;
constexpr double in_front_mm = 50.0;  // of the head's surface
constexpr double caudal_reach_mm = 40.0;
constexpr double cranial_reach_mm = 45.0;

// A round bright part of one slab.
struct RoundPart {
  Eigen::Vector3d centre_mm{0.0, 0.0, 0.0};
  double mean_hu = 0.0;
};

IndexBox vessel_box(const CtVolume& ct, const Eigen::Vector3d& head_mm, double radius_mm) {
  // The midline is on the side of the body's middle: that of the grid is near enough.
  const Eigen::Vector3d middle_mm = ct.grid.patient_from_voxel(
      0.5 * Eigen::Vector3d(ct.grid.size[0] - 1, ct.grid.size[1] - 1, ct.grid.size[2] - 1));
  const bool medial_is_left = middle_mm.x() > head_mm.x();
  const Eigen::Vector3d low(
      medial_is_left ? -lateral_reach_mm : -medial_reach_mm, -radius_mm - in_front_mm, -caudal_reach_mm);
  const Eigen::Vector3d high(
      medial_is_left ? medial_reach_mm : lateral_reach_mm, -0.6 * radius_mm, cranial_reach_mm);
  return covering_box(ct.grid, head_mm + low, head_mm + high);
}

// Mean of the box's slices first .. last - 1, as a region of one slice.
HuRegion slab_mean(const CtVolume& ct, const IndexBox& box, int first, int last) {
  IndexBox slab = box;
  slab.first[2] = first;
  slab.last[2] = last;
  const HuRegion stack = crop_hu(ct, slab);
  HuRegion mean{.grid = stack.grid, .hu = {}};
  mean.grid.size[2] = 1;
  mean.grid.origin_patient_mm = stack.grid.patient_from_voxel({0.0, 0.0, 0.5 * (last - first - 1)});
  mean.hu.assign(mean.grid.voxel_count(), 0.0F);
  for (std::size_t i = 0; i < stack.hu.size(); ++i) mean.hu[i % mean.hu.size()] += stack.hu[i];
  for (float& hu : mean.hu) hu /= static_cast<float>(last - first);
  smooth_gaussian(mean.grid, mean.hu, smoothing_mm);
  return mean;
}

struct PartShape {
  std::vector<Eigen::Vector3d> points_mm;
  double sum_hu = 0.0;
  float largest_hu = -std::numeric_limits<float>::max();
  bool touches_border = false;
};

std::vector<PartShape> shapes_in(const HuRegion& slab, const Components& parts) {
  std::vector<PartShape> shapes(parts.voxel_count.size());
  for (int row = 0; row < slab.grid.size[1]; ++row) {
    for (int column = 0; column < slab.grid.size[0]; ++column) {
      const std::size_t index = slab.grid.index(column, row, 0);
      PartShape& shape = shapes[static_cast<std::size_t>(parts.label[index])];
      shape.points_mm.push_back(slab.grid.patient_from_voxel({1.0 * column, 1.0 * row, 0.0}));
      shape.sum_hu += slab.hu[index];
      shape.largest_hu = std::max(shape.largest_hu, slab.hu[index]);
      shape.touches_border = shape.touches_border || column == 0 || row == 0 ||
                             column + 1 == slab.grid.size[0] || row + 1 == slab.grid.size[1];
    }
  }
  return shapes;
}

// Mean within core_mm of a point.
double core_hu(const HuRegion& slab, const PartShape& shape, const Eigen::Vector3d& centre_mm) {
  double sum = 0.0;
  int count = 0;
  for (const Eigen::Vector3d& point : shape.points_mm) {
    if ((point - centre_mm).norm() > core_mm) continue;
    const Eigen::Vector3d voxel = slab.grid.voxel_from_patient(point);
    sum += slab.hu[slab.grid.index(
        static_cast<int>(std::lround(voxel.x())), static_cast<int>(std::lround(voxel.y())), 0)];
    ++count;
  }
  return count == 0 ? 0.0 : sum / count;
}

std::optional<RoundPart> round_part(const HuRegion& slab, const PartShape& shape) {
  if (shape.points_mm.empty() || shape.touches_border || shape.largest_hu > calcified_hu) return std::nullopt;
  const auto count = static_cast<double>(shape.points_mm.size());
  const double pixel_mm2 = slab.grid.spacing_mm.x() * slab.grid.spacing_mm.y();
  RoundPart part{.centre_mm = Eigen::Vector3d::Zero(), .mean_hu = shape.sum_hu / count};
  for (const Eigen::Vector3d& point : shape.points_mm) part.centre_mm += point / count;
  double farthest_mm = 0.0;
  for (const Eigen::Vector3d& point : shape.points_mm)
    farthest_mm = std::max(farthest_mm, (point - part.centre_mm).norm());
  const double area_mm2 = count * pixel_mm2;
  const double across_mm = std::sqrt(4.0 * area_mm2 / std::numbers::pi);
  const double circle_mm2 = std::numbers::pi * std::pow(farthest_mm + 0.5 * std::sqrt(pixel_mm2), 2);
  const bool is_vessel = across_mm >= least_across_mm && across_mm <= most_across_mm &&
                         area_mm2 >= least_roundness * circle_mm2 && part.mean_hu >= least_mean_hu &&
                         part.mean_hu <= most_mean_hu && core_hu(slab, shape, part.centre_mm) >= part.mean_hu;
  return is_vessel ? std::optional(part) : std::nullopt;
}

std::vector<RoundPart> round_parts(const HuRegion& slab) {
  std::vector<RoundPart> found;
  for (const float level_hu : levels_hu) {
    std::vector<std::uint8_t> bright(slab.hu.size());
    std::ranges::transform(slab.hu, bright.begin(), [&](float hu) { return hu > level_hu ? 1 : 0; });
    const std::vector<PartShape> shapes = shapes_in(slab, label_components(slab.grid, bright));
    for (std::size_t label = 1; label < shapes.size(); ++label) {
      if (const auto part = round_part(slab, shapes[label])) found.push_back(*part);
    }
  }
  return found;
}

// A column that has been followed up to some slab.
struct Column {
  RoundPart last;
  int slabs = 1;
  double sum_hu = 0.0;
};

// Each part continues the nearest column of the slab below, or begins one.
std::vector<Column> continued(const std::vector<Column>& below, const std::vector<RoundPart>& parts) {
  std::vector<Column> columns;
  for (const RoundPart& part : parts) {
    Column column{.last = part, .slabs = 1, .sum_hu = part.mean_hu};
    double nearest_mm = most_shift_mm;
    for (const Column& candidate : below) {
      const Eigen::Vector3d shift = part.centre_mm - candidate.last.centre_mm;
      const double shift_mm = shift.head<2>().norm();
      if (shift_mm >= nearest_mm) continue;
      nearest_mm = shift_mm;
      column.slabs = candidate.slabs + 1;
      column.sum_hu = candidate.sum_hu + part.mean_hu;
    }
    columns.push_back(column);
  }
  return columns;
}

}  // namespace

std::optional<double> find_enhanced_vessel(const CtVolume& ct,
                                           const Eigen::Vector3d& head_centre_patient_mm,
                                           double head_radius_mm) {
  const IndexBox box = vessel_box(ct, head_centre_patient_mm, head_radius_mm);
  if (box.empty()) return std::nullopt;
  const int slices = std::max(1, static_cast<int>(std::lround(slab_mm / ct.grid.spacing_mm.z())));
  std::optional<double> brightest_hu;
  std::vector<Column> columns;
  for (int first = box.first[2]; first + slices <= box.last[2]; first += slices) {
    columns = continued(columns, round_parts(slab_mean(ct, box, first, first + slices)));
    for (const Column& column : columns) {
      if (column.slabs < least_slabs) continue;
      const double mean_hu = column.sum_hu / column.slabs;
      brightest_hu = std::max(brightest_hu.value_or(mean_hu), mean_hu);
    }
  }
  return brightest_hu;
}

}  // namespace focalhip
