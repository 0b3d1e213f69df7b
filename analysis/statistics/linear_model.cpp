#include "analysis/statistics/linear_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/SVD>

#include "analysis/support/expects.h"

namespace focalhip {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

int rank_of(const Eigen::VectorXd& singular, Eigen::Index longest) {
  // [spm 1] tolerance of the rank
  const double least = static_cast<double>(longest) * std::numeric_limits<double>::epsilon() * singular(0);
  return static_cast<int>((singular.array() > least).count());
}

Eigen::JacobiSVD<Eigen::MatrixXd> decompose(const Eigen::MatrixXd& x) {
  return Eigen::JacobiSVD<Eigen::MatrixXd>(x, Eigen::ComputeThinU | Eigen::ComputeFullV);
}

std::optional<int> first_dependent_column(const Eigen::MatrixXd& x) {
  for (Eigen::Index c = 1; c <= x.cols(); ++c) {
    const Eigen::MatrixXd left = x.leftCols(c);
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(left);
    if (rank_of(svd.singularValues(), std::max(x.rows(), x.cols())) < c) return static_cast<int>(c) - 1;
  }
  return std::nullopt;
}

}  // namespace

LinearModel::LinearModel(const Eigen::MatrixXd& design) {
  expects(design.rows() > 0 && design.cols() > 0 && design.allFinite(), "a design of finite numbers");
  scale_ = design.colwise().norm().transpose();
  for (double& s : scale_) s = s > 0.0 ? 1.0 / s : 1.0;
  const Eigen::MatrixXd scaled = design * scale_.asDiagonal();
  // A design with fewer subjects than columns: rows of zeros change nothing but the shape.
  Eigen::MatrixXd padded = Eigen::MatrixXd::Zero(std::max(scaled.rows(), scaled.cols()), scaled.cols());
  padded.topRows(scaled.rows()) = scaled;
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd = decompose(padded);
  const int rank = rank_of(svd.singularValues(), padded.rows());
  basis_ = svd.matrixU().topLeftCorner(design.rows(), rank);
  singular_ = svd.singularValues().head(rank);
  right_ = svd.matrixV().leftCols(rank);
  null_ = svd.matrixV().rightCols(design.cols() - rank);
  if (rank < design.cols()) dependent_column_ = first_dependent_column(padded);
}

Eigen::MatrixXd LinearModel::coefficients(const Eigen::MatrixXd& basis_coordinates) const {
  return scale_.asDiagonal() * (right_ * (singular_.cwiseInverse().asDiagonal() * basis_coordinates));
}

bool LinearModel::is_estimable(const Eigen::VectorXd& contrast) const {
  const Eigen::VectorXd scaled = scale_.asDiagonal() * contrast;
  return (null_.transpose() * scaled).squaredNorm() <= 1e-18 * scaled.squaredNorm();
}

Eigen::VectorXd LinearModel::contrast_weights(const Eigen::VectorXd& contrast) const {
  return singular_.cwiseInverse().asDiagonal() * (right_.transpose() * (scale_.asDiagonal() * contrast));
}

FieldFit fit_field(const LinearModel& model,
                   const FieldData& data,
                   std::span<const int> rows,
                   const SearchRegion& region) {
  expects(static_cast<int>(rows.size()) == model.subjects(), "one data row for each row of the design");
  expects(data.points == region.points, "data of the region");
  const Eigen::Index n = model.subjects();
  const auto points = static_cast<std::size_t>(data.points);
  FieldFit fit;
  fit.basis_coordinates.resize(model.rank(), data.points);
  fit.sse.assign(points, 0.0);
  fit.usable.assign(points, 1);
  Eigen::MatrixXd residual(n, data.points);  // later normalised, one point a column
  constexpr int block = 64;
  for (int start = 0; start < data.points; start += block) {
    const int count = std::min(block, data.points - start);
    auto y = residual.middleCols(start, count);
    for (Eigen::Index i = 0; i < n; ++i) {
      const float* values = data.values.data() +
                            static_cast<std::size_t>(rows[static_cast<std::size_t>(i)]) * points +
                            static_cast<std::size_t>(start);
      for (Eigen::Index j = 0; j < count; ++j) y(i, j) = static_cast<double>(values[j]);
    }
    const Eigen::RowVectorXd length = y.colwise().squaredNorm();
    auto coordinates = fit.basis_coordinates.middleCols(start, count);
    coordinates.noalias() = model.basis().transpose() * y;
    y.noalias() -= model.basis() * coordinates;
    for (int j = 0; j < count; ++j) {
      const auto p = static_cast<std::size_t>(start + j);
      fit.sse[p] = y.col(j).squaredNorm();
      if (!std::isfinite(length(j)) || !std::isfinite(fit.sse[p])) {
        fit.usable[p] = 0;
        ++fit.not_finite;
        fit.sse[p] = nan;
        y.col(j).setZero();
      } else if (fit.sse[p] <= 1e-24 * length(j)) {  // float data that vary leave more than 1e-16
        fit.usable[p] = 0;
        ++fit.zero_variance;
        fit.sse[p] = 0.0;
        y.col(j).setZero();
      } else {
        y.col(j) /= std::sqrt(fit.sse[p]);
      }
    }
  }
  fit.edge_roughness.reserve(region.edges.size());
  for (const auto& [a, b] : region.edges) {
    fit.edge_roughness.push_back((residual.col(a) - residual.col(b)).squaredNorm());
  }
  return fit;
}

ContrastMap test_contrast(const LinearModel& model, const FieldFit& fit, const Eigen::VectorXd& contrast) {
  expects(model.is_estimable(contrast) && model.df() > 0.0, "an estimable contrast and degrees of freedom");
  const Eigen::VectorXd weights = model.contrast_weights(contrast);
  const double factor = weights.norm();
  ContrastMap map;
  const Eigen::RowVectorXd effect = weights.transpose() * fit.basis_coordinates;
  for (Eigen::Index p = 0; p < effect.size(); ++p) {
    const double sse = fit.sse[static_cast<std::size_t>(p)];
    const double error = factor * std::sqrt(sse / model.df());
    map.effect.push_back(std::isnan(sse) ? nan : effect(p));
    map.standard_error.push_back(error);
    map.t.push_back(error == 0.0 ? 0.0 : map.effect.back() / error);
  }
  return map;
}

ContrastMap test_new_case(const LinearModel& controls,
                          const FieldFit& fit,
                          const Eigen::VectorXd& covariates,
                          std::span<const float> values) {
  expects(controls.is_estimable(covariates) && controls.df() > 0.0, "covariates of the controls' design");
  expects(static_cast<Eigen::Index>(values.size()) == fit.basis_coordinates.cols(), "one value a point");
  const Eigen::VectorXd weights = controls.contrast_weights(covariates);
  const double factor = std::sqrt(1.0 + weights.squaredNorm());
  const Eigen::RowVectorXd prediction = weights.transpose() * fit.basis_coordinates;
  ContrastMap map;
  for (std::size_t p = 0; p < values.size(); ++p) {
    const bool finite = std::isfinite(values[p]) && !std::isnan(fit.sse[p]);
    const double error = finite ? factor * std::sqrt(fit.sse[p] / controls.df()) : nan;
    map.effect.push_back(finite ? prediction(static_cast<Eigen::Index>(p)) - static_cast<double>(values[p])
                                : nan);
    map.standard_error.push_back(error);
    map.t.push_back(error == 0.0 ? 0.0 : map.effect.back() / error);
  }
  return map;
}

}  // namespace focalhip
