#include "analysis/cortex/map_cortex.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/support/expects.h"
#include "analysis/support/parallel_for.h"
#include "analysis/surface/vertex_neighbours.h"

namespace focalhip {

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr int chunk = 64;  // vertices handed to a thread at once
constexpr std::size_t least_neighbours = 3;

// All vertices at most `rings` edges away.
std::vector<int> ring(const VertexNeighbours& neighbours, int vertex, int rings) {
  std::vector<int> found{vertex};
  std::size_t from = 0;
  for (int r = 0; r < rings; ++r) {
    const std::size_t to = found.size();
    for (; from < to; ++from) {
      for (const int next : neighbours[static_cast<std::size_t>(found[from])]) {
        if (std::ranges::find(found, next) == found.end()) found.push_back(next);
      }
    }
  }
  found.erase(found.begin());
  return found;
}

// Only what touches the cortex says where it ends. Outside, muscle and fat change within millimetres: taken
// as one plateau they move the outer face by up to 0.05 mm. Inside, ECTD is the density of the layer just
// below.
void keep_near(LayerSamples& samples,
               const LayerModel& layer,
               double slice_sine,
               const MapCortexOptions& options) {
  // Thick slices spread the outer face over more of the line.
  constexpr double usual_half_slice_mm = 0.5;
  const double half_slice_mm = 0.5 * options.measure.slice.thickness_mm * slice_sine;
  const double outside_mm = options.outside_mm + std::max(0.0, half_slice_mm - usual_half_slice_mm);
  for (std::size_t i = 0; i < samples.weight.size(); ++i) {
    const double x = samples.x_mm[i];
    if (x < layer.outer_mm() - outside_mm || x > layer.inner_mm() + options.ectd_depth_mm) {
      samples.weight[i] = 0.0;
    }
  }
}

// Of the product of density and thickness, which trade against each other.
double mass_sd_mg_cm2(const LayerFit& fit) {
  const LayerModel& m = fit.model;
  const double variance = m.cortex * m.cortex * fit.sd[4] * fit.sd[4] +
                          m.thickness_mm * m.thickness_mm * fit.sd[1] * fit.sd[1] +
                          2.0 * m.cortex * m.thickness_mm * fit.cortex_thickness_covariance;
  return 0.1 * std::sqrt(std::max(0.0, variance));
}

void store(CorticalMap& map, std::size_t at, const MeasuredLayer& layer) {
  if (layer.state != LayerState::valid) {
    map.state[at] = VertexState::failed;
    return;
  }
  const LayerModel& m = layer.fit.model;
  map.state[at] = VertexState::measured;
  map.has_value[at] = 1;
  map.cth_mm[at] = static_cast<float>(m.thickness_mm);
  map.cbmd_mg_cm3[at] = static_cast<float>(m.cortex);
  map.cm_mg_cm2[at] = static_cast<float>(0.1 * m.cortex * m.thickness_mm);
  map.ectd_mg_cm3[at] = static_cast<float>(m.inside);
  map.cth_sd_mm[at] = static_cast<float>(layer.fit.sd[4]);
  map.cbmd_sd_mg_cm3[at] = static_cast<float>(layer.fit.sd[1]);
  map.ectd_sd_mg_cm3[at] = static_cast<float>(layer.fit.sd[2]);
  map.cm_sd_mg_cm2[at] = static_cast<float>(mass_sd_mg_cm2(layer.fit));
  map.information_share[at] = static_cast<float>(layer.information_share.value_or(0.0));
  map.periosteal_mm[at] = static_cast<float>(m.outer_mm());
}

// Median with weights 1 / sd^2 of the thickness.
float weighted_median(const std::vector<int>& vertices,
                      const std::vector<float>& values,
                      const std::vector<float>& sd) {
  std::vector<std::pair<float, double>> sorted;
  double total = 0.0;
  for (const int v : vertices) {
    const auto at = static_cast<std::size_t>(v);
    const double s = std::max(0.01, static_cast<double>(sd[at]));
    sorted.emplace_back(values[at], 1.0 / (s * s));
    total += sorted.back().second;
  }
  std::ranges::sort(sorted);
  double sum = 0.0;
  for (const auto& [value, weight] : sorted) {
    sum += weight;
    if (sum >= 0.5 * total) return value;
  }
  return sorted.back().first;
}

// A failed vertex takes the median of its measured neighbours, two rings first, then four. [cbm 4, repair]
void stand_in(CorticalMap& map, const TriangleMesh& mesh) {
  const VertexNeighbours neighbours = vertex_neighbours(mesh);
  const CorticalMap measured = map;
  for (std::size_t v = 0; v < map.state.size(); ++v) {
    if (map.state[v] != VertexState::failed) continue;
    for (const int rings : {2, 4}) {
      std::vector<int> near = ring(neighbours, static_cast<int>(v), rings);
      std::erase_if(
          near, [&](int n) { return measured.state[static_cast<std::size_t>(n)] != VertexState::measured; });
      if (near.size() < least_neighbours) continue;
      const auto take = [&](std::vector<float>& to, const std::vector<float>& from) {
        to[v] = weighted_median(near, from, measured.cth_sd_mm);
      };
      take(map.cth_mm, measured.cth_mm);
      take(map.cm_mg_cm2, measured.cm_mg_cm2);
      take(map.cbmd_mg_cm3, measured.cbmd_mg_cm3);
      take(map.ectd_mg_cm3, measured.ectd_mg_cm3);
      take(map.cth_sd_mm, measured.cth_sd_mm);
      take(map.cm_sd_mg_cm2, measured.cm_sd_mg_cm2);
      take(map.cbmd_sd_mg_cm3, measured.cbmd_sd_mg_cm3);
      take(map.ectd_sd_mg_cm3, measured.ectd_sd_mg_cm3);
      take(map.periosteal_mm, measured.periosteal_mm);
      map.information_share[v] = 0.0F;
      map.has_value[v] = 1;
      break;
    }
  }
}

CorticalMap empty_map(std::size_t vertices, MineralBasis basis) {
  CorticalMap map;
  for (auto* values : {&map.cth_mm,
                       &map.cm_mg_cm2,
                       &map.cbmd_mg_cm3,
                       &map.ectd_mg_cm3,
                       &map.cth_sd_mm,
                       &map.cm_sd_mg_cm2,
                       &map.cbmd_sd_mg_cm3,
                       &map.ectd_sd_mg_cm3,
                       &map.information_share,
                       &map.periosteal_mm}) {
    values->assign(vertices, missing);
  }
  map.state.assign(vertices, VertexState::left_out);
  map.has_value.assign(vertices, 0);
  map.basis = basis;
  return map;
}

}  // namespace

MeasuredLayer measure_to_depth(const CortexProfile& profile,
                               const LayerSamples& whole,
                               const BonePrior& prior,
                               const MapCortexOptions& options) {
  const MeasuredLayer first = measure_layer(profile, whole, prior, options.measure);
  // Spongy bone several millimetres below may keep the whole profile from fitting well: judged is what is
  // near.
  if (first.state != LayerState::valid && first.state != LayerState::bad_fit) return first;
  LayerSamples near = whole;
  keep_near(near, first.fit.model, profile.slice_sine, options);
  const MeasuredLayer second = measure_layer(profile, near, prior, options.measure);
  return second.state == LayerState::valid || first.state != LayerState::valid ? second : first;
}

CorticalMap map_cortex(const DensityVolume& density,
                       const TriangleMesh& mesh,
                       std::span<const SurfacePoint> points,
                       std::span<const std::uint8_t> measurable,
                       const MapCortexOptions& options,
                       int threads) {
  expects(points.size() == mesh.vertices_mm.size() && measurable.size() == points.size(),
          "one point and one flag per vertex");
  const BsplineVolume volume(density.grid, density.mg_cm3);
  std::vector<CortexProfile> profiles(points.size());
  std::vector<LayerSamples> samples(points.size());
  std::vector<double> gap_mm(points.size(), -1.0);
  const double rise = options.bone.fallback.cortex - options.bone.fallback.outside;
  const int count = static_cast<int>(points.size());
  const auto for_each_vertex = [&](const auto& work) {
    parallel_for((count + chunk - 1) / chunk, threads, [&](int c) {
      for (int v = c * chunk; v < std::min(count, (c + 1) * chunk); ++v) {
        if (measurable[static_cast<std::size_t>(v)] != 0) work(static_cast<std::size_t>(v));
      }
    });
  };
  for_each_vertex([&](std::size_t v) {
    profiles[v] = read_profile(volume, points[v], options.profile);
    gap_mm[v] = weigh_profile(profiles[v], options.bone.fallback.outside, rise);
    samples[v] = read_voxels(density, points[v], profiles[v], options.voxels);
  });

  std::vector<CortexProfile> clear;
  std::vector<LayerSamples> clear_samples;
  for (std::size_t v = 0; v < points.size(); v += static_cast<std::size_t>(options.bone_estimate_stride)) {
    if (measurable[v] != 0 && gap_mm[v] < 0.0) {
      clear.push_back(profiles[v]);
      clear_samples.push_back(samples[v]);
    }
  }
  CorticalMap map = empty_map(points.size(), density.basis);
  map.bone = estimate_bone(clear, clear_samples, options.measure, options.bone, threads);
  for_each_vertex([&](std::size_t v) {
    store(map, v, measure_to_depth(profiles[v], samples[v], map.bone.prior, options));
  });

  const auto failed = std::ranges::count(map.state, VertexState::failed);
  const auto tried = failed + std::ranges::count(map.state, VertexState::measured);
  map.invalid_share = tried > 0 ? static_cast<double>(failed) / static_cast<double>(tried) : 0.0;
  stand_in(map, mesh);
  return map;
}

}  // namespace focalhip
