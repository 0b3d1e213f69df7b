#include "listener/programs/odds_command.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "analysis/files/csv_table.h"
#include "analysis/statistics/impute_group_means.h"
#include "analysis/statistics/logistic_regression.h"
#include "analysis/support/format_number.h"
#include "listener/programs/table_selection.h"

namespace focalhip {

namespace {

constexpr const char* usage =
    "usage: focalhip odds TABLE.csv --outcome COLUMN --variables a,b [--covariates "
    "age_y,height_cm,weight_kg]\n"
    "         [--where sex=M,t2dm=1] [--sd-from sample|controls|VALUE] [--impute-by sex,fracture,t2dm]\n"
    "         [--interaction COLUMN] --out odds.csv\n"
    "Binomial logistic regression of a 0/1 outcome on each variable by itself, adjusted for the covariates; "
    "odds\n"
    "ratio per +1 SD with 95 % Wald and profile likelihood intervals, Wald and likelihood ratio P, status.\n"
    "  --sd-from       SD (n - 1) of the variable in the used rows, in those with outcome 0, or a number\n"
    "  --impute-by     a missing covariate gets the mean of its group in the whole table; else the row is "
    "left out\n"
    "  --interaction   P of variable x COLUMN (0/1), from the model that also has COLUMN itself; all other "
    "columns\n"
    "                  of the output stay those of the model without it\n"
    "  --quiet\n"
    "Exit status: 0 done, 1 internal failure, 2 wrong usage or files.\n";

struct Request {
  const CsvTable& table;
  std::vector<std::size_t> rows;
  std::size_t outcome;
  std::vector<std::size_t> covariates;
  std::vector<std::size_t> groups;  // of imputation; empty: none
  std::string sd_from;
  std::optional<std::size_t> interaction;
};

double zero_or_one(const CsvTable& table, std::size_t row, std::size_t column) {
  const double value = table.required_number(row, column);
  if (value != 0.0 && value != 1.0) throw table.error(row, column, "0 or 1 is needed");
  return value;
}

// A covariate of the whole table, imputed where groups are named.
std::vector<std::optional<double>> covariate_of(const Request& request, std::size_t column) {
  const CsvTable& table = request.table;
  std::vector<std::optional<double>> values;
  for (std::size_t row = 0; row < table.rows.size(); ++row) values.push_back(table.number(row, column));
  if (request.groups.empty()) return values;
  std::vector<std::string> groups;
  for (const std::vector<std::string>& fields : table.rows) {
    std::string key;
    for (const std::size_t group : request.groups) key += csv_field(fields[group]) + ',';
    groups.push_back(std::move(key));
  }
  return impute_group_means(values, groups);
}

struct Sample {
  Eigen::VectorXd outcome;
  Eigen::VectorXd variable;
  Eigen::MatrixXd covariates;
  Eigen::VectorXd interaction;  // 0/1
};

Sample sample_of(const Request& request, std::size_t variable) {
  const CsvTable& table = request.table;
  std::vector<std::vector<std::optional<double>>> covariates;
  for (const std::size_t column : request.covariates) covariates.push_back(covariate_of(request, column));
  std::vector<std::vector<double>> kept;
  for (const std::size_t row : request.rows) {
    const double outcome = zero_or_one(table, row, request.outcome);
    const std::optional<double> value = table.number(row, variable);
    if (!value) continue;
    std::vector<double> numbers = {
        outcome, *value, request.interaction ? zero_or_one(table, row, *request.interaction) : 0.0};
    bool complete = true;
    for (std::size_t i = 0; i < covariates.size(); ++i) {
      const std::optional<double>& covariate = covariates[i][row];
      if (!covariate && !request.groups.empty())
        throw table.error(row, request.covariates[i], "missing, and so in its whole group");
      complete = complete && covariate.has_value();
      numbers.push_back(covariate.value_or(0.0));
    }
    if (complete) kept.push_back(std::move(numbers));
  }
  const auto n = static_cast<Eigen::Index>(kept.size());
  const auto k = static_cast<Eigen::Index>(request.covariates.size());
  Sample sample{Eigen::VectorXd(n), Eigen::VectorXd(n), Eigen::MatrixXd(n, k), Eigen::VectorXd(n)};
  for (Eigen::Index i = 0; i < n; ++i) {
    const std::vector<double>& numbers = kept[static_cast<std::size_t>(i)];
    sample.outcome(i) = numbers[0];
    sample.variable(i) = numbers[1];
    sample.interaction(i) = numbers[2];
    for (Eigen::Index c = 0; c < k; ++c) sample.covariates(i, c) = numbers[static_cast<std::size_t>(c) + 3];
  }
  return sample;
}

double standard_deviation(const Eigen::VectorXd& values) {
  if (values.size() < 2) return 0.0;
  return std::sqrt((values.array() - values.mean()).square().sum() / static_cast<double>(values.size() - 1));
}

double sd_of(const Sample& sample, const std::string& from) {
  if (const auto value = whole_number(from)) return *value;
  if (from == "sample") return standard_deviation(sample.variable);
  std::vector<double> controls;
  for (Eigen::Index i = 0; i < sample.outcome.size(); ++i) {
    if (sample.outcome(i) == 0.0) controls.push_back(sample.variable(i));
  }
  return standard_deviation(
      Eigen::Map<Eigen::VectorXd>(controls.data(), static_cast<Eigen::Index>(controls.size())));
}

std::string text_of(const std::optional<double>& value) {
  if (!value || std::isnan(*value)) return "NA";
  if (std::isinf(*value)) return *value > 0.0 ? "Inf" : "-Inf";
  return exact_text(*value);
}

std::string exp_text(const std::optional<double>& value) { return value ? text_of(std::exp(*value)) : "NA"; }

std::string row_of(const Request& request, std::size_t variable) {
  const Sample sample = sample_of(request, variable);
  const Eigen::Index n = sample.outcome.size();
  const double sd = sd_of(sample, request.sd_from);
  Eigen::MatrixXd design(n, 2 + sample.covariates.cols());
  design.col(0).setOnes();
  design.col(1) = sd > 0.0 ? Eigen::VectorXd(sample.variable / sd) : sample.variable;
  design.rightCols(sample.covariates.cols()) = sample.covariates;
  ColumnEffect effect;
  effect.status = OddsStatus::too_few;
  if (n > 0) effect = estimate_effect(design, sample.outcome, 1);
  std::ostringstream text;
  text << csv_field(request.table.header[variable]) << ',' << n << ',' << exact_text(sample.outcome.sum())
       << ',' << exact_text(sd) << ',' << text_of(effect.beta) << ',' << text_of(effect.standard_error) << ','
       << exp_text(effect.beta) << ',' << exp_text(effect.wald_low) << ',' << exp_text(effect.wald_high)
       << ',' << exp_text(effect.profile_low) << ',' << exp_text(effect.profile_high) << ','
       << text_of(effect.p_wald) << ',' << text_of(effect.p_likelihood_ratio) << ','
       << name_of(effect.status);
  if (request.interaction) {
    Eigen::MatrixXd joint(n, design.cols() + 2);
    joint.leftCols(design.cols()) = design;
    joint.col(design.cols()) = sample.interaction;
    joint.col(design.cols() + 1) = design.col(1).cwiseProduct(sample.interaction);
    ColumnEffect product;
    if (n > 0) product = estimate_effect(joint, sample.outcome, static_cast<int>(design.cols()) + 1);
    text << ',' << text_of(product.p_wald) << ',' << text_of(product.p_likelihood_ratio);
  }
  text << '\n';
  return text.str();
}

std::string run(const CommandLine& line, const CsvTable& table) {
  const std::string sd_from = line.value("--sd-from", "sample");
  const std::optional<double> sd = whole_number(sd_from);
  if (sd_from != "sample" && sd_from != "controls" && !(sd && *sd > 0.0)) {
    throw UsageError("--sd-from needs sample, controls or a number above 0, not \"" + sd_from + '"');
  }
  Request request{.table = table,
                  .rows = rows_where(table, line.value("--where")),
                  .outcome = table.column(line.value("--outcome")),
                  .covariates = columns_in(line, "--covariates", table),
                  .groups = columns_in(line, "--impute-by", table),
                  .sd_from = sd_from,
                  .interaction = {}};
  if (line.has("--interaction")) request.interaction = table.column(line.value("--interaction"));
  std::string text = "variable,n,n_case,sd,beta,se,OR,wald_lo,wald_hi,prof_lo,prof_hi,p_wald,p_lrt,status";
  text += request.interaction ? ",p_interaction_wald,p_interaction_lrt\n" : "\n";
  for (const std::size_t variable : columns_in(line, "--variables", table)) text += row_of(request, variable);
  return text;
}

}  // namespace

int odds_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors) {
  return run_table_command(
      {.name = "odds",
       .usage = usage,
       .needed = {"--outcome"},
       .optional = {"--covariates", "--where", "--sd-from", "--impute-by", "--interaction"},
       .run = run},
      args,
      out,
      errors);
}

}  // namespace focalhip
