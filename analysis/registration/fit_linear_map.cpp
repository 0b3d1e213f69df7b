#include "analysis/registration/fit_linear_map.h"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <Eigen/SVD>

namespace focalhip {

namespace {

struct WeightedMoments {
  Eigen::Vector3d target_mean;
  Eigen::Vector3d source_mean;
  Eigen::Matrix3d mixed;   // sum p (x - mu_x) (y - mu_y)^T
  Eigen::Matrix3d source;  // sum p (y - mu_y) (y - mu_y)^T
};

WeightedMoments moments_of(const CpdSums& sums, const Points& source, const Points& moved) {
  WeightedMoments moments;
  const Points weighted_target = sums.residual + sums.weight.asDiagonal() * moved;  // PX
  moments.target_mean = weighted_target.colwise().sum().transpose() / sums.total_weight;
  moments.source_mean = source.transpose() * sums.weight / sums.total_weight;
  const Points centred = source.rowwise() - moments.source_mean.transpose();
  moments.mixed = weighted_target.transpose() * centred;
  moments.source = centred.transpose() * sums.weight.asDiagonal() * centred;
  return moments;
}

}  // namespace

LinearMap fit_affine(const CpdSums& sums, const Points& source, const Points& moved) {
  const WeightedMoments moments = moments_of(sums, source, moved);
  LinearMap map;
  map.matrix = moments.source.ldlt().solve(moments.mixed.transpose()).transpose();
  map.shift = moments.target_mean - map.matrix * moments.source_mean;
  return map;
}

LinearMap fit_rigid(const CpdSums& sums, const Points& source, const Points& moved) {
  const WeightedMoments moments = moments_of(sums, source, moved);
  const Eigen::JacobiSVD<Eigen::Matrix3d> svd(moments.mixed, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Eigen::Vector3d no_mirror{1.0, 1.0, 1.0};
  no_mirror[2] = (svd.matrixU() * svd.matrixV().transpose()).determinant() < 0.0 ? -1.0 : 1.0;
  const Eigen::Matrix3d rotation = svd.matrixU() * no_mirror.asDiagonal() * svd.matrixV().transpose();
  const double scale = (moments.mixed.transpose() * rotation).trace() / moments.source.trace();
  LinearMap map;
  map.matrix = scale * rotation;
  map.shift = moments.target_mean - map.matrix * moments.source_mean;
  return map;
}

}  // namespace focalhip
