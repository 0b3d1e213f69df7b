#include "analysis/registration/normalise_points.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <Eigen/Eigenvalues>

namespace focalhip {

namespace {

constexpr double least_relative_spread = 1e-6;

const char* shape_name(int dimensions) {
  constexpr std::array<const char*, 3> names{
      "all points are equal", "all points lie on one line", "all points lie in one plane"};
  return names[static_cast<std::size_t>(std::clamp(dimensions, 0, 2))];
}

const char* need_name(int dimensions) {
  constexpr std::array<const char*, 3> names{"two different points are needed",
                                             "three points that are not on one line are needed",
                                             "four points that are not in one plane are needed"};
  return names[static_cast<std::size_t>(std::clamp(dimensions - 1, 0, 2))];
}

}  // namespace

PointFrame frame_of(const Points& points_mm) {
  PointFrame frame;
  frame.centre_mm = points_mm.colwise().mean();
  frame.scale_mm = std::sqrt((points_mm.rowwise() - frame.centre_mm).rowwise().squaredNorm().mean());
  return frame;
}

PointFrames normalise_points(const Points& source_mm,
                             const Points& target_mm,
                             CpdNormalisation normalisation) {
  if (normalisation == CpdNormalisation::none) return {};
  PointFrames frames{.source = frame_of(source_mm), .target = frame_of(target_mm)};
  if (normalisation == CpdNormalisation::linked) {
    const double scale_mm = std::max(frames.source.scale_mm, frames.target.scale_mm);
    frames.source.scale_mm = frames.target.scale_mm = scale_mm;
  }
  return frames;
}

int dimensions_of(const Points& points_mm) {
  if (points_mm.rows() < 2) return 0;
  const Eigen::RowVector3d mean = points_mm.colwise().mean();
  const Points centred = points_mm.rowwise() - mean;
  const double largest = centred.cwiseAbs().maxCoeff();
  // Numbers are read with rounding: a spread below it is none.
  if (largest <= 1e-12 * points_mm.cwiseAbs().maxCoeff()) return 0;
  const Eigen::Matrix3d scatter = (centred / largest).transpose() * (centred / largest);
  const Eigen::Vector3d eigenvalues = Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d>(scatter).eigenvalues();
  const double least = eigenvalues.maxCoeff() * least_relative_spread * least_relative_spread;
  return static_cast<int>((eigenvalues.array() > std::max(least, 1e-14 * eigenvalues.maxCoeff())).count());
}

void require_usable(const Points& points_mm, int least_dimensions, const std::string& name) {
  const auto count = points_mm.rows();
  if (count < 2) {
    throw UnusablePoints(name + " has " + (count == 0 ? "no points" : "one point") + ": " +
                         need_name(least_dimensions));
  }
  if (!points_mm.allFinite()) throw UnusablePoints(name + " has a coordinate that is not a finite number");
  const int dimensions = dimensions_of(points_mm);
  if (dimensions < least_dimensions) {
    throw UnusablePoints(name + ": " + shape_name(dimensions) + ", " + need_name(least_dimensions));
  }
}

}  // namespace focalhip
