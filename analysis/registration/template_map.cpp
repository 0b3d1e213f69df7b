#include "analysis/registration/template_map.h"

#include <algorithm>
#include <cmath>

#include <Eigen/LU>

#include "analysis/support/parallel_for.h"

namespace focalhip {

namespace {

template <typename Work>
void for_each_row(Eigen::Index rows, int threads, const Work& work) {
  constexpr Eigen::Index rows_of_range = 512;
  parallel_for(static_cast<int>((rows + rows_of_range - 1) / rows_of_range), threads, [&](int range) {
    const Eigen::Index end = std::min((range + 1) * rows_of_range, rows);
    for (Eigen::Index i = range * rows_of_range; i < end; ++i) work(i);
  });
}

}  // namespace

Points TemplateMap::moved_mm(const Points& template_mm, int threads) const {
  Points moved = affine.moved(template_mm);
  const double factor = -0.5 / (width_mm * width_mm);
  for_each_row(moved.rows(), threads, [&](Eigen::Index i) {
    for (Eigen::Index k = 0; k < centres_mm.rows(); ++k) {
      const double g = std::exp(factor * (template_mm.row(i) - centres_mm.row(k)).squaredNorm());
      moved.row(i) += g * weights_mm.row(k);
    }
  });
  return moved;
}

Eigen::ArrayXd TemplateMap::jacobian(const Points& template_mm, int threads) const {
  Eigen::ArrayXd determinant(template_mm.rows());
  const double factor = -0.5 / (width_mm * width_mm);
  for_each_row(template_mm.rows(), threads, [&](Eigen::Index i) {
    Eigen::Matrix3d derivative = affine.matrix;
    for (Eigen::Index k = 0; k < centres_mm.rows(); ++k) {
      const Eigen::RowVector3d from_centre = template_mm.row(i) - centres_mm.row(k);
      const double g = std::exp(factor * from_centre.squaredNorm());
      derivative += (2.0 * factor * g) * weights_mm.row(k).transpose() * from_centre;
    }
    determinant[i] = derivative.determinant();
  });
  return determinant;
}

}  // namespace focalhip
