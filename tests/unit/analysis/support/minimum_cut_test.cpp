// Boost 1.74 inlined at -O3: gcc 12 cannot see that its edge iterator is initialised.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include "analysis/support/minimum_cut.h"

#include <gtest/gtest.h>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/boykov_kolmogorov_max_flow.hpp>

#include <random>

namespace focalhip {
namespace {

// A box of nodes linked to their face neighbours; capacities and terminals by a fixed random sequence.
CutGraph random_box(int columns, int rows, int slices, std::uint32_t seed, std::int32_t largest) {
  std::mt19937 random(seed);  // the raw sequence is fixed by the standard
  const auto draw = [&] {
    return static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(largest + 1));
  };
  const std::array<int, 3> size{columns, rows, slices};
  const std::array<int, 3> stride{1, columns, columns * rows};
  CutGraph graph;
  const int count = columns * rows * slices;
  for (int node = 0; node < count; ++node) {
    CutGraph::Arcs neighbour{};
    CutGraph::Arcs capacity{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const int index = node / stride[axis] % size[axis];
      neighbour[2 * axis] = index > 0 ? node - stride[axis] : -1;
      neighbour[2 * axis + 1] = index + 1 < size[axis] ? node + stride[axis] : -1;
      capacity[2 * axis] = draw();
      capacity[2 * axis + 1] = draw();
    }
    graph.neighbour.push_back(neighbour);
    graph.capacity.push_back(capacity);
    graph.terminal.push_back(draw() - draw());
  }
  return graph;
}

std::int64_t cost_of(const CutGraph& graph, const std::vector<std::uint8_t>& source_side) {
  std::int64_t cost = 0;
  for (std::size_t i = 0; i < graph.terminal.size(); ++i) {
    if (graph.terminal[i] > 0 && source_side[i] == 0) cost += graph.terminal[i];
    if (graph.terminal[i] < 0 && source_side[i] == 1) cost -= graph.terminal[i];
    for (std::size_t k = 0; k < 6; ++k) {
      const std::int32_t j = graph.neighbour[i][k];
      if (j >= 0 && source_side[i] == 1 && source_side[static_cast<std::size_t>(j)] == 0) {
        cost += graph.capacity[i][k];
      }
    }
  }
  return cost;
}

std::int64_t cheapest_by_trying_all(const CutGraph& graph) {
  const std::size_t count = graph.terminal.size();
  std::int64_t best = std::numeric_limits<std::int64_t>::max();
  for (std::uint32_t bits = 0; bits < (1U << count); ++bits) {
    std::vector<std::uint8_t> side(count);
    for (std::size_t i = 0; i < count; ++i) side[i] = static_cast<std::uint8_t>((bits >> i) & 1U);
    best = std::min(best, cost_of(graph, side));
  }
  return best;
}

std::int64_t flow_by_boost(const CutGraph& graph) {
  using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
  using Graph = boost::adjacency_list<
      boost::vecS,
      boost::vecS,
      boost::directedS,
      boost::property<boost::vertex_color_t,
                      boost::default_color_type,
                      boost::property<boost::vertex_distance_t,
                                      long,
                                      boost::property<boost::vertex_predecessor_t, Traits::edge_descriptor>>>,
      boost::property<boost::edge_capacity_t,
                      long,
                      boost::property<boost::edge_residual_capacity_t,
                                      long,
                                      boost::property<boost::edge_reverse_t, Traits::edge_descriptor>>>>;
  const std::size_t count = graph.terminal.size();
  Graph g(count + 2);
  const auto add = [&g](std::size_t from, std::size_t to, long there, long back) {
    const auto forward = boost::add_edge(from, to, g).first;
    const auto reverse = boost::add_edge(to, from, g).first;
    boost::put(boost::edge_capacity, g, forward, there);
    boost::put(boost::edge_capacity, g, reverse, back);
    boost::put(boost::edge_reverse, g, forward, reverse);
    boost::put(boost::edge_reverse, g, reverse, forward);
  };
  for (std::size_t i = 0; i < count; ++i) {
    if (graph.terminal[i] > 0) add(count, i, graph.terminal[i], 0);
    if (graph.terminal[i] < 0) add(i, count + 1, -graph.terminal[i], 0);
    for (std::size_t k = 1; k < 6; k += 2) {
      if (graph.neighbour[i][k] < 0) continue;
      const auto j = static_cast<std::size_t>(graph.neighbour[i][k]);
      add(i, j, graph.capacity[i][k], graph.capacity[j][k - 1]);
    }
  }
  return boost::boykov_kolmogorov_max_flow(g, count, count + 1);
}

TEST(MinimumCut, EqualsTheBestOfAllCutsOfSmallGraphs) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const CutGraph graph = random_box(3, 2, 2, seed, 20);
    const MinimumCut cut = minimum_cut(graph);
    EXPECT_EQ(cut.flow, cheapest_by_trying_all(graph)) << "seed " << seed;
    EXPECT_EQ(cut.flow, cost_of(graph, cut.source_side)) << "seed " << seed;
  }
}

TEST(MinimumCut, AgreesWithBoostOnBoxesOfVoxels) {
  for (std::uint32_t seed = 0; seed < 12; ++seed) {
    const CutGraph graph = random_box(9, 8, 7, 1000 + seed, seed % 2 == 0 ? 1000 : 5);
    const MinimumCut cut = minimum_cut(graph);
    EXPECT_EQ(cut.flow, flow_by_boost(graph)) << "seed " << seed;
    EXPECT_EQ(cut.flow, cost_of(graph, cut.source_side)) << "seed " << seed;
  }
}

TEST(MinimumCut, PutsNothingOnTheSourceSideWithoutASource) {
  CutGraph graph = random_box(4, 4, 4, 7, 9);
  for (std::int32_t& terminal : graph.terminal) terminal = -std::abs(terminal);
  const MinimumCut cut = minimum_cut(graph);
  EXPECT_EQ(cut.flow, 0);
  EXPECT_EQ(std::count(cut.source_side.begin(), cut.source_side.end(), 1), 0);
}

TEST(MinimumCut, TakesAnEmptyGraph) { EXPECT_EQ(minimum_cut({}).flow, 0); }

}  // namespace
}  // namespace focalhip
