#include "analysis/side/head_connectivity.h"

#include <algorithm>
#include <cmath>

#include "analysis/support/minimum_cut.h"
#include "analysis/volume/face_neighbours.h"

namespace focalhip {

namespace {

// Bone below the first carries nothing: soft tissue, blood and blur in a gap. Above the second all carries
// the same: block means of cortex depend on where it lies in the block.
constexpr double least_hu = 130.0;
constexpr double largest_hu = 1000.0;
constexpr double units_per_hu_mm2 = 0.25;
constexpr std::int32_t certain = 1 << 26;

constexpr double head_core = 0.6;             // of the radius: where the flow begins
constexpr double shaft_below_head_mm = 75.0;  // and ends, for a head of 23 mm
constexpr double shaft_height_mm = 10.0;      // at least this much of the scan is shaft
constexpr double shaft_reach_mm = 24.0;       // from the axis
constexpr double socket_margin_mm = 1.0;      // outside the head's sphere the socket begins
constexpr double socket_thickness_mm = 14.0;
constexpr double neck_cone_cosine = 0.5;  // 60 degrees about the neck are the femur's own

class Roads {
 public:
  explicit Roads(const HipBone& hip) : hip_(hip) {
    const AxisLine& shaft = *hip.shaft;
    const double scale = hip.head.radius_mm / 23.0;
    const double bottom_mm = hip.grid.origin_patient_mm.z();
    shaft_top_mm_ =
        std::max(hip.head.centre_mm.z() - scale * shaft_below_head_mm, bottom_mm + shaft_height_mm);
    // The neck leaves towards the shaft axis, about the offset lower.
    const Eigen::Vector3d foot_mm =
        shaft.point_mm + shaft.direction * shaft.direction.dot(hip.head.centre_mm - shaft.point_mm);
    const double offset_mm = (foot_mm - hip.head.centre_mm).norm();
    neck_direction_ = (foot_mm - 0.85 * offset_mm * shaft.direction - hip.head.centre_mm).normalized();
  }

  [[nodiscard]] bool open(std::size_t i, const Eigen::Vector3d& point_mm) const {
    if (hip_.hu[i] <= least_hu) return false;
    const Eigen::Vector3d from_head = point_mm - hip_.head.centre_mm;
    const double outside_mm = from_head.norm() - hip_.head.radius_mm;
    if (outside_mm <= socket_margin_mm) return true;
    // Medial of the head and the shell about it are pelvis.
    if (-from_head.dot(right_femur::lateral) > hip_.head.radius_mm + socket_margin_mm) return false;
    return outside_mm > socket_thickness_mm ||
           from_head.dot(neck_direction_) > neck_cone_cosine * from_head.norm();
  }
  [[nodiscard]] bool is_head(const Eigen::Vector3d& point_mm) const {
    return (point_mm - hip_.head.centre_mm).norm() < head_core * hip_.head.radius_mm;
  }
  [[nodiscard]] bool is_shaft(const Eigen::Vector3d& point_mm) const {
    return point_mm.z() < shaft_top_mm_ && hip_.shaft->distance_mm(point_mm) < shaft_reach_mm;
  }
  [[nodiscard]] double mineral(std::size_t i) const {
    return std::clamp<double>(hip_.hu[i], least_hu, largest_hu) - least_hu;
  }

 private:
  const HipBone& hip_;
  double shaft_top_mm_ = 0.0;
  Eigen::Vector3d neck_direction_{0, 0, 0};
};

std::int32_t capacity_of(double mineral_hu, double area_mm2) {
  return static_cast<std::int32_t>(std::lround(units_per_hu_mm2 * mineral_hu * area_mm2));
}

// The mineral cross-section of the shaft, mean over its slices, in the units of the flow.
double shaft_section(const HipBone& hip, const Roads& roads) {
  double sum = 0.0;
  std::vector<bool> seen(static_cast<std::size_t>(hip.grid.size[2]), false);
  const std::size_t plane =
      static_cast<std::size_t>(hip.grid.size[0]) * static_cast<std::size_t>(hip.grid.size[1]);
  const double area_mm2 = hip.grid.spacing_mm.x() * hip.grid.spacing_mm.y();
  for_each_voxel(hip.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    if (!roads.is_shaft(point_mm) || !roads.open(i, point_mm)) return;
    seen[i / plane] = true;
    sum += capacity_of(roads.mineral(i), area_mm2);
  });
  const auto slices = static_cast<double>(std::ranges::count(seen, true));
  return slices > 0.0 ? sum / slices : 0.0;
}

}  // namespace

std::optional<double> head_connectivity(const HipBone& hip) {
  if (!hip.shaft) return std::nullopt;
  const Roads roads(hip);
  std::vector<std::int32_t> node(hip.hu.size(), -1);
  std::vector<std::size_t> voxel;
  CutGraph graph;
  for_each_voxel(hip.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    const bool head = roads.is_head(point_mm);  // a cyst or fat in the middle does not matter
    if (!head && !roads.open(i, point_mm)) return;
    node[i] = static_cast<std::int32_t>(voxel.size());
    voxel.push_back(i);
    graph.terminal.push_back(head ? certain : roads.is_shaft(point_mm) ? -certain : 0);
  });
  graph.neighbour.resize(voxel.size());
  graph.capacity.resize(voxel.size());
  const double face_volume_mm3 = hip.grid.voxel_volume_mm3();
  for (std::size_t n = 0; n < voxel.size(); ++n) {
    graph.neighbour[n].fill(-1);
    graph.capacity[n].fill(0);
    for_each_face_neighbour(hip.grid, voxel[n], [&](std::size_t k, std::size_t other) {
      if (node[other] < 0) return;
      const double area_mm2 = face_volume_mm3 / hip.grid.spacing_mm[static_cast<Eigen::Index>(k / 2)];
      graph.neighbour[n][k] = node[other];
      graph.capacity[n][k] = capacity_of(std::min(roads.mineral(voxel[n]), roads.mineral(other)), area_mm2);
    });
  }
  const double section = shaft_section(hip, roads);
  if (section <= 0.0) return std::nullopt;
  return static_cast<double>(minimum_cut(std::move(graph)).flow) / section;
}

}  // namespace focalhip
