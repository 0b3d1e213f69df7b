#include "analysis/femur/separate_femur.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Eigen/Geometry>

#include "analysis/support/minimum_cut.h"
#include "analysis/volume/components.h"
#include "analysis/volume/face_neighbours.h"

namespace focalhip {

namespace {

constexpr double expected_neck_shaft_angle_rad = 130.0 * std::numbers::pi / 180.0;
constexpr double closing_mm = 4.0;

struct Line {
  Eigen::Vector3d point_mm{0, 0, 0};
  Eigen::Vector3d direction{0, 0, 1};  // unit, cranial
};

// Centres of one component slice by slice, as a straight line.
std::optional<Line> line_through(const std::vector<Eigen::Vector3d>& centres_mm) {
  if (centres_mm.size() < 4) return std::nullopt;
  Eigen::Vector3d mean = Eigen::Vector3d::Zero();
  for (const Eigen::Vector3d& c : centres_mm) mean += c / static_cast<double>(centres_mm.size());
  double zz = 0.0;
  Eigen::Vector3d zc = Eigen::Vector3d::Zero();
  for (const Eigen::Vector3d& c : centres_mm) {
    zz += (c.z() - mean.z()) * (c.z() - mean.z());
    zc += (c.z() - mean.z()) * (c - mean);
  }
  return Line{mean, Eigen::Vector3d(zc / zz).normalized()};
}

// The largest piece of bone below and lateral of the head, in the lowest 30 mm: the shaft.
std::optional<Line> find_shaft(const HipRegion& hip, const std::vector<std::uint8_t>& bone) {
  const double bottom_mm = hip.grid.origin_patient_mm.z();
  const double top_mm = std::min(bottom_mm + 30.0, hip.head.centre_mm.z() - 55.0);
  VoxelGrid slab = hip.grid;
  slab.size[2] =
      std::clamp(static_cast<int>((top_mm - bottom_mm) / hip.grid.spacing_mm.z()), 0, hip.grid.size[2]);
  if (slab.size[2] < 4) return std::nullopt;
  std::vector<std::uint8_t> solid(bone.begin(),
                                  bone.begin() + static_cast<std::ptrdiff_t>(slab.voxel_count()));
  fill_plane_holes(slab, 2, solid);
  const Components parts = label_components(slab, solid);
  std::vector<double> lateral_mm3(parts.voxel_count.size(), 0.0);
  for_each_voxel(slab, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if (solid[i] == 0) return;
    const double lateral_mm = (point_mm - hip.head.centre_mm).dot(right_femur::lateral);
    lateral_mm3[static_cast<std::size_t>(parts.label[i])] += lateral_mm > 0.0 ? 1.0 : -1.0;
  });
  const auto best = std::ranges::max_element(lateral_mm3);
  if (*best <= 0.0) return std::nullopt;
  const auto label = static_cast<std::int32_t>(best - lateral_mm3.begin());
  std::vector<Eigen::Vector3d> sum(static_cast<std::size_t>(slab.size[2]), Eigen::Vector3d::Zero());
  std::vector<double> count(sum.size(), 0.0);
  for_each_voxel(slab, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if (parts.label[i] != label) return;
    const std::size_t slice =
        i / (static_cast<std::size_t>(slab.size[0]) * static_cast<std::size_t>(slab.size[1]));
    sum[slice] += point_mm;
    count[slice] += 1.0;
  });
  std::vector<Eigen::Vector3d> centres_mm;
  for (std::size_t slice = 0; slice < sum.size(); ++slice) {
    if (count[slice] > 0.0) centres_mm.emplace_back(sum[slice] / count[slice]);
  }
  return line_through(centres_mm);
}

// Bone that is certainly the femur's or certainly the pelvis'.
enum class Owner : std::uint8_t { open, femur, pelvis };

class Ownership {
 public:
  Ownership(const HipRegion& hip, const SocketBarrier& barrier, const std::optional<Line>& shaft)
      : hip_(hip), barrier_(barrier), shaft_(shaft) {}

  [[nodiscard]] Owner of(const Eigen::Vector3d& point_mm) const {
    const Eigen::Vector3d from_head = point_mm - hip_.head.centre_mm;
    const double outside_mm = from_head.norm() - hip_.head.radius_mm;
    if (outside_mm < -2.0) return Owner::femur;
    const double lateral_mm = from_head.dot(right_femur::lateral);
    if (outside_mm > barrier_.margin_mm) {
      if (outside_mm < barrier_.thickness_mm && barrier_.faces_socket(from_head)) return Owner::pelvis;
      if (-lateral_mm > hip_.head.radius_mm + barrier_.margin_mm) return Owner::pelvis;
    }
    if (shaft_ && from_head.z() < -50.0 && distance_from_shaft_mm(point_mm) < 22.0) return Owner::femur;
    if (!shaft_ && lateral_mm > hip_.head.radius_mm + 12.0 && from_head.z() < 15.0) return Owner::femur;
    return Owner::open;
  }

 private:
  [[nodiscard]] double distance_from_shaft_mm(const Eigen::Vector3d& point_mm) const {
    return (point_mm - shaft_->point_mm).cross(shaft_->direction).norm();
  }

  const HipRegion& hip_;
  const SocketBarrier& barrier_;
  const std::optional<Line>& shaft_;
};

// What it costs to part two neighbouring bone voxels: little in the dark seam of a joint, much in cortex.
double parting_cost(float hu, float other_hu) {
  const double bright = std::clamp((0.5 * (hu + other_hu) - 100.0) / 400.0, 0.0, 1.0);
  return 1.0 + 100.0 * bright * bright;
}

// Head and what lies lateral of it must be one piece; bone of a fractured neck may be two.
void refuse_broken(const HipRegion& hip, const std::vector<std::uint8_t>& femur) {
  const Components parts = label_components(hip.grid, femur);
  std::vector<double> lateral(parts.voxel_count.size(), 0.0);
  std::vector<double> in_head(parts.voxel_count.size(), 0.0);
  for_each_voxel(hip.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    const auto label = static_cast<std::size_t>(parts.label[i]);
    if (label == 0) return;
    const Eigen::Vector3d from_head = point_mm - hip.head.centre_mm;
    if (from_head.norm() < hip.head.radius_mm) in_head[label] += 1.0;
    if (from_head.dot(right_femur::lateral) > hip.head.radius_mm + 5.0) lateral[label] += 1.0;
  });
  const auto shaft = std::ranges::max_element(lateral);
  const auto head = std::ranges::max_element(in_head);
  if (*shaft > 0.0 && shaft - lateral.begin() == head - in_head.begin()) return;
  throw Refusal(RefusalCode::segmentation,
                "bone of the femoral head is not connected with trochanter and shaft; one piece needed");
}

}  // namespace

bool SocketBarrier::faces_socket(const Eigen::Vector3d& from_head_centre_mm) const {
  return from_head_centre_mm.dot(neck_direction) < std::cos(free_angle_rad) * from_head_centre_mm.norm();
}

Eigen::Vector3d estimate_neck_direction(const HipRegion& hip, const std::vector<std::uint8_t>& bone) {
  const Eigen::Vector3d average = Eigen::Vector3d{-0.75, 0.15, -0.64}.normalized();
  const std::optional<Line> shaft = find_shaft(hip, bone);
  if (!shaft) return average;
  const Eigen::Vector3d foot_mm =
      shaft->point_mm + shaft->direction * shaft->direction.dot(hip.head.centre_mm - shaft->point_mm);
  const double offset_mm = (hip.head.centre_mm - foot_mm).norm();
  // The neck rises from the shaft axis at the supplement of the neck-shaft angle.
  const double drop_mm = offset_mm / std::tan(std::numbers::pi - expected_neck_shaft_angle_rad);
  const Eigen::Vector3d direction = (foot_mm - drop_mm * shaft->direction - hip.head.centre_mm).normalized();
  return direction.dot(average) > 0.7 ? direction : average;  // more than 45 degrees off: not the shaft
}

std::vector<std::uint8_t> part_from_pelvis(const HipRegion& hip,
                                           const std::vector<std::uint8_t>& bone,
                                           const SocketBarrier& barrier) {
  const std::optional<Line> shaft = find_shaft(hip, bone);
  const Ownership ownership(hip, barrier, shaft);
  constexpr std::int32_t certain = 1 << 24;
  std::vector<std::int32_t> node(bone.size(), -1);
  std::vector<std::size_t> voxel;
  CutGraph graph;
  for_each_voxel(hip.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if (bone[i] == 0) return;
    const Owner owner = ownership.of(point_mm);
    node[i] = static_cast<std::int32_t>(voxel.size());
    voxel.push_back(i);
    graph.terminal.push_back(owner == Owner::femur ? certain : owner == Owner::pelvis ? -certain : 0);
  });
  graph.neighbour.resize(voxel.size());
  graph.capacity.resize(voxel.size());
  for (std::size_t n = 0; n < voxel.size(); ++n) {
    graph.neighbour[n].fill(-1);
    graph.capacity[n].fill(0);
    for_each_face_neighbour(hip.grid, voxel[n], [&](std::size_t k, std::size_t other) {
      if (node[other] < 0) return;
      const double cost = relative_face_area(hip.grid, k / 2) * parting_cost(hip.hu[voxel[n]], hip.hu[other]);
      graph.neighbour[n][k] = node[other];
      graph.capacity[n][k] = static_cast<std::int32_t>(std::lround(16.0 * cost));
    });
  }
  const MinimumCut cut = minimum_cut(std::move(graph));
  std::vector<std::uint8_t> femur(bone.size(), 0);
  for (std::size_t n = 0; n < voxel.size(); ++n) femur[voxel[n]] = cut.source_side[n];
  return femur;
}

std::vector<std::uint8_t> solid_femur(const HipRegion& hip, std::vector<std::uint8_t> femur) {
  for_each_voxel(hip.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if ((point_mm - hip.head.centre_mm).norm() < hip.head.radius_mm - 1.0) femur[i] = 1;
  });
  close_ball(hip.grid, closing_mm, femur);
  fill_holes(hip.grid, femur);
  for (std::size_t axis = 0; axis < 3; ++axis) fill_plane_holes(hip.grid, axis, femur);
  refuse_broken(hip, femur);
  return femur;
}

}  // namespace focalhip
