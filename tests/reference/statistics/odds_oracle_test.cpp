// focalhip odds and mannwhitney against R, within the tolerances of the oracle's README.
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "analysis/statistics/distributions.h"
#include "analysis/statistics/logistic_regression.h"
#include "analysis/statistics/rank_tests.h"
#include "listener/programs/mannwhitney_command.h"
#include "listener/programs/odds_command.h"
#include "tests/reference/statistics/oracle_cohort.h"
#include "tests/reference/statistics/oracle_files.h"
#include "tests/support/temporary_folder.h"

namespace focalhip {
namespace {

using test::cohort_of;
using test::oracle_number;
using test::relative_error;
using test::SexCohort;
using test::statistics_file;
using test::text_at;

CsvTable run_odds(std::vector<std::string> args) {
  const testing_support::TemporaryFolder folder;
  args.insert(args.begin(), statistics_file("odds/cohort.csv").string());
  args.insert(args.end(),
              {"--outcome",
               "fracture",
               "--impute-by",
               "sex,fracture,t2dm",
               "--out",
               (folder.path() / "o.csv").string()});
  std::ostringstream text;
  if (odds_command(args, text, text) != 0) throw std::runtime_error(text.str());
  return read_csv_table(folder.path() / "o.csv");
}

TEST(OddsOracle, EveryOddsRatioEqualsR) {
  FOCALHIP_NEED_STATISTICS("odds/expected_odds_ratios.csv");
  const CsvTable theirs = read_csv_table(statistics_file("odds/expected_odds_ratios.csv"));
  std::map<std::string, double> worst;
  for (std::size_t row = 0; row < theirs.rows.size(); ++row) {
    SCOPED_TRACE("line " + std::to_string(theirs.lines[row]));
    const std::string stratum = text_at(theirs, row, "stratum");
    std::string where = "sex=" + text_at(theirs, row, "sex");
    if (stratum == "t2dm") where += ",t2dm=1";
    if (stratum == "no_t2dm") where += ",t2dm=0";
    const std::string sd = text_at(theirs, row, "sd_from");
    std::vector<std::string> args = {"--where",
                                     where,
                                     "--variables",
                                     text_at(theirs, row, "variable"),
                                     "--sd-from",
                                     sd == "stratum"            ? "sample"
                                     : sd == "stratum_controls" ? "controls"
                                                                : text_at(theirs, row, "sd")};
    if (text_at(theirs, row, "model") == "adjusted")
      args.insert(args.end(), {"--covariates", "age_y,height_cm,weight_kg"});
    const CsvTable ours = run_odds(args);
    EXPECT_EQ(text_at(ours, 0, "status"), "ok");
    for (const char* name : {"n",
                             "n_case",
                             "sd",
                             "beta",
                             "se",
                             "OR",
                             "wald_lo",
                             "wald_hi",
                             "prof_lo",
                             "prof_hi",
                             "p_wald",
                             "p_lrt"}) {
      const double error = relative_error(oracle_number(ours, 0, name), oracle_number(theirs, row, name));
      worst[name] = std::max(worst[name], error);
      const bool profile = std::string(name).starts_with("prof");
      EXPECT_LE(error, profile ? 1e-6 : 1e-7)
          << name << ' ' << text_at(ours, 0, name) << " for " << text_at(theirs, row, name);
    }
    for (const char* name : {"prof_lo", "prof_hi"}) {
      EXPECT_LE(relative_error(oracle_number(ours, 0, name),
                               oracle_number(theirs, row, std::string(name) + "_MASS")),
                1e-3);
    }
  }
  for (const auto& [name, error] : worst) std::cout << name << ' ' << error << "  ";
  std::cout << '\n';
}

TEST(OddsOracle, InteractionsEqualR) {
  FOCALHIP_NEED_STATISTICS("odds/expected_interaction.csv");
  const CsvTable theirs = read_csv_table(statistics_file("odds/expected_interaction.csv"));
  for (std::size_t row = 0; row < theirs.rows.size(); ++row) {
    const CsvTable ours = run_odds({"--where",
                                    "sex=" + text_at(theirs, row, "sex"),
                                    "--variables",
                                    text_at(theirs, row, "variable"),
                                    "--covariates",
                                    "age_y,height_cm,weight_kg",
                                    "--interaction",
                                    "t2dm"});
    EXPECT_LE(
        relative_error(oracle_number(ours, 0, "p_interaction_wald"), oracle_number(theirs, row, "p_wald")),
        1e-7)
        << row;
    EXPECT_LE(
        relative_error(oracle_number(ours, 0, "p_interaction_lrt"), oracle_number(theirs, row, "p_lrt")),
        1e-7)
        << row;
  }
}

TEST(OddsOracle, SeparationAndDegenerateCasesHaveAStatus) {
  FOCALHIP_NEED_STATISTICS("odds/separation_data.csv");
  const CsvTable data = read_csv_table(statistics_file("odds/separation_data.csv"));
  const CsvTable theirs = read_csv_table(statistics_file("odds/expected_separation.csv"));
  const std::map<std::string, OddsStatus> status = {{"complete", OddsStatus::complete_separation},
                                                    {"quasi", OddsStatus::quasi_separation},
                                                    {"near", OddsStatus::ok},
                                                    {"constant_x", OddsStatus::constant_variable},
                                                    {"collinear", OddsStatus::collinear_variable},
                                                    {"one_class", OddsStatus::one_class}};
  for (std::size_t row = 0; row < theirs.rows.size(); ++row) {
    const std::string name = theirs.rows[row][0];
    SCOPED_TRACE(name);
    std::vector<std::size_t> used;
    for (std::size_t i = 0; i < data.rows.size(); ++i) {
      if (data.rows[i][0] == name) used.push_back(i);
    }
    Eigen::MatrixXd x(static_cast<Eigen::Index>(used.size()), 3);
    Eigen::VectorXd y(x.rows());
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      const std::size_t from = used[static_cast<std::size_t>(i)];
      x.row(i) << 1.0, data.required_number(from, 2), data.required_number(from, 3);
      y(i) = data.required_number(from, 1);
    }
    const ColumnEffect effect = estimate_effect(x, y, 1);
    EXPECT_EQ(name_of(effect.status), name_of(status.at(name)));
    const double low = oracle_number(theirs, row, "profile_beta_lo");
    if (std::isnan(low)) {
      EXPECT_FALSE(effect.beta.has_value());
      continue;
    }
    EXPECT_NEAR(effect.log_likelihood, oracle_number(theirs, row, "supremum_loglik"), 1e-7);
    ASSERT_TRUE(effect.profile_low && effect.profile_high && effect.p_likelihood_ratio);
    EXPECT_LE(relative_error(*effect.profile_low, low), 1e-6) << *effect.profile_low << " for " << low;
    EXPECT_LE(relative_error(*effect.profile_high, oracle_number(theirs, row, "profile_beta_hi")), 1e-6);
    EXPECT_LE(relative_error(*effect.p_likelihood_ratio, oracle_number(theirs, row, "p_lrt")), 1e-6);
    EXPECT_TRUE(name == "near" || !effect.p_wald.has_value());
  }
}

TEST(OddsOracle, FullModelEqualsR) {
  FOCALHIP_NEED_STATISTICS("odds/expected_full_model_F_t2dm_ECTD.csv");
  const CsvTable theirs = read_csv_table(statistics_file("odds/expected_full_model_F_t2dm_ECTD.csv"));
  const CsvTable ours = run_odds(
      {"--where", "sex=F,t2dm=1", "--variables", "ECTD_patch", "--covariates", "age_y,height_cm,weight_kg"});
  EXPECT_LE(relative_error(oracle_number(ours, 0, "beta"), oracle_number(theirs, 1, "beta")), 1e-7);
  // Every coefficient, by the library: intercept, z (SD of the stratum), age, height, weight.
  const SexCohort women = cohort_of(read_csv_table(statistics_file("odds/cohort.csv")), "F", "ECTD_patch");
  const auto n = static_cast<Eigen::Index>(oracle_number(ours, 0, "n"));
  Eigen::MatrixXd x(n, 5);
  Eigen::VectorXd y(n);
  Eigen::Index to = 0;
  for (Eigen::Index i = 0; i < women.z.size(); ++i) {
    if (women.t2dm(i) == 0.0) continue;
    x.row(to) << 1.0, women.z(i), women.covariates.row(i);
    y(to++) = women.outcome(i);
  }
  ASSERT_EQ(to, n);
  x.col(1) /= std::sqrt((x.col(1).array() - x.col(1).mean()).square().sum() / static_cast<double>(n - 1));
  ASSERT_EQ(theirs.rows.size(), 5U);
  const LogisticFit fit = fit_logistic(x, y);
  for (Eigen::Index column = 0; column < 5; ++column) {
    const auto row = static_cast<std::size_t>(column);
    SCOPED_TRACE(theirs.rows[row][0]);
    const double z = fit.beta(column) / fit.standard_error(column);
    EXPECT_LE(relative_error(fit.beta(column), oracle_number(theirs, row, "beta")), 1e-7);
    EXPECT_LE(relative_error(fit.standard_error(column), oracle_number(theirs, row, "se")), 1e-7);
    EXPECT_LE(relative_error(z, oracle_number(theirs, row, "z")), 1e-7);
    EXPECT_LE(relative_error(2.0 * normal_upper_tail(std::abs(z)), oracle_number(theirs, row, "p")), 1e-7);
  }
}

TEST(MannWhitneyOracle, EqualsR) {
  FOCALHIP_NEED_STATISTICS("odds/mann_whitney_data.csv");
  const CsvTable data = read_csv_table(statistics_file("odds/mann_whitney_data.csv"));
  const CsvTable theirs = read_csv_table(statistics_file("odds/expected_mann_whitney.csv"));
  for (std::size_t row = 0; row < theirs.rows.size(); ++row) {
    SCOPED_TRACE(theirs.rows[row][0]);
    std::vector<double> x;
    std::vector<double> y;
    for (std::size_t i = 0; i < data.rows.size(); ++i) {
      if (data.rows[i][0] == theirs.rows[row][0])
        (data.rows[i][1] == "x" ? x : y).push_back(data.required_number(i, 2));
    }
    const MannWhitney ours = mann_whitney(x, y);
    EXPECT_EQ(ours.w_x, oracle_number(theirs, row, "W_x"));
    EXPECT_EQ(ours.has_ties, oracle_number(theirs, row, "ties") == 1.0);
    const double p = oracle_number(theirs, row, "p_R_default");
    ASSERT_EQ(ours.p.has_value(), !std::isnan(p));
    if (!ours.p) continue;
    EXPECT_LE(relative_error(*ours.p, p), 1e-9);
    EXPECT_LE(relative_error(*mann_whitney_normal_p(x, y, true), oracle_number(theirs, row, "p_normal_cc")),
              1e-9);
    EXPECT_LE(
        relative_error(*mann_whitney_normal_p(x, y, false), oracle_number(theirs, row, "p_normal_nocc")),
        1e-9);
    const double exact = oracle_number(theirs, row, "p_exact");
    if (!std::isnan(exact)) {
      EXPECT_LE(relative_error(mann_whitney_exact_p(ours.n_x, ours.n_y, ours.w_x), exact), 1e-9);
    }
  }
}

TEST(MannWhitneyOracle, TheCohortsTableEqualsR) {
  FOCALHIP_NEED_STATISTICS("odds/expected_table.csv");
  const CsvTable data = read_csv_table(statistics_file("odds/cohort.csv"));
  const CsvTable theirs = read_csv_table(statistics_file("odds/expected_table.csv"));
  for (std::size_t row = 0; row < theirs.rows.size(); ++row) {
    for (const auto& [t2dm, suffix] : {std::pair{1.0, "_1v3"}, std::pair{0.0, "_2v4"}}) {
      std::vector<double> x;
      std::vector<double> y;
      for (std::size_t i = 0; i < data.rows.size(); ++i) {
        const auto value = data.number(i, data.column(text_at(theirs, row, "variable")));
        if (!value || text_at(data, i, "sex") != theirs.rows[row][0] ||
            data.number(i, data.column("t2dm")) != t2dm)
          continue;
        (data.number(i, data.column("fracture")) == 1.0 ? x : y).push_back(*value);
      }
      EXPECT_EQ(mann_whitney(x, y).w_x, oracle_number(theirs, row, std::string("W") + suffix));
      EXPECT_LE(relative_error(*mann_whitney_normal_p(x, y, true),
                               oracle_number(theirs, row, std::string("p_cc") + suffix)),
                1e-9);
      EXPECT_LE(relative_error(*mann_whitney_normal_p(x, y, false),
                               oracle_number(theirs, row, std::string("p_nocc") + suffix)),
                1e-9);
    }
  }
}

// [ShroutFleiss1979] Table 2 (six targets, four judges) and Table 4: ICC(2,1) = 0.29; the interval .02 to .76
// is printed by McGraw and Wong's formulae for the same data.
TEST(IntraclassCorrelation, EqualsTheWorkedExampleOfShroutAndFleiss) {
  Eigen::MatrixXd ratings(6, 4);
  ratings << 9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7;
  const auto result = icc_2_1(ratings);
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(result->icc, 0.29, 0.005);
  EXPECT_NEAR(result->low, 0.02, 0.005);
  EXPECT_NEAR(result->high, 0.76, 0.005);
}

// 2 x 2 without continuity correction: n (ad - bc)^2 / product of margins, here 100 * 600^2 / (40 * 60 * 50 *
// 50) = 6.
TEST(PearsonChiSquare, HasNoContinuityCorrection) {
  Eigen::MatrixXd counts(2, 2);
  counts << 26, 14, 24, 36;
  const auto test = pearson_chi_square(counts);
  ASSERT_TRUE(test.has_value());
  EXPECT_NEAR(test->statistic, 6.0, 1e-12);
  EXPECT_NEAR(test->p, 0.01430588, 1e-7);  // P(|Z| > sqrt 6)
}

}  // namespace
}  // namespace focalhip
