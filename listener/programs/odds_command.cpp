#include "listener/programs/odds_command.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <iostream>
#include <map>
#include <sstream>

#include "analysis/files/csv_table.h"
#include "analysis/files/write_whole_file.h"
#include "analysis/statistics/logistic_regression.h"
#include "analysis/support/format_number.h"
#include "listener/programs/command_line.h"
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

// Means of a column over groups of the whole table.
class GroupMeans {
 public:
  GroupMeans(const CsvTable& table, std::size_t column, const std::vector<std::size_t>& groups)
      : table_(table), column_(column), groups_(groups) {
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      const std::optional<double> value = table.number(row, column);
      if (!value) continue;
      auto& [sum, count] = sums_[key(row)];
      sum += *value;
      ++count;
    }
  }
  [[nodiscard]] double of(std::size_t row) const {
    const auto found = sums_.find(key(row));
    if (found == sums_.end()) throw table_.error(row, column_, "missing, and so in its whole group");
    return found->second.first / found->second.second;
  }

 private:
  [[nodiscard]] std::vector<std::string> key(std::size_t row) const {
    std::vector<std::string> parts;
    for (const std::size_t group : groups_) parts.push_back(table_.rows[row][group]);
    return parts;
  }
  const CsvTable& table_;
  std::size_t column_;
  const std::vector<std::size_t>& groups_;
  std::map<std::vector<std::string>, std::pair<double, int>> sums_;
};

struct Sample {
  Eigen::VectorXd outcome;
  Eigen::VectorXd variable;
  Eigen::MatrixXd covariates;
  Eigen::VectorXd interaction;  // 0/1
};

Sample sample_of(const Request& request, std::size_t variable) {
  const CsvTable& table = request.table;
  std::vector<GroupMeans> means;
  for (const std::size_t column : request.covariates) means.emplace_back(table, column, request.groups);
  std::vector<std::vector<double>> kept;
  for (const std::size_t row : request.rows) {
    const double outcome = zero_or_one(table, row, request.outcome);
    const std::optional<double> value = table.number(row, variable);
    if (!value) continue;
    std::vector<double> numbers = {
        outcome, *value, request.interaction ? zero_or_one(table, row, *request.interaction) : 0.0};
    bool complete = true;
    for (std::size_t i = 0; i < request.covariates.size(); ++i) {
      std::optional<double> covariate = table.number(row, request.covariates[i]);
      if (!covariate && !request.groups.empty()) covariate = means[i].of(row);
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

std::string row_of(const Request& request, const std::string& name) {
  const Sample sample = sample_of(request, request.table.column(name));
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
  text << csv_field(name) << ',' << n << ',' << exact_text(sample.outcome.sum()) << ',' << exact_text(sd)
       << ',' << text_of(effect.beta) << ',' << text_of(effect.standard_error) << ',' << exp_text(effect.beta)
       << ',' << exp_text(effect.wald_low) << ',' << exp_text(effect.wald_high) << ','
       << exp_text(effect.profile_low) << ',' << exp_text(effect.profile_high) << ','
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

int run(const CommandLine& line) {
  for (const char* needed : {"--outcome", "--variables", "--out"}) {
    if (!line.has(needed)) throw UsageError(std::string(needed) + " is missing");
  }
  const std::string sd_from = line.value("--sd-from", "sample");
  const std::optional<double> sd = whole_number(sd_from);
  if (sd_from != "sample" && sd_from != "controls" && !(sd && *sd > 0.0)) {
    throw UsageError("--sd-from needs sample, controls or a number above 0, not \"" + sd_from + '"');
  }
  const CsvTable table = read_csv_table(line.positionals.at(0));
  Request request{.table = table,
                  .rows = rows_where(table, line.value("--where")),
                  .outcome = table.column(line.value("--outcome")),
                  .covariates = {},
                  .groups = {},
                  .sd_from = sd_from,
                  .interaction = {}};
  if (line.has("--covariates")) {
    for (const std::string& name : names_in("--covariates", line.value("--covariates")))
      request.covariates.push_back(table.column(name));
  }
  if (line.has("--impute-by")) {
    for (const std::string& name : names_in("--impute-by", line.value("--impute-by")))
      request.groups.push_back(table.column(name));
  }
  if (line.has("--interaction")) request.interaction = table.column(line.value("--interaction"));
  std::string text = "variable,n,n_case,sd,beta,se,OR,wald_lo,wald_hi,prof_lo,prof_hi,p_wald,p_lrt,status";
  text += request.interaction ? ",p_interaction_wald,p_interaction_lrt\n" : "\n";
  for (const std::string& name : names_in("--variables", line.value("--variables")))
    text += row_of(request, name);
  write_whole_file(line.value("--out"), text);
  return status_done;
}

}  // namespace

int odds_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors) {
  const CommandLineRules rules{.flags = {"--quiet", "--progress"},
                               .values = {"--outcome",
                                          "--variables",
                                          "--covariates",
                                          "--where",
                                          "--sd-from",
                                          "--impute-by",
                                          "--interaction",
                                          "--out"},
                               .repeatable_values = {},
                               .positionals = 1};
  try {
    const CommandLine line = parse_command_line(args, rules);
    if (line.has("--help")) {
      out << usage;
      return status_done;
    }
    return run(line);
  } catch (const UsageError& error) {
    errors << "focalhip odds: " << error.what() << "\nTry 'focalhip odds --help'.\n";
    return status_usage;
  } catch (const InputError& error) {
    errors << "focalhip odds: " << error.what() << '\n';
    return status_usage;
  } catch (const std::exception& error) {
    errors << "focalhip odds: " << error.what() << '\n';
    return status_failed;
  }
}

}  // namespace focalhip
