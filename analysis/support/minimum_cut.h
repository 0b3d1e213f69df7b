#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace focalhip {

// A graph whose nodes have up to six neighbours, such as the voxels of a narrow band. Directions come in
// opposite pairs: 0/1, 2/3, 4/5; neighbour[p][k] == q implies neighbour[q][k ^ 1] == p; -1 = no neighbour.
struct CutGraph {
  static constexpr int degree = 6;
  using Arcs = std::array<std::int32_t, degree>;

  std::vector<Arcs> neighbour;
  std::vector<Arcs> capacity;          // capacity[p][k] >= 0 of the arc from p to neighbour[p][k]
  std::vector<std::int32_t> terminal;  // > 0: arc from the source, < 0: arc to the sink
};

struct MinimumCut {
  std::int64_t flow = 0;                  // equals the capacity of the cut
  std::vector<std::uint8_t> source_side;  // 1 = reachable from the source in the residual graph
};

// Maximum flow by two search trees. [BoykovKolmogorov2004] Single-threaded and deterministic. Of several
// minimum cuts the one with the fewest nodes on the source side is returned.
[[nodiscard]] MinimumCut minimum_cut(CutGraph graph);

}  // namespace focalhip
