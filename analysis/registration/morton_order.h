#pragma once

#include <vector>

#include "analysis/registration/points.h"

namespace focalhip {

// The order of the points along a Z-shaped curve through their box (10 bits an axis): neighbours in the order
// are mostly neighbours in space. Equal places keep their order.
[[nodiscard]] std::vector<int> morton_order(const Points& points);

// Row i of the result is row order[i] of the points.
[[nodiscard]] Points reordered(const Points& points, const std::vector<int>& order);
// The inverse: row order[i] of the result is row i of the points.
[[nodiscard]] Points original_order(const Points& points, const std::vector<int>& order);

}  // namespace focalhip
