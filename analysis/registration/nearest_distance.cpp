#include "analysis/registration/nearest_distance.h"

#include <algorithm>
#include <vector>

#include "analysis/support/parallel_for.h"

namespace focalhip {

namespace {

constexpr Eigen::Index block_points = 32;

struct Blocks {
  Eigen::ArrayX3d low;
  Eigen::ArrayX3d high;
};

Blocks blocks_of(const Points& points) {
  const Eigen::Index count = (points.rows() + block_points - 1) / block_points;
  Blocks blocks{.low = Eigen::ArrayX3d(count, 3), .high = Eigen::ArrayX3d(count, 3)};
  for (Eigen::Index i = 0; i < count; ++i) {
    const Eigen::Index first = i * block_points;
    const auto rows = points.middleRows(first, std::min(block_points, points.rows() - first));
    blocks.low.row(i) = rows.colwise().minCoeff().array();
    blocks.high.row(i) = rows.colwise().maxCoeff().array();
  }
  return blocks;
}

// `guess`: the row of a point that is probably near; becomes the nearest.
double nearest2(const Eigen::RowVector3d& from, const Points& to, const Blocks& blocks, Eigen::Index& guess) {
  double best = (to.row(guess) - from).squaredNorm();
  for (Eigen::Index i = 0; i < blocks.low.rows(); ++i) {
    const Eigen::Array<double, 1, 3> gap =
        (blocks.low.row(i) - from.array()).max(from.array() - blocks.high.row(i)).max(0.0);
    if (gap.square().sum() >= best) continue;
    const Eigen::Index end = std::min((i + 1) * block_points, to.rows());
    for (Eigen::Index j = i * block_points; j < end; ++j) {
      const double distance2 = (to.row(j) - from).squaredNorm();
      if (distance2 >= best) continue;
      best = distance2;
      guess = j;
    }
  }
  return best;
}

}  // namespace

Eigen::ArrayXd nearest_distances(const Points& from, const Points& to, int threads) {
  const Blocks blocks = blocks_of(to);
  Eigen::ArrayXd distances(from.rows());
  constexpr Eigen::Index rows_of_range = 512;
  const auto ranges = static_cast<int>((from.rows() + rows_of_range - 1) / rows_of_range);
  parallel_for(ranges, threads, [&](int range) {
    Eigen::Index guess = 0;
    const Eigen::Index end = std::min((range + 1) * rows_of_range, from.rows());
    for (Eigen::Index i = range * rows_of_range; i < end; ++i) {
      distances[i] = nearest2(from.row(i), to, blocks, guess);
    }
  });
  return distances.sqrt();
}

}  // namespace focalhip
