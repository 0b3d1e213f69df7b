#include "analysis/support/minimum_cut.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <limits>
#include <optional>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {

enum class Tree : std::uint8_t { none, source, sink };

// An arc that joins the two trees, from the source tree's end.
struct Bridge {
  std::int32_t node = 0;
  int arc = 0;
};

// The two trees of [BoykovKolmogorov2004] Sec. 3. A node's parent is one of its six arcs, or the terminal.
class TwoTrees {
 public:
  explicit TwoTrees(CutGraph& graph) : g_(graph), node_(graph.terminal.size()) {
    for (std::size_t i = 0; i < node_.size(); ++i) {
      if (g_.terminal[i] == 0) continue;
      node_[i].tree = g_.terminal[i] > 0 ? Tree::source : Tree::sink;
      node_[i].parent = to_terminal;
      activate(static_cast<std::int32_t>(i));
    }
  }

  std::int64_t run() {
    std::int64_t flow = 0;
    while (const std::optional<Bridge> bridge = grow()) {
      ++time_;
      flow += augment(*bridge);
      adopt();
    }
    return flow;
  }

  [[nodiscard]] bool in_source_tree(std::size_t node) const { return node_[node].tree == Tree::source; }

 private:
  static constexpr std::int8_t to_terminal = 6;
  static constexpr std::int8_t no_parent = 7;

  struct Node {
    std::int32_t checked_at = 0;  // time at which `distance` to the terminal was last known to be right
    std::int32_t distance = 1;
    Tree tree = Tree::none;
    std::int8_t parent = no_parent;
    bool active = false;
  };

  Node& node(std::int32_t i) { return node_[static_cast<std::size_t>(i)]; }
  std::int32_t neighbour(std::int32_t i, int k) const {
    return g_.neighbour[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)];
  }
  std::int32_t& residual(std::int32_t i, int k) {
    return g_.capacity[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)];
  }
  std::int32_t& terminal(std::int32_t i) { return g_.terminal[static_cast<std::size_t>(i)]; }
  // Residual capacity of the arc along which flow would pass between i and its neighbour k when i is the end
  // nearer to the tree's terminal.
  std::int32_t outward(Tree tree, std::int32_t i, int k) {
    return tree == Tree::source ? residual(i, k) : residual(neighbour(i, k), k ^ 1);
  }

  void activate(std::int32_t i) {
    if (node(i).active) return;
    node(i).active = true;
    active_.push_back(i);
  }
  void make_orphan(std::int32_t i) {
    node(i).parent = no_parent;
    orphans_.push_back(i);
  }

  // Grows both trees until they touch.
  std::optional<Bridge> grow() {
    while (!active_.empty()) {
      const std::int32_t i = active_.front();
      if (node(i).tree != Tree::none) {
        for (int k = 0; k < CutGraph::degree; ++k) {
          if (const std::optional<Bridge> bridge = extend(i, k)) return bridge;
        }
      }
      node(i).active = false;
      active_.pop_front();
    }
    return std::nullopt;
  }

  std::optional<Bridge> extend(std::int32_t i, int k) {
    const std::int32_t j = neighbour(i, k);
    if (j < 0) return std::nullopt;
    const Tree tree = node(i).tree;
    if (outward(tree, i, k) == 0) return std::nullopt;
    Node& other = node(j);
    if (other.tree == Tree::none) {
      other.tree = tree;
      hang(other, node(i), k);
      activate(j);
    } else if (other.tree != tree) {
      return tree == Tree::source ? Bridge{i, k} : Bridge{j, k ^ 1};
    } else if (other.checked_at <= node(i).checked_at && other.distance > node(i).distance) {
      hang(other, node(i), k);  // a shorter way to the terminal
    }
    return std::nullopt;
  }
  static void hang(Node& child, const Node& parent, int arc_from_parent) {
    child.parent = static_cast<std::int8_t>(arc_from_parent ^ 1);
    child.checked_at = parent.checked_at;
    child.distance = parent.distance + 1;
  }

  // Pushes as much as the path through the bridge can carry; nodes behind saturated arcs become orphans.
  std::int64_t augment(Bridge bridge) {
    const std::int32_t sink_end = neighbour(bridge.node, bridge.arc);
    std::int32_t amount = residual(bridge.node, bridge.arc);
    amount = std::min(amount, bottleneck(Tree::source, bridge.node));
    amount = std::min(amount, bottleneck(Tree::sink, sink_end));
    residual(bridge.node, bridge.arc) -= amount;
    residual(sink_end, bridge.arc ^ 1) += amount;
    push(Tree::source, bridge.node, amount);
    push(Tree::sink, sink_end, amount);
    return amount;
  }
  std::int32_t bottleneck(Tree tree, std::int32_t i) {
    std::int32_t amount = std::numeric_limits<std::int32_t>::max();
    while (node(i).parent != to_terminal) {
      const int k = node(i).parent;
      const std::int32_t parent = neighbour(i, k);
      amount = std::min(amount, outward(tree, parent, k ^ 1));
      i = parent;
    }
    return std::min(amount, std::abs(terminal(i)));
  }
  void push(Tree tree, std::int32_t i, std::int32_t amount) {
    while (node(i).parent != to_terminal) {
      const int k = node(i).parent;
      const std::int32_t parent = neighbour(i, k);
      std::int32_t& along = tree == Tree::source ? residual(parent, k ^ 1) : residual(i, k);
      std::int32_t& against = tree == Tree::source ? residual(i, k) : residual(parent, k ^ 1);
      along -= amount;
      against += amount;
      if (along == 0) make_orphan(i);
      i = parent;
    }
    terminal(i) += tree == Tree::source ? -amount : amount;
    if (terminal(i) == 0) make_orphan(i);
  }

  // Finds a new parent for every orphan or sets it free.
  void adopt() {
    while (!orphans_.empty()) {
      const std::int32_t i = orphans_.back();
      orphans_.pop_back();
      if (!find_parent(i)) set_free(i);
    }
  }

  bool find_parent(std::int32_t i) {
    const Tree tree = node(i).tree;
    int best_arc = -1;
    std::int32_t best_distance = std::numeric_limits<std::int32_t>::max();
    for (int k = 0; k < CutGraph::degree; ++k) {
      const std::int32_t j = neighbour(i, k);
      if (j < 0 || node(j).tree != tree || outward(tree, j, k ^ 1) == 0) continue;
      const std::int32_t distance = distance_to_terminal(j);
      if (distance < best_distance) {
        best_distance = distance;
        best_arc = k;
      }
    }
    if (best_arc < 0) return false;
    node(i).parent = static_cast<std::int8_t>(best_arc);
    node(i).checked_at = time_;
    node(i).distance = best_distance + 1;
    return true;
  }

  // Largest value when the path ends at an orphan. Marks the path, so that later questions stop early.
  std::int32_t distance_to_terminal(std::int32_t start) {
    std::int32_t steps = 0;
    std::int32_t i = start;
    while (node(i).checked_at != time_) {
      if (node(i).parent == no_parent) return std::numeric_limits<std::int32_t>::max();
      if (node(i).parent == to_terminal) {
        node(i).checked_at = time_;
        node(i).distance = 1;
        break;
      }
      ++steps;
      i = neighbour(i, node(i).parent);
    }
    const std::int32_t total = steps + node(i).distance;
    std::int32_t distance = total;
    for (std::int32_t j = start; node(j).checked_at != time_; j = neighbour(j, node(j).parent)) {
      node(j).checked_at = time_;
      node(j).distance = distance--;
    }
    return total;
  }

  void set_free(std::int32_t i) {
    const Tree tree = node(i).tree;
    for (int k = 0; k < CutGraph::degree; ++k) {
      const std::int32_t j = neighbour(i, k);
      if (j < 0 || node(j).tree != tree) continue;
      if (outward(tree, j, k ^ 1) > 0) activate(j);
      if (node(j).parent == (k ^ 1)) make_orphan(j);
    }
    node(i).tree = Tree::none;
  }

  CutGraph& g_;
  std::vector<Node> node_;
  std::deque<std::int32_t> active_;
  std::vector<std::int32_t> orphans_;
  std::int32_t time_ = 0;
};

}  // namespace

MinimumCut minimum_cut(CutGraph graph) {
  expects(graph.neighbour.size() == graph.terminal.size() && graph.capacity.size() == graph.terminal.size(),
          "a cut graph has neighbours, capacities and a terminal for every node");
  TwoTrees trees(graph);
  MinimumCut cut;
  cut.flow = trees.run();
  cut.source_side.resize(graph.terminal.size());
  for (std::size_t i = 0; i < cut.source_side.size(); ++i) {
    cut.source_side[i] = trees.in_source_tree(i) ? 1 : 0;
  }
  return cut;
}

}  // namespace focalhip
