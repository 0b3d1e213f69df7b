#include "analysis/statistics/infer_map.h"

#include <numeric>

#include <gtest/gtest.h>

namespace focalhip {
namespace {

// A strip of triangles along two rows of ten points: 0 .. 9 and 10 .. 19.
SearchRegion strip() {
  std::vector<std::array<int, 3>> triangles;
  for (int i = 0; i < 9; ++i) {
    triangles.push_back({i, i + 1, i + 10});
    triangles.push_back({i + 1, i + 11, i + 10});
  }
  return std::get<SearchRegion>(region_of_triangles(20, triangles));
}

MapInference inference_of(const std::vector<double>& t, const std::vector<std::uint8_t>& mask) {
  const SearchRegion region = strip();
  const RegionRoughness roughness =
      measure_roughness(region, std::vector<double>(region.edges.size(), 1.0), mask);
  return infer_map(region, roughness, t, 40.0, mask, {.cluster_forming = ClusterFormingT{3.0}});
}

std::vector<double> two_hills() {
  std::vector<double> t(20, 0.0);
  t[1] = 6.0;                 // a small cluster with the highest peak
  t[6] = t[7] = t[16] = 3.5;  // a large one with three equal points
  return t;
}

TEST(InferMap, NumbersClustersByResels) {
  const MapInference map = inference_of(two_hills(), std::vector<std::uint8_t>(20, 1));
  ASSERT_EQ(map.clusters.size(), 2U);
  EXPECT_EQ(map.clusters[0].points, 3);
  EXPECT_EQ(map.clusters[1].points, 1);
  EXPECT_GT(map.clusters[0].resels, map.clusters[1].resels);
  EXPECT_LT(map.clusters[0].p, map.clusters[1].p);
  EXPECT_EQ(map.cluster_of[6], 1);
  EXPECT_EQ(map.cluster_of[16], 1);
  EXPECT_EQ(map.cluster_of[1], 2);
  EXPECT_EQ(map.cluster_of[0], 0);
  EXPECT_EQ(map.p_cluster[0], 1.0);
  EXPECT_EQ(map.p_cluster[6], map.clusters[0].p);
}

TEST(InferMap, SortsPeaksAndKeepsAllOfAPlateau) {
  const MapInference map = inference_of(two_hills(), std::vector<std::uint8_t>(20, 1));
  ASSERT_EQ(map.peaks.size(), 4U);
  EXPECT_EQ(map.peaks[0].point, 1);
  EXPECT_EQ(map.peaks[0].cluster, 2);
  EXPECT_EQ(map.peaks[0].p, map.p_vertex[1]);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(map.peaks[i].t, 3.5);
}

TEST(InferMap, KnowsNothingOutsideTheMask) {
  std::vector<std::uint8_t> mask(20, 1);
  mask[1] = mask[7] = 0;
  const MapInference map = inference_of(two_hills(), mask);
  EXPECT_EQ(map.points_in_mask, 18);
  EXPECT_EQ(map.p_vertex[1], 1.0);
  EXPECT_EQ(map.q[1], 1.0);
  EXPECT_EQ(map.cluster_of[1], 0);
  EXPECT_EQ(map.cluster_of[7], 0);
  ASSERT_EQ(map.clusters.size(), 1U);  // 6 and 16 still touch
  EXPECT_EQ(map.clusters[0].points, 2);
}

TEST(InferMap, SaysNothingWhereNothingExceedsTheThreshold) {
  const MapInference map = inference_of(std::vector<double>(20, 1.0), std::vector<std::uint8_t>(20, 1));
  EXPECT_TRUE(map.clusters.empty());
  EXPECT_TRUE(map.peaks.empty());
  for (const double p : map.p_cluster) EXPECT_EQ(p, 1.0);
}

// [BenjaminiHochberg1995]: q_i = min over j >= i of m p_j / j.
TEST(FalseDiscoveryRates, AreBenjaminiAndHochbergs) {
  const std::vector<double> p = {0.5, 0.01, 0.03, 0.02};
  const std::vector<double> q = false_discovery_rates(p);
  EXPECT_NEAR(q[0], 0.5, 1e-15);
  for (const std::size_t i : {1U, 2U, 3U}) EXPECT_NEAR(q[i], 0.04, 1e-15) << i;
}

}  // namespace
}  // namespace focalhip
