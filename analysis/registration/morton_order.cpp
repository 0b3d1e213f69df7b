#include "analysis/registration/morton_order.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace focalhip {

namespace {

// Puts two zero bits between the ten lowest bits.
std::uint32_t spread_bits(std::uint32_t value) {
  value = (value | (value << 16)) & 0x030000FFU;
  value = (value | (value << 8)) & 0x0300F00FU;
  value = (value | (value << 4)) & 0x030C30C3U;
  return (value | (value << 2)) & 0x09249249U;
}

}  // namespace

std::vector<int> morton_order(const Points& points) {
  std::vector<int> order(static_cast<std::size_t>(points.rows()));
  if (order.empty()) return order;
  const Eigen::RowVector3d low = points.colwise().minCoeff();
  // One step for all axes: cells are cubes.
  const double extent = std::max((points.colwise().maxCoeff() - low).maxCoeff(), 1e-300);
  std::vector<std::uint32_t> code(order.size());
  for (std::size_t i = 0; i < code.size(); ++i) {
    for (Eigen::Index axis = 0; axis < 3; ++axis) {
      const double share = (points(static_cast<Eigen::Index>(i), axis) - low[axis]) / extent;
      code[i] |= spread_bits(static_cast<std::uint32_t>(share * 1023.0)) << axis;
    }
  }
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int left, int right) {
    return code[static_cast<std::size_t>(left)] < code[static_cast<std::size_t>(right)];
  });
  return order;
}

Points reordered(const Points& points, const std::vector<int>& order) {
  Points result(static_cast<Eigen::Index>(order.size()), 3);
  for (std::size_t i = 0; i < order.size(); ++i)
    result.row(static_cast<Eigen::Index>(i)) = points.row(order[i]);
  return result;
}

Points original_order(const Points& points, const std::vector<int>& order) {
  Points result(points.rows(), 3);
  for (std::size_t i = 0; i < order.size(); ++i)
    result.row(order[i]) = points.row(static_cast<Eigen::Index>(i));
  return result;
}

}  // namespace focalhip
