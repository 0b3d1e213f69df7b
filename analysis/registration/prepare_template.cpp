#include "analysis/registration/prepare_template.h"

#include <array>
#include <cmath>
#include <set>
#include <stdexcept>

#include "analysis/registration/morton_order.h"

namespace focalhip {

namespace {

constexpr double kernel_tolerance = 1e-7;
constexpr Eigen::Index least_coarse_points = 500;

// Points of a lattice whose cell, or a neighbouring one, holds a point: everything within a cell of the set.
// 24 cells across the root mean square radius' diameter: about 2.5 mm for a proximal femur.
Points grid_near(const Points& points_mm, double step_mm) {
  using Cell = std::array<int, 3>;
  std::set<Cell> cells;
  for (Eigen::Index i = 0; i < points_mm.rows(); ++i) {
    Cell cell{};
    for (Eigen::Index axis = 0; axis < 3; ++axis) {
      cell[static_cast<std::size_t>(axis)] = static_cast<int>(std::floor(points_mm(i, axis) / step_mm));
    }
    for (int corner = 0; corner < 8; ++corner) {
      cells.insert({cell[0] + (corner & 1), cell[1] + ((corner >> 1) & 1), cell[2] + (corner >> 2)});
    }
  }
  Points grid(static_cast<Eigen::Index>(cells.size()), 3);
  Eigen::Index row = 0;
  for (const Cell& cell : cells) {
    grid.row(row++) = step_mm * Eigen::RowVector3d(cell[0], cell[1], cell[2]);
  }
  return grid;
}

}  // namespace

std::vector<std::string> problems_in(const PrepareTemplateOptions& options) {
  std::vector<std::string> problems;
  const auto require = [&](bool holds, const char* rule) {
    if (!holds) problems.emplace_back(rule);
  };
  require(options.kernel_width_mm > 0.0 && std::isfinite(options.kernel_width_mm),
          "kernel_width_mm must be above 0");
  require(options.max_kernel_rank >= 1 && options.max_kernel_rank <= 5000,
          "max_kernel_rank must be 1 to 5000");
  require(options.coarse_step >= 1, "coarse_step must be at least 1");
  require(options.threads >= 1, "threads must be at least 1");
  return problems;
}

Points every_nth(const Points& points, int step) {
  if (points.rows() / step < least_coarse_points) return points;
  Points some((points.rows() + step - 1) / step, 3);
  for (Eigen::Index i = 0; i < some.rows(); ++i) some.row(i) = points.row(i * step);
  return some;
}

PreparedTemplate prepare_template(const Points& template_mm, const PrepareTemplateOptions& options) {
  const std::vector<std::string> problems = problems_in(options);
  if (!problems.empty()) throw std::invalid_argument(problems.front());
  require_usable(template_mm, 3, "template");
  PreparedTemplate prepared;
  prepared.frame = frame_of(template_mm);
  prepared.order = morton_order(template_mm);
  prepared.points = reordered(prepared.frame.normalised(template_mm), prepared.order);
  prepared.coarse_step = options.coarse_step;
  prepared.coarse_points = every_nth(prepared.points, options.coarse_step);
  prepared.kernel = factor_kernel(prepared.points,
                                  options.kernel_width_mm / prepared.frame.scale_mm,
                                  kernel_tolerance,
                                  options.max_kernel_rank,
                                  options.threads);
  const Points grid_mm = grid_near(template_mm, prepared.frame.scale_mm / 12.0);
  prepared.fold_points_mm.resize(template_mm.rows() + grid_mm.rows(), 3);
  prepared.fold_points_mm << template_mm, grid_mm;
  return prepared;
}

}  // namespace focalhip
