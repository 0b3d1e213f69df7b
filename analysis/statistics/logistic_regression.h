#pragma once

#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

namespace focalhip {

// Binomial logistic regression of a 0/1 outcome, logit P = X beta, by iteratively reweighted least squares
// to a relative change of the deviance of 1e-14. [McCullaghNelder1989] [spm 10]
struct LogisticFit {
  bool converged = false;  // false also when the likelihood has no maximum (separation)
  Eigen::VectorXd beta;
  Eigen::VectorXd standard_error;  // from the inverse information
  double log_likelihood = 0.0;
  int iterations = 0;
};
// `design`: n x p, full rank. `offset`: added to X beta; empty = 0.
[[nodiscard]] LogisticFit fit_logistic(const Eigen::MatrixXd& design,
                                       const Eigen::VectorXd& outcome,
                                       const Eigen::VectorXd& offset = {});

// Why there is an odds ratio of a column or why not.
enum class OddsStatus {
  ok,
  complete_separation,  // a combination of the columns divides the outcomes: no finite maximum
  quasi_separation,     // divides them but for ties
  constant_variable,    // one value only
  collinear_variable,   // a linear combination of the other columns
  one_class,            // all cases or all controls
  too_few,              // fewer subjects than columns + 1
  not_converged,
};
[[nodiscard]] std::string name_of(OddsStatus status);

// Whether some combination of the columns divides the outcomes; `ok` when none does. By the geometry of the
// likelihood: linear programming over directions. [AlbertAnderson1984]
[[nodiscard]] OddsStatus find_separation(const Eigen::MatrixXd& design, const Eigen::VectorXd& outcome);

// The effect of one column of the design. Fields are empty where they do not exist.
struct ColumnEffect {
  OddsStatus status = OddsStatus::ok;
  std::optional<double> beta;  // infinite under separation by this column
  std::optional<double> standard_error;
  std::optional<double> p_wald;
  std::optional<double> p_likelihood_ratio;  // against the model without the column
  std::optional<double> wald_low;            // 95 % interval of beta
  std::optional<double> wald_high;
  std::optional<double> profile_low;  // 95 % profile likelihood; infinite under separation
  std::optional<double> profile_high;
  double log_likelihood = 0.0;  // its supremum under separation
};
// Any real design and 0/1 outcomes: what cannot be estimated gets a status.
[[nodiscard]] ColumnEffect estimate_effect(const Eigen::MatrixXd& design,
                                           const Eigen::VectorXd& outcome,
                                           int column);

}  // namespace focalhip
