#include "analysis/statistics/separation.h"

#include <cmath>

#include <Eigen/QR>

#include "analysis/statistics/logistic_regression.h"

namespace focalhip {

namespace {

// Maximises sum_i a_i'd over a_i'd >= 0 for all i and -1 <= d <= 1 by the simplex method
// with Bland's rule: exact up to rounding, no cycling. n + p rows, 2 p columns. [Chvatal1983]
class DirectionProgram {
 public:
  explicit DirectionProgram(const Eigen::MatrixXd& rows) : a_(rows) {}

  // The best d; zero when only d = 0 is feasible.
  [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& goal) {
    const Eigen::Index p = a_.cols();
    const Eigen::Index n = a_.rows();
    // d = plus - minus, plus, minus >= 0; -a d + s = 0; plus + minus <= 1 each. d = 0 is a feasible start.
    const Eigen::Index m = n + p;
    const Eigen::Index k = 2 * p;
    Eigen::MatrixXd table = Eigen::MatrixXd::Zero(m + 1, k + 1);
    table.block(0, 0, n, p) = -a_;
    table.block(0, p, n, p) = a_;
    table.block(n, 0, p, p).setIdentity();
    table.block(n, p, p, p).setIdentity();
    table.block(n, k, p, 1).setOnes();
    table.block(m, 0, 1, p) = -goal.transpose();
    table.block(m, p, 1, p) = goal.transpose();
    Eigen::VectorXi basic(m);
    Eigen::VectorXi free(k);
    for (Eigen::Index i = 0; i < m; ++i) basic(i) = static_cast<int>(k + i);
    for (Eigen::Index i = 0; i < k; ++i) free(i) = static_cast<int>(i);
    for (int pivots = 0; pivots < 20000 && pivot(table, basic, free); ++pivots) {
    }
    Eigen::VectorXd d = Eigen::VectorXd::Zero(p);
    for (Eigen::Index i = 0; i < m; ++i) {
      if (basic(i) < p) d(basic(i)) += table(i, k);
      if (basic(i) >= p && basic(i) < k) d(basic(i) - p) -= table(i, k);
    }
    return d;
  }

 private:
  static constexpr double tiny = 1e-10;

  static bool pivot(Eigen::MatrixXd& t, Eigen::VectorXi& basic, Eigen::VectorXi& free) {
    const Eigen::Index m = t.rows() - 1;
    const Eigen::Index k = t.cols() - 1;
    Eigen::Index enter = -1;
    for (Eigen::Index j = 0; j < k; ++j) {
      if (t(m, j) < -tiny && (enter < 0 || free(j) < free(enter))) enter = j;
    }
    if (enter < 0) return false;
    Eigen::Index leave = -1;
    for (Eigen::Index i = 0; i < m; ++i) {
      if (t(i, enter) <= tiny) continue;
      if (leave < 0) {
        leave = i;
        continue;
      }
      const double here = t(i, k) / t(i, enter);
      const double best = t(leave, k) / t(leave, enter);
      if (here < best - 1e-14 || (here <= best + 1e-14 && basic(i) < basic(leave))) leave = i;
    }
    if (leave < 0) return false;  // cannot be: the directions are bounded
    const double inverse = 1.0 / t(leave, enter);
    const Eigen::RowVectorXd row = t.row(leave) * inverse;
    const Eigen::VectorXd column = t.col(enter);
    t.noalias() -= column * row;
    t.row(leave) = row;
    t.col(enter) = -column * inverse;
    t(leave, enter) = inverse;
    std::swap(basic(leave), free(enter));
    return true;
  }

  Eigen::MatrixXd a_;
};

struct Whitened {
  Eigen::MatrixXd rows;       // n x rank, signed, every row of length 1
  Eigen::MatrixXd to_design;  // p x rank: coefficients of a direction
};

// Centred and scaled by QR, so that ages and heights do not decide what counts as zero.
Whitened whiten(const Eigen::MatrixXd& design, const Eigen::VectorXd& outcome) {
  const Eigen::VectorXd scale = design.colwise().norm().cwiseMax(1e-300).cwiseInverse().transpose();
  const Eigen::MatrixXd scaled = design * scale.asDiagonal();
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(scaled);
  const Eigen::Index p = design.cols();
  const Eigen::MatrixXd q = qr.householderQ() * Eigen::MatrixXd::Identity(design.rows(), p);
  const Eigen::MatrixXd r = qr.matrixQR().topRows(p).triangularView<Eigen::Upper>();
  Whitened w;
  w.rows = q;
  for (Eigen::Index i = 0; i < q.rows(); ++i) {
    w.rows.row(i) *= (outcome(i) > 0.5 ? 1.0 : -1.0) / std::max(q.row(i).norm(), 1e-300);
  }
  w.to_design = scale.asDiagonal() * r.triangularView<Eigen::Upper>().solve(Eigen::MatrixXd::Identity(p, p));
  return w;
}

constexpr double least_margin = 1e-8;  // of rows and directions of length about 1
constexpr double most_logit = 20.0;    // of a fit that has converged: odds of 5e8 are no separation yet

// A finite maximum of the concave likelihood proves that nothing separates.
bool has_finite_maximum(const Eigen::MatrixXd& design, const Eigen::VectorXd& outcome) {
  const LogisticFit fit = fit_logistic(design, outcome);
  return fit.converged && fit.beta.allFinite() && (design * fit.beta).cwiseAbs().maxCoeff() < most_logit;
}

}  // namespace

OddsStatus find_separation(const Eigen::MatrixXd& design, const Eigen::VectorXd& outcome) {
  const Whitened w = whiten(design, outcome);
  const Eigen::VectorXd goal = w.rows.colwise().sum().transpose();
  const Eigen::VectorXd d = DirectionProgram(w.rows).solve(goal);
  const Eigen::VectorXd margin = w.rows * d;
  if (margin.maxCoeff() <= least_margin) return OddsStatus::ok;
  // Rounding in a degenerate program can end at a direction that is none; then the likelihood decides.
  if (margin.minCoeff() < -least_margin && has_finite_maximum(design, outcome)) return OddsStatus::ok;
  // Complete: some direction with all margins above 0. Maximise the smallest margin by one more column.
  Eigen::MatrixXd rows(w.rows.rows(), w.rows.cols() + 1);
  rows.leftCols(w.rows.cols()) = w.rows;
  rows.rightCols(1).setConstant(-1.0);
  Eigen::VectorXd least = Eigen::VectorXd::Zero(rows.cols());
  least(rows.cols() - 1) = 1.0;
  const Eigen::VectorXd best = DirectionProgram(rows).solve(least);
  return best(rows.cols() - 1) > least_margin ? OddsStatus::complete_separation
                                              : OddsStatus::quasi_separation;
}

int direction_of_separation(const Eigen::MatrixXd& design, const Eigen::VectorXd& outcome, int column) {
  const Whitened w = whiten(design, outcome);
  const Eigen::VectorXd effect = w.to_design.row(column).transpose();
  const Eigen::VectorXd unit = effect.normalized();
  const double up = DirectionProgram(w.rows).solve(unit).dot(unit);
  const double down = DirectionProgram(w.rows).solve(-unit).dot(-unit);
  if (std::max(up, down) <= least_margin) return 0;
  if (up > least_margin && down > least_margin) return 0;  // both signs divide: the covariates do it alone
  return up > down ? 1 : -1;
}

}  // namespace focalhip
