#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "analysis/statistics/search_region.h"

namespace focalhip {

// A design of n subjects x p columns, decomposed once: X D = U S V' with the columns scaled to length 1 (D),
// so that uncentred ages and heights cost no digits. [spm 1]
class LinearModel {
 public:
  explicit LinearModel(const Eigen::MatrixXd& design);

  [[nodiscard]] int subjects() const { return static_cast<int>(basis_.rows()); }
  [[nodiscard]] int columns() const { return static_cast<int>(scale_.size()); }
  [[nodiscard]] int rank() const { return static_cast<int>(basis_.cols()); }
  [[nodiscard]] double df() const { return subjects() - rank(); }
  [[nodiscard]] const Eigen::MatrixXd& basis() const { return basis_; }  // n x rank, orthonormal
  // The first column that depends linearly on those before it, from 0; none at full rank.
  [[nodiscard]] std::optional<int> dependent_column() const { return dependent_column_; }
  // p x k coefficients of the k columns of U'Y (of least length when the rank is not full).
  [[nodiscard]] Eigen::MatrixXd coefficients(const Eigen::MatrixXd& basis_coordinates) const;
  // Whether the data determine contrast * coefficients.
  [[nodiscard]] bool is_estimable(const Eigen::VectorXd& contrast) const;
  // rank numbers w with contrast * coefficients = w' U'Y; the variance factor is |w|^2.
  [[nodiscard]] Eigen::VectorXd contrast_weights(const Eigen::VectorXd& contrast) const;
  // x (X'X)^-1 x', of a new subject's row or of a row of the design.
  [[nodiscard]] double leverage(const Eigen::VectorXd& row) const {
    return contrast_weights(row).squaredNorm();
  }

 private:
  Eigen::MatrixXd basis_;     // U
  Eigen::VectorXd singular_;  // S
  Eigen::MatrixXd right_;     // V, p x rank
  Eigen::MatrixXd null_;      // p x (p - rank)
  Eigen::VectorXd scale_;     // D
  std::optional<int> dependent_column_;
};

// Measurements: one row a subject, points fastest.
struct FieldData {
  int subjects = 0;
  int points = 0;
  std::vector<float> values;
};

struct FieldFit {
  Eigen::MatrixXd basis_coordinates;   // rank x points: U'Y
  std::vector<double> sse;             // residual sum of squares
  std::vector<double> edge_roughness;  // per edge of the region
  // Points that can be tested: finite in all used subjects, residual variance above rounding error.
  std::vector<std::uint8_t> usable;
  int not_finite = 0;
  int zero_variance = 0;
};

// `rows[i]`: the subject of the data that belongs to row i of the design.
[[nodiscard]] FieldFit fit_field(const LinearModel& model,
                                 const FieldData& data,
                                 std::span<const int> rows,
                                 const SearchRegion& region);

// Effect, its standard error and t = effect / error of one contrast; NaN at points that are not finite,
// t = 0 where the error is 0.
struct ContrastMap {
  std::vector<double> effect;
  std::vector<double> standard_error;
  std::vector<double> t;
};
[[nodiscard]] ContrastMap test_contrast(const LinearModel& model,
                                        const FieldFit& fit,
                                        const Eigen::VectorXd& contrast);

// One new case against the controls a model was fitted to: t = (x b - y) / (s sqrt(1 + h)), positive where
// the case lies below its prediction. `covariates`: its row x of the design; `values`: y per point. Equals
// the t of an indicator column in the joint fit. [CrawfordHowell1998] [spm 7]
[[nodiscard]] ContrastMap test_new_case(const LinearModel& controls,
                                        const FieldFit& fit,
                                        const Eigen::VectorXd& covariates,
                                        std::span<const float> values);

}  // namespace focalhip
