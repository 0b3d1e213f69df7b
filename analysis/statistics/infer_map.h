#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "analysis/statistics/random_field.h"
#include "analysis/statistics/search_region.h"

namespace focalhip {

// The threshold that forms clusters: an uncorrected one-sided P, or t itself. Not the corrected P at which
// clusters are shown: that is InferenceOptions::corrected_display_p.
struct ClusterFormingP {
  double p = 0.001;
};  // [spm 0.3]; above 0.01 the theory does not hold [spm 9]
struct ClusterFormingT {
  double t = 0.0;
};
using ClusterForming = std::variant<ClusterFormingP, ClusterFormingT>;

struct InferenceOptions {
  ClusterForming cluster_forming = ClusterFormingP{};
  double corrected_display_p = 0.05;  // clusters and vertices with a smaller corrected P are shown
};

struct Cluster {
  int points = 0;
  double resels = 0.0;
  double p = 1.0;  // corrected
};
struct Peak {
  double t = 0.0;
  int point = 0;
  int cluster = 0;  // from 1
  double p = 1.0;   // corrected
};

// One-sided inference on a t map within a mask: deficits are positive. Outside the mask P and Q are 1.
struct MapInference {
  int points_in_mask = 0;
  double cluster_threshold_t = 0.0;
  std::vector<double> p_vertex;   // corrected [spm 4]
  std::vector<double> p_cluster;  // corrected P of the point's cluster, 1 outside clusters [spm 5]
  std::vector<int> cluster_of;    // from 1, 0 = none; cluster 1 has most resels
  std::vector<double> q;          // Benjamini and Hochberg [spm 6]
  std::vector<Cluster> clusters;
  std::vector<Peak> peaks;  // highest first
};
// `mask`: only points whose t is finite. At least one.
[[nodiscard]] MapInference infer_map(const SearchRegion& region,
                                     const RegionRoughness& roughness,
                                     std::span<const double> t,
                                     double df,
                                     std::span<const std::uint8_t> mask,
                                     const InferenceOptions& options);

// q_(i) = min over j >= i of min(1, m p_(j) / j). [BenjaminiHochberg1995]
[[nodiscard]] std::vector<double> false_discovery_rates(std::span<const double> p);

}  // namespace focalhip
