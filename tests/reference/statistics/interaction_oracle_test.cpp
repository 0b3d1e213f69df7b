// The interaction model and its two odds ratios against R, by the library.
#include <cmath>

#include <gtest/gtest.h>

#include "analysis/statistics/distributions.h"
#include "analysis/statistics/logistic_regression.h"
#include "tests/reference/statistics/oracle_cohort.h"
#include "tests/reference/statistics/oracle_files.h"

namespace focalhip {
namespace {

using test::cohort_of;
using test::oracle_number;
using test::relative_error;
using test::SexCohort;
using test::statistics_file;
using test::text_at;

// The odds ratios of both strata from the joint model: z split into two columns.
Eigen::MatrixXd split_design(const SexCohort& c) {
  Eigen::MatrixXd x(c.z.size(), 7);
  x << c.z.cwiseProduct((1.0 - c.t2dm.array()).matrix()), c.z.cwiseProduct(c.t2dm),
      Eigen::VectorXd::Ones(c.z.size()), c.t2dm, c.covariates;
  return x;
}

// One stratum by itself: its beta and standard error.
ColumnEffect stratum_effect(const SexCohort& c, double t2dm) {
  std::vector<Eigen::Index> rows;
  for (Eigen::Index i = 0; i < c.z.size(); ++i) {
    if (c.t2dm(i) == t2dm) rows.push_back(i);
  }
  Eigen::MatrixXd x(static_cast<Eigen::Index>(rows.size()), 5);
  Eigen::VectorXd y(x.rows());
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    const Eigen::Index from = rows[static_cast<std::size_t>(i)];
    x.row(i) << 1.0, c.z(from), c.covariates.row(from);
    y(i) = c.outcome(from);
  }
  return estimate_effect(x, y, 1);
}

TEST(OddsOracle, OddsRatiosOfTheInteractionModelEqualR) {
  FOCALHIP_NEED_STATISTICS("odds/expected_interaction.csv");
  const CsvTable theirs = read_csv_table(statistics_file("odds/expected_interaction.csv"));
  const CsvTable table = read_csv_table(statistics_file("odds/cohort.csv"));
  for (std::size_t row = 0; row < theirs.rows.size(); ++row) {
    SCOPED_TRACE("line " + std::to_string(theirs.lines[row]));
    const auto expect = [&](double value, const std::string& name) {
      EXPECT_LE(relative_error(value, oracle_number(theirs, row, name)), 1e-7) << name << ' ' << value;
    };
    const SexCohort cohort = cohort_of(table, text_at(theirs, row, "sex"), text_at(theirs, row, "variable"));
    expect(static_cast<double>(cohort.z.size()), "n");
    const Eigen::MatrixXd split = split_design(cohort);
    for (const auto& [column, name] : {std::pair{0, "OR_no_t2dm"}, std::pair{1, "OR_t2dm"}}) {
      const ColumnEffect effect = estimate_effect(split, cohort.outcome, column);
      ASSERT_TRUE(effect.beta && effect.wald_low && effect.wald_high);
      expect(std::exp(*effect.beta), name);
      expect(std::exp(*effect.wald_low), std::string(name) + "_lo");
      expect(std::exp(*effect.wald_high), std::string(name) + "_hi");
    }
    Eigen::MatrixXd joint(cohort.z.size(), 7);
    joint << Eigen::VectorXd::Ones(cohort.z.size()), cohort.z, cohort.t2dm, cohort.covariates,
        cohort.z.cwiseProduct(cohort.t2dm);
    const ColumnEffect product = estimate_effect(joint, cohort.outcome, 6);
    expect(*product.beta, "beta_interaction");
    expect(*product.standard_error, "se_interaction");
    Eigen::MatrixXd all(cohort.z.size(), 10);
    all << joint, cohort.covariates.array().colwise() * cohort.t2dm.array();
    expect(*estimate_effect(all, cohort.outcome, 6).p_likelihood_ratio, "p_lrt_all_covariates_interacting");
    const ColumnEffect with = stratum_effect(cohort, 1.0);
    const ColumnEffect without = stratum_effect(cohort, 0.0);
    const double z = (*with.beta - *without.beta) / std::hypot(*with.standard_error, *without.standard_error);
    expect(2.0 * normal_upper_tail(std::abs(z)), "p_two_strata_z");
  }
}

}  // namespace
}  // namespace focalhip
