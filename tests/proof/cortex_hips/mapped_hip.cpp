#include "tests/proof/cortex_hips/mapped_hip.h"

#include <cmath>
#include <unordered_map>

#include "analysis/pipeline.h"
#include "tests/support/simulated_volume.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

// Nearest of many points, by cells of 4 mm; nothing beyond 4 mm.
class PointFinder {
 public:
  explicit PointFinder(const std::vector<Eigen::Vector3d>& points) : points_(points) {
    for (std::size_t i = 0; i < points.size(); ++i) cells_[key(points[i], {0, 0, 0})].push_back(i);
  }
  [[nodiscard]] std::optional<std::size_t> nearest(const Eigen::Vector3d& p) const {
    std::optional<std::size_t> best;
    double best_distance = cell_mm;
    for (int i = -1; i <= 1; ++i) {
      for (int j = -1; j <= 1; ++j) {
        for (int k = -1; k <= 1; ++k) {
          const auto cell = cells_.find(key(p, {i, j, k}));
          if (cell == cells_.end()) continue;
          for (const std::size_t candidate : cell->second) {
            const double distance = (points_[candidate] - p).norm();
            if (distance >= best_distance) continue;
            best_distance = distance;
            best = candidate;
          }
        }
      }
    }
    return best;
  }

 private:
  static constexpr double cell_mm = 4.0;
  static std::int64_t key(const Eigen::Vector3d& p, const std::array<int, 3>& step) {
    std::int64_t result = 0;
    for (int axis = 0; axis < 3; ++axis) {
      const auto at =
          static_cast<std::int64_t>(std::floor(p[axis] / cell_mm)) + step[static_cast<std::size_t>(axis)];
      result = result * 100003 + at;
    }
    return result;
  }
  const std::vector<Eigen::Vector3d>& points_;
  std::unordered_map<std::int64_t, std::vector<std::size_t>> cells_;
};

bool in_cap(const Eigen::Vector3d& p, const sim::SideTruth& truth) {
  const Eigen::Vector3d from_head = p - eigen(truth.head_centre);
  return from_head.norm() < truth.head_radius_mm + 2.0 &&
         from_head.normalized().dot(eigen(truth.neck_axis_direction)) > -0.3;
}

void pair_vertices(MappedFemur& mapped, const sim::SideTruth& side) {
  const CorticalMap& map = mapped.cortex->map;
  const FemurSurface& measured = mapped.cortex->surface;
  std::vector<Eigen::Vector3d> true_points;
  for (const sim::Vec3& v : mapped.truth.vertices_patient_mm) true_points.push_back(eigen(v));
  const PointFinder truth_finder(true_points);
  for (std::size_t v = 0; v < map.state.size(); ++v) {
    const Eigen::Vector3d& p = measured.mesh.vertices_mm[v];
    VertexPair pair{.state = map.state[v], .region = measured.region[v], .cap = in_cap(p, side)};
    pair.area_mm2 = measured.area_mm2[v];
    pair.cth_mm = static_cast<double>(map.cth_mm[v]);
    pair.cbmd = static_cast<double>(map.cbmd_mg_cm3[v]);
    pair.ectd = static_cast<double>(map.ectd_mg_cm3[v]);
    pair.information = static_cast<double>(map.information_share[v]);
    if (const auto near = truth_finder.nearest(p)) {
      const sim::CortexTruth& truth = mapped.truth.cortex[*near];
      pair.truth_valid = truth.valid;
      pair.true_cth_mm = truth.cth_mm;
      pair.true_cbmd = truth.cbmd_mg_cm3;
      pair.true_ectd = truth.ectd_mg_cm3;
    }
    mapped.vertices.push_back(pair);
  }
  const PointFinder measured_finder(measured.mesh.vertices_mm);
  for (const Eigen::Vector3d& p : true_points) {
    const auto near = measured_finder.nearest(p);
    mapped.nearest_measured.push_back(near ? static_cast<int>(*near) : -1);
  }
}

MappedFemur compared(const FemurResult& femur, const sim::SurfaceMesh& surface, const sim::SideTruth& side) {
  MappedFemur mapped;
  mapped.side = femur.side;
  mapped.truth = surface;
  if (!femur.cortex) {
    mapped.failure = femur.unmeasured() != nullptr ? femur.unmeasured()->reason.detail : "no cortical map";
    return mapped;
  }
  mapped.cortex = *femur.cortex;
  pair_vertices(mapped, side);
  return mapped;
}

}  // namespace

std::array<MappedFemur, 2> map_hip(const sim::HipParameters& hip,
                                   const sim::Protocol& protocol,
                                   std::uint64_t noise_seed) {
  sim::SimulatedScan scan = sim::simulate(hip, protocol, noise_seed, 1);
  const sim::FemurSurfaces surfaces = sim::simulate_surfaces(hip, protocol, 1);
  AnalysisOptions options;
  options.threads = 1;
  const CtVolume ct = test::ct_volume(scan.grid, std::move(scan.hu), protocol.tube_kvp);
  const HipReport report = analyse(ct, {}, options);
  std::array<MappedFemur, 2> mapped;
  mapped[1].side = Side::left;
  for (MappedFemur& femur : mapped) femur.failure = report.refusal ? report.refusal->detail : "not reported";
  for (const FemurResult& femur : report.femurs) {
    const bool right = femur.side == Side::right;
    mapped[right ? 0 : 1] =
        compared(femur, right ? surfaces.right : surfaces.left, right ? scan.truth.right : scan.truth.left);
  }
  return mapped;
}

}  // namespace focalhip::proof
