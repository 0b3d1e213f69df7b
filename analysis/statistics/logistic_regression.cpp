#include "analysis/statistics/logistic_regression.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Cholesky>
#include <Eigen/QR>

#include "analysis/statistics/distributions.h"
#include "analysis/statistics/separation.h"
#include "analysis/support/expects.h"

namespace focalhip {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// log P(y | eta) = -log(1 + exp(-+eta)), without overflow or cancellation.
double log_likelihood(const Eigen::VectorXd& eta, const Eigen::VectorXd& outcome) {
  double sum = 0.0;
  for (Eigen::Index i = 0; i < eta.size(); ++i) {
    const double against = outcome(i) > 0.5 ? -eta(i) : eta(i);
    sum -= against > 0.0 ? against + std::log1p(std::exp(-against)) : std::log1p(std::exp(against));
  }
  return sum;
}

struct Weights {
  Eigen::VectorXd score;  // y - mu
  Eigen::VectorXd root;   // sqrt(mu (1 - mu))
};

Weights weights_at(const Eigen::VectorXd& eta, const Eigen::VectorXd& outcome) {
  Weights w{.score = Eigen::VectorXd(eta.size()), .root = Eigen::VectorXd(eta.size())};
  for (Eigen::Index i = 0; i < eta.size(); ++i) {
    const double mu = 1.0 / (1.0 + std::exp(-eta(i)));
    const double rest = 1.0 / (1.0 + std::exp(eta(i)));
    w.score(i) = outcome(i) > 0.5 ? rest : -mu;
    w.root(i) = std::sqrt(mu * rest);
  }
  return w;
}

// The weighted least squares fit of predictor + working residual: Newton's step for predictor 0. By QR of the
// weighted design: no normal equations of raw columns.
Eigen::VectorXd newton_step(const Eigen::MatrixXd& x, const Weights& w, const Eigen::VectorXd& predictor) {
  const Eigen::MatrixXd weighted = w.root.asDiagonal() * x;
  const Eigen::VectorXd residual =
      (w.score.array() / w.root.array().max(1e-150) + w.root.array() * predictor.array()).matrix();
  return weighted.colPivHouseholderQr().solve(residual);
}

Eigen::VectorXd standard_errors(const Eigen::MatrixXd& x, const Weights& w) {
  const Eigen::MatrixXd weighted = w.root.asDiagonal() * x;
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(weighted);
  const Eigen::Index p = x.cols();
  const Eigen::MatrixXd triangle = qr.matrixQR().topRows(p).triangularView<Eigen::Upper>();
  const Eigen::MatrixXd inverse =
      triangle.triangularView<Eigen::Upper>().solve(Eigen::MatrixXd::Identity(p, p));
  return inverse.rowwise().norm();
}

}  // namespace

LogisticFit fit_logistic(const Eigen::MatrixXd& design,
                         const Eigen::VectorXd& outcome,
                         const Eigen::VectorXd& offset) {
  const Eigen::VectorXd start = offset.size() == 0 ? Eigen::VectorXd::Zero(outcome.size()) : offset;
  LogisticFit fit;
  if (design.cols() == 0) {
    fit.converged = true;
    fit.log_likelihood = log_likelihood(start, outcome);
    return fit;
  }
  const Eigen::VectorXd scale = design.colwise().norm().cwiseInverse().transpose();
  const Eigen::MatrixXd x = design * scale.asDiagonal();
  // R's glm, step for step, so that the last digits are those of R: it starts at mu = (y + 1/2) / 2, stops by
  // the relative change of the deviance, and takes the standard errors from the information of its last step.
  Eigen::VectorXd beta = Eigen::VectorXd::Zero(x.cols());
  Eigen::VectorXd eta = (outcome.array() - 0.5).matrix() * (2.0 * std::log(3.0));
  Weights weights = weights_at(eta, outcome);
  beta = newton_step(x, weights, eta - start);
  eta = start + x * beta;
  fit.log_likelihood = log_likelihood(eta, outcome);
  fit.iterations = 1;
  constexpr int most_iterations = 60;
  for (; fit.iterations < most_iterations && !fit.converged; ++fit.iterations) {
    weights = weights_at(eta, outcome);
    Eigen::VectorXd step = newton_step(x, weights, Eigen::VectorXd::Zero(eta.size()));
    if (!step.allFinite()) break;
    double next = log_likelihood(eta + x * step, outcome);
    // The likelihood is concave: a step that overshoots is halved.
    for (int halving = 0; halving < 40 && !(next >= fit.log_likelihood - 1e-12 * (1.0 - fit.log_likelihood));
         ++halving) {
      step *= 0.5;
      next = log_likelihood(eta + x * step, outcome);
    }
    beta += step;
    eta = start + x * beta;
    fit.converged = std::abs(next - fit.log_likelihood) < 1e-14 * (std::abs(next) + 0.05);
    fit.log_likelihood = next;
  }
  fit.beta = scale.asDiagonal() * beta;
  fit.standard_error = scale.asDiagonal() * standard_errors(x, weights);
  return fit;
}

std::string name_of(OddsStatus status) {
  switch (status) {
    case OddsStatus::ok:
      return "ok";
    case OddsStatus::complete_separation:
      return "complete separation";
    case OddsStatus::quasi_separation:
      return "quasi separation";
    case OddsStatus::constant_variable:
      return "constant variable";
    case OddsStatus::collinear_variable:
      return "collinear variable";
    case OddsStatus::one_class:
      return "one class";
    case OddsStatus::too_few:
      return "too few subjects";
    case OddsStatus::not_converged:
      return "not converged";
  }
  return "unknown";
}

namespace {

Eigen::MatrixXd without_column(const Eigen::MatrixXd& x, Eigen::Index column) {
  Eigen::MatrixXd rest(x.rows(), x.cols() - 1);
  rest.leftCols(column) = x.leftCols(column);
  rest.rightCols(x.cols() - 1 - column) = x.rightCols(x.cols() - 1 - column);
  return rest;
}

OddsStatus obstacle_to(const Eigen::MatrixXd& x, const Eigen::VectorXd& outcome, Eigen::Index column) {
  const double cases = outcome.sum();
  if (cases <= 0.0 || cases >= static_cast<double>(outcome.size())) return OddsStatus::one_class;
  if (x.rows() <= x.cols()) return OddsStatus::too_few;
  if (x.col(column).minCoeff() == x.col(column).maxCoeff()) return OddsStatus::constant_variable;
  const Eigen::MatrixXd rest = without_column(x, column);
  if (rest.cols() > 0) {
    const Eigen::MatrixXd scaled = rest * rest.colwise().norm().cwiseMax(1e-300).cwiseInverse().asDiagonal();
    const Eigen::VectorXd own = x.col(column).normalized();
    const Eigen::VectorXd explained = scaled * scaled.colPivHouseholderQr().solve(own);
    // Values are written with about ten digits.
    if ((own - explained).norm() <= 1e-9) return OddsStatus::collinear_variable;
    if (scaled.colPivHouseholderQr().rank() < rest.cols()) return OddsStatus::collinear_variable;
  }
  return find_separation(x, outcome);
}

// Where twice the fall of the profile log-likelihood reaches the 95 % quantile of chi-square, going from
// `inside` in steps of `pace`. Infinite if it never does.
double profile_limit(const Eigen::MatrixXd& rest,
                     const Eigen::VectorXd& own,
                     const Eigen::VectorXd& outcome,
                     double most,
                     double inside,
                     double pace) {
  const double fall = 0.5 * chi_square_upper_quantile(0.05, 1.0);
  const auto excess = [&](double beta) {
    return most - fall - fit_logistic(rest, outcome, beta * own).log_likelihood;
  };
  double outside = inside;
  for (int i = 0; excess(outside) < 0.0; ++i) {
    if (i == 60) return pace > 0.0 ? infinity : -infinity;
    inside = outside;
    outside += pace;
    pace *= 1.6;
  }
  double below = excess(inside);
  double above = excess(outside);
  for (int i = 0; i < 100 && std::abs(outside - inside) > 1e-12 * (1.0 + std::abs(outside)); ++i) {
    // Regula falsi that falls back to halving every third step.
    double middle =
        i % 3 == 2 ? 0.5 * (inside + outside) : inside - below * (outside - inside) / (above - below);
    if (!std::isfinite(middle)) middle = 0.5 * (inside + outside);
    const double here = excess(middle);
    (here < 0.0 ? inside : outside) = middle;
    (here < 0.0 ? below : above) = here;
    if (std::abs(here) < 1e-13) return middle;
  }
  return 0.5 * (inside + outside);
}

// Under separation: the supremum of the likelihood, the one finite profile limit. [spm 10]
ColumnEffect separated_effect(const Eigen::MatrixXd& x,
                              const Eigen::VectorXd& outcome,
                              Eigen::Index column,
                              OddsStatus status) {
  ColumnEffect effect;
  effect.status = status;
  const Eigen::MatrixXd rest = without_column(x, column);
  const Eigen::VectorXd own = x.col(column);
  const LogisticFit null = fit_logistic(rest, outcome);
  const int direction = direction_of_separation(x, outcome, static_cast<int>(column));
  if (find_separation(rest, outcome) != OddsStatus::ok || direction == 0)
    return effect;  // the covariates do it alone
  // The profile rises towards its supremum: go out until it no longer changes.
  const double unit =
      1.0 / std::max((own.array() - own.mean()).matrix().norm() / std::sqrt(static_cast<double>(own.size())),
                     1e-300);
  double most = null.log_likelihood;
  double at = 0.0;
  for (double reach = 1.0; reach < 1e4; reach *= 1.5) {
    const double next = fit_logistic(rest, outcome, direction * reach * unit * own).log_likelihood;
    if (!(next > most)) break;
    const bool settled = next - most < 1e-13;
    most = next;
    at = direction * reach * unit;
    if (settled) break;
  }
  effect.log_likelihood = most;
  effect.beta = direction * infinity;
  effect.p_likelihood_ratio = chi_square_upper_tail(2.0 * (most - null.log_likelihood), 1.0);
  const double limit = profile_limit(rest, own, outcome, most, at, -direction * 0.05 * std::abs(at));
  effect.profile_low = direction > 0 ? limit : -infinity;
  effect.profile_high = direction > 0 ? infinity : limit;
  return effect;
}

}  // namespace

ColumnEffect estimate_effect(const Eigen::MatrixXd& design, const Eigen::VectorXd& outcome, int column) {
  expects(design.rows() == outcome.size() && column >= 0 && column < design.cols(), "a column of the design");
  const OddsStatus obstacle = obstacle_to(design, outcome, column);
  if (obstacle == OddsStatus::complete_separation || obstacle == OddsStatus::quasi_separation) {
    return separated_effect(design, outcome, column, obstacle);
  }
  ColumnEffect effect;
  effect.status = obstacle;
  if (obstacle != OddsStatus::ok) return effect;
  const LogisticFit fit = fit_logistic(design, outcome);
  if (!fit.converged) {
    effect.status = OddsStatus::not_converged;
    return effect;
  }
  const Eigen::MatrixXd rest = without_column(design, column);
  const double beta = fit.beta(column);
  const double error = fit.standard_error(column);
  const double z = normal_upper_quantile(0.025);
  effect.beta = beta;
  effect.standard_error = error;
  effect.wald_low = beta - z * error;
  effect.wald_high = beta + z * error;
  effect.p_wald = std::erfc(std::abs(beta / error) / std::sqrt(2.0));
  effect.log_likelihood = fit.log_likelihood;
  const double null = fit_logistic(rest, outcome).log_likelihood;
  effect.p_likelihood_ratio = chi_square_upper_tail(2.0 * (fit.log_likelihood - null), 1.0);
  effect.profile_low = profile_limit(rest, design.col(column), outcome, fit.log_likelihood, beta, -error);
  effect.profile_high = profile_limit(rest, design.col(column), outcome, fit.log_likelihood, beta, error);
  return effect;
}

}  // namespace focalhip
