#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "analysis/registration/expect_tile.h"
#include "analysis/registration/expectation.h"

namespace focalhip {

// The expectation step in float over the pairs that matter. Both sets are taken in blocks of 16 points, which
// should lie close together (morton_order); pairs of blocks further apart than the cut-off are left out.
// Sums over tiles are double and in a fixed order: neither threads nor instruction set change a bit.
class FastExpectation {
 public:
  FastExpectation(const Points& target, Eigen::Index source_points, SimdLevel level);

  // Another target of as many points, in place of the last one.
  void replace_target(const Points& target);

  // `moved`: the source where it is now, as many points as promised. `uniform` as of uniform_density().
  [[nodiscard]] CpdSums expect(const Points& moved, double sigma2, double uniform, int threads);

  // Share of all pairs that the last call evaluated.
  [[nodiscard]] double evaluated_share() const { return evaluated_share_; }

 private:
  using Box = std::array<float, 6>;  // low x, y, z, high x, y, z
  // What one part of the target adds; only blocks it touched hold numbers.
  struct Part {
    std::vector<double> sums;  // weight, residual x, y, z: padded source points each
    std::vector<std::uint8_t> touched;
    double squared_residual = 0.0;
    double log_density = 0.0;
    std::int64_t evaluated = 0;
    std::vector<int> far_targets;
  };
  struct Scratch {
    std::vector<float> pairs;
    std::vector<int> blocks;
    Eigen::ArrayXf distance2;
  };

  void place_source(const Points& moved);
  void expect_part(int part, double sigma2, double uniform, Scratch& scratch);
  void find_near_blocks(const Box& box, float reach2, Scratch& scratch) const;
  [[nodiscard]] CpdSums merged(const Points& moved, int threads) const;

  Points target_;
  Eigen::Index source_points_ = 0;
  int source_blocks_ = 0;
  ExpectTileFunction expect_tile_;
  std::vector<Box> target_boxes_;
  std::vector<double> moved_;                   // x, y, z columns, padded
  std::array<Eigen::ArrayXf, 6> source_boxes_;  // low x, y, z, high x, y, z of every block
  std::vector<Part> parts_;
  std::vector<Scratch> scratch_;
  double evaluated_share_ = 0.0;
};

}  // namespace focalhip
