#include "analysis/femur/cut_femur.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/support/minimum_cut.h"
#include "analysis/volume/components.h"
#include "analysis/volume/distance_map.h"
#include "analysis/volume/face_neighbours.h"
#include "analysis/volume/smooth_gaussian.h"

namespace focalhip {

namespace {

constexpr double units_per_cost = 16.0;  // capacities are integers; a cost of 1 keeps four binary digits

// The voxels whose label is open: band of the prior, away from the border of the region.
struct Band {
  std::vector<std::uint8_t> inside;  // all voxels: 1 = certainly or provisionally inside
  std::vector<std::int32_t> node;    // all voxels: number of the node, -1 = label fixed
  std::vector<std::size_t> voxel;    // per node
};

Band open_band(const HipRegion& hip, const PriorSurface& prior, const CutOptions& options) {
  Band band{.inside = std::vector<std::uint8_t>(hip.hu.size(), 0),
            .node = std::vector<std::int32_t>(hip.hu.size(), -1),
            .voxel = {}};
  for (std::size_t i = 0; i < hip.hu.size(); ++i) {
    const double reach_mm = prior.on_socket[i] != 0 ? options.socket_band_mm : options.band_mm;
    const double distance_mm = prior.distance_mm[i];
    if (distance_mm < 0.0) band.inside[i] = 1;
    if (std::abs(distance_mm) >= reach_mm) continue;
    band.node[i] = static_cast<std::int32_t>(band.voxel.size());
    band.voxel.push_back(i);
  }
  return band;
}

// Value differences along the three storage axes, per mm, one-sided at the region's border.
Eigen::Vector3f slope_at(const VoxelGrid& grid, const std::vector<float>& values, std::size_t i) {
  const std::array<std::size_t, 3> size{static_cast<std::size_t>(grid.size[0]),
                                        static_cast<std::size_t>(grid.size[1]),
                                        static_cast<std::size_t>(grid.size[2])};
  const std::array<std::size_t, 3> stride{1, size[0], size[0] * size[1]};
  Eigen::Vector3f slope = Eigen::Vector3f::Zero();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::size_t index = i / stride[axis] % size[axis];
    const std::size_t low = index > 0 ? i - stride[axis] : i;
    const std::size_t high = index + 1 < size[axis] ? i + stride[axis] : i;
    if (low == high) continue;
    const auto at = static_cast<Eigen::Index>(axis);
    const auto steps = static_cast<float>((high - low) / stride[axis]);
    slope[at] = (values[high] - values[low]) / (steps * static_cast<float>(grid.spacing_mm[at]));
  }
  return slope;
}

// Fall of the HU along the outward normal of the prior at every node, HU/mm.
std::vector<float> outward_fall(const HipRegion& hip,
                                const PriorSurface& prior,
                                const Band& band,
                                const CutOptions& options) {
  std::vector<float> hu = hip.hu;
  smooth_gaussian(hip.grid, hu, options.edge_smoothing_mm);
  std::vector<float> fall(band.voxel.size());
  for (std::size_t n = 0; n < band.voxel.size(); ++n) {
    const Eigen::Vector3f normal = slope_at(hip.grid, prior.distance_mm, band.voxel[n]);
    const float length = normal.norm();
    const Eigen::Vector3f slope = slope_at(hip.grid, hu, band.voxel[n]);
    fall[n] = length > 0.0F ? -slope.dot(normal) / length : 0.0F;
  }
  return fall;
}

// Cost of leaving the prior, and of leaving bright bone outside. Positive pulls inside.
double terminal_cost(const HipRegion& hip,
                     const PriorSurface& prior,
                     std::size_t voxel,
                     const CutOptions& options) {
  const bool on_socket = prior.on_socket[voxel] != 0;
  const double reach_mm = on_socket ? options.socket_band_mm : options.band_mm;
  const double distance_mm = prior.distance_mm[voxel];
  const double relative = distance_mm / reach_mm;
  double cost = -std::copysign(options.prior_weight * relative * relative, distance_mm);
  const bool bright = hip.hu[voxel] > options.bright_hu && distance_mm < options.bright_reach_mm;
  if (bright && !on_socket) cost += options.bright_weight;
  return cost;
}

std::int32_t capacity(double cost) { return static_cast<std::int32_t>(std::lround(units_per_cost * cost)); }

// Cheap where the HU fall steeply across the surface.
double surface_cost(double fall_hu_per_mm, const CutOptions& options) {
  const double relative = std::max(0.0, fall_hu_per_mm) / options.edge_scale_hu_per_mm;
  return 100.0 * std::exp(-0.5 * relative * relative) + 1.0;
}

CutGraph make_graph(const HipRegion& hip,
                    const PriorSurface& prior,
                    const Band& band,
                    const CutOptions& options) {
  const std::vector<float> fall = outward_fall(hip, prior, band, options);
  CutGraph graph;
  graph.neighbour.resize(band.voxel.size());
  graph.capacity.resize(band.voxel.size());
  graph.terminal.resize(band.voxel.size());
  for (std::size_t n = 0; n < band.voxel.size(); ++n) {
    graph.neighbour[n].fill(-1);
    graph.capacity[n].fill(0);
    double terminal = terminal_cost(hip, prior, band.voxel[n], options);
    for_each_face_neighbour(hip.grid, band.voxel[n], [&](std::size_t k, std::size_t other) {
      const std::int32_t m = band.node[other];
      const double edge = m >= 0 ? 0.5 * (fall[n] + fall[static_cast<std::size_t>(m)]) : fall[n];
      // Links count as much as the face they stand for, so that the cut's cost approximates an area.
      const double cost = relative_face_area(hip.grid, k / 2) * surface_cost(edge, options);
      if (m >= 0) {
        graph.neighbour[n][k] = m;
        graph.capacity[n][k] = capacity(cost);
      } else {
        terminal += band.inside[other] != 0 ? cost : -cost;  // the neighbour's label is fixed
      }
    });
    graph.terminal[n] = capacity(terminal);
  }
  return graph;
}

}  // namespace

PriorSurface prior_surface(const HipRegion& hip,
                           const std::vector<std::uint8_t>& rough_femur,
                           const SocketBarrier& barrier) {
  PriorSurface prior{.distance_mm = signed_distance_mm(hip.grid, rough_femur),
                     .on_socket = std::vector<std::uint8_t>(rough_femur.size(), 0)};
  for_each_voxel(hip.grid, [&](std::size_t i, const Eigen::Vector3d& point_mm) {
    const Eigen::Vector3d from_head = point_mm - hip.head.centre_mm;
    const double outside_mm = from_head.norm() - hip.head.radius_mm;
    if (outside_mm > barrier.thickness_mm || !barrier.faces_socket(from_head)) return;
    prior.on_socket[i] = 1;
    prior.distance_mm[i] = static_cast<float>(outside_mm);
  });
  return prior;
}

std::vector<std::uint8_t> cut_femur(const HipRegion& hip,
                                    const PriorSurface& prior,
                                    const CutOptions& options) {
  const Band band = open_band(hip, prior, options);
  const MinimumCut cut = minimum_cut(make_graph(hip, prior, band, options));
  std::vector<std::uint8_t> inside = band.inside;
  for (std::size_t n = 0; n < band.voxel.size(); ++n) inside[band.voxel[n]] = cut.source_side[n];
  keep_largest_component(hip.grid, inside);
  fill_holes(hip.grid, inside);
  return inside;
}

}  // namespace focalhip
