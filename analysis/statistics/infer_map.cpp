#include "analysis/statistics/infer_map.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/statistics/distributions.h"
#include "analysis/support/expects.h"

namespace focalhip {

namespace {

double upper_tail(double t, double df) {
  return df >= gaussian_df ? normal_upper_tail(t) : student_t_upper_tail(t, df);
}

double forming_threshold(const ClusterForming& forming, double df) {
  if (const auto* t = std::get_if<ClusterFormingT>(&forming)) return t->t;
  const double p = std::get<ClusterFormingP>(forming).p;
  return df >= gaussian_df ? normal_upper_quantile(p) : student_t_upper_quantile(p, df);
}

// Points above the threshold, joined over edges.
class Excursion {
 public:
  Excursion(const SearchRegion& region,
            std::span<const double> t,
            double threshold,
            std::span<const std::uint8_t> mask)
      : parent_(t.size()), is_peak_(t.size(), 0) {
    std::iota(parent_.begin(), parent_.end(), 0);
    for (std::size_t p = 0; p < t.size(); ++p) is_peak_[p] = mask[p] != 0 && t[p] >= threshold ? 1 : 0;
    above_ = is_peak_;
    for (const auto& [a, b] : region.edges) {
      const auto i = static_cast<std::size_t>(a);
      const auto j = static_cast<std::size_t>(b);
      if (mask[i] == 0 || mask[j] == 0) continue;
      if (t[i] < t[j]) is_peak_[i] = 0;
      if (t[j] < t[i]) is_peak_[j] = 0;
      if (above_[i] != 0 && above_[j] != 0) join(a, b);
    }
  }
  [[nodiscard]] bool is_above(std::size_t p) const { return above_[p] != 0; }
  [[nodiscard]] bool is_peak(std::size_t p) const { return is_peak_[p] != 0; }  // no neighbour is higher
  [[nodiscard]] std::size_t root(std::size_t p) {
    while (parent_[p] != static_cast<int>(p)) {
      parent_[p] = parent_[static_cast<std::size_t>(parent_[p])];
      p = static_cast<std::size_t>(parent_[p]);
    }
    return p;
  }

 private:
  void join(int a, int b) {
    const std::size_t i = root(static_cast<std::size_t>(a));
    const std::size_t j = root(static_cast<std::size_t>(b));
    parent_[std::max(i, j)] = static_cast<int>(std::min(i, j));
  }
  std::vector<int> parent_;
  std::vector<std::uint8_t> is_peak_;
  std::vector<std::uint8_t> above_;
};

void number_clusters(Excursion& excursion, const RegionRoughness& roughness, MapInference& map) {
  const std::size_t count = map.cluster_of.size();
  std::vector<int> number(count, -1);
  std::vector<Cluster> found;
  for (std::size_t p = 0; p < count; ++p) {
    if (!excursion.is_above(p)) continue;
    const std::size_t root = excursion.root(p);
    if (number[root] < 0) {
      number[root] = static_cast<int>(found.size());
      found.emplace_back();
    }
    map.cluster_of[p] = number[root] + 1;
    Cluster& cluster = found[static_cast<std::size_t>(number[root])];
    ++cluster.points;
    cluster.resels += roughness.resels_of_point[p];
  }
  std::vector<std::size_t> order(found.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return found[a].resels > found[b].resels; });
  std::vector<int> rank(found.size() + 1, 0);
  for (std::size_t i = 0; i < order.size(); ++i) {
    rank[order[i] + 1] = static_cast<int>(i) + 1;
    map.clusters.push_back(found[order[i]]);
  }
  for (int& cluster : map.cluster_of) cluster = rank[static_cast<std::size_t>(cluster)];
}

}  // namespace

std::vector<double> false_discovery_rates(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return p[a] != p[b] ? p[a] < p[b] : a < b; });
  std::vector<double> q(p.size(), 1.0);
  double least = 1.0;
  const auto m = static_cast<double>(p.size());
  for (std::size_t i = order.size(); i-- > 0;) {
    least = std::min(least, m * p[order[i]] / static_cast<double>(i + 1));
    q[order[i]] = least;
  }
  return q;
}

MapInference infer_map(const SearchRegion& region,
                       const RegionRoughness& roughness,
                       std::span<const double> t,
                       double df,
                       std::span<const std::uint8_t> mask,
                       const InferenceOptions& options) {
  const std::size_t count = t.size();
  expects(mask.size() == count && static_cast<int>(count) == region.points, "a map and a mask of the region");
  MapInference map;
  map.p_vertex.assign(count, 1.0);
  map.p_cluster.assign(count, 1.0);
  map.q.assign(count, 1.0);
  map.cluster_of.assign(count, 0);
  std::vector<std::size_t> inside;
  for (std::size_t p = 0; p < count; ++p) {
    if (mask[p] != 0) inside.push_back(p);
  }
  expects(!inside.empty(), "a mask that is not empty");
  map.points_in_mask = static_cast<int>(inside.size());
  const MaximumLaw maximum(roughness.resels, static_cast<double>(inside.size()), df);
  std::vector<double> uncorrected;
  for (const std::size_t p : inside) {
    uncorrected.push_back(upper_tail(t[p], df));
    map.p_vertex[p] = maximum.p(t[p]);
  }
  const std::vector<double> q = false_discovery_rates(uncorrected);
  for (std::size_t i = 0; i < inside.size(); ++i) map.q[inside[i]] = q[i];

  map.cluster_threshold_t = forming_threshold(options.cluster_forming, df);
  Excursion excursion(region, t, map.cluster_threshold_t, mask);
  number_clusters(excursion, roughness, map);
  if (map.clusters.empty()) return map;
  // Where nothing can be said of clusters, their P stays 1.
  const auto law = ClusterLaw::where_defined({.dimensions = region.dimensions, .df = df, .df_of_resels = df},
                                             map.cluster_threshold_t,
                                             roughness.resels[static_cast<std::size_t>(region.dimensions)]);
  for (Cluster& cluster : map.clusters) cluster.p = law ? law->p(cluster.resels) : 1.0;
  for (const std::size_t p : inside) {
    if (map.cluster_of[p] == 0) continue;
    map.p_cluster[p] = map.clusters[static_cast<std::size_t>(map.cluster_of[p]) - 1].p;
    if (excursion.is_peak(p))
      map.peaks.push_back({t[p], static_cast<int>(p), map.cluster_of[p], map.p_vertex[p]});
  }
  std::ranges::stable_sort(map.peaks, [](const Peak& a, const Peak& b) { return a.t > b.t; });
  return map;
}

}  // namespace focalhip
