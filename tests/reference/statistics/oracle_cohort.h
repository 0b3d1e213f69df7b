#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "analysis/statistics/impute_group_means.h"
#include "tests/reference/statistics/oracle_files.h"

namespace focalhip::test {

inline std::string text_at(const CsvTable& table, std::size_t row, const std::string& column) {
  return table.rows.at(row).at(table.column(column));
}

// The cohort of one sex as R had it: z by the sex' SD, imputed covariates.
struct SexCohort {
  Eigen::VectorXd outcome;
  Eigen::VectorXd z;
  Eigen::VectorXd t2dm;
  Eigen::MatrixXd covariates;  // age, height, weight
};

inline SexCohort cohort_of(const CsvTable& table, const std::string& sex, const std::string& variable) {
  std::vector<std::string> groups;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    groups.push_back(text_at(table, row, "sex") + text_at(table, row, "fracture") +
                     text_at(table, row, "t2dm"));
  }
  std::vector<std::vector<std::optional<double>>> columns;
  for (const char* name : {"age_y", "height_cm", "weight_kg"}) {
    std::vector<std::optional<double>> values;
    for (std::size_t row = 0; row < table.rows.size(); ++row)
      values.push_back(table.number(row, table.column(name)));
    columns.push_back(impute_group_means(values, groups));
  }
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    if (text_at(table, row, "sex") == sex) rows.push_back(row);
  }
  const auto n = static_cast<Eigen::Index>(rows.size());
  SexCohort cohort{Eigen::VectorXd(n), Eigen::VectorXd(n), Eigen::VectorXd(n), Eigen::MatrixXd(n, 3)};
  for (Eigen::Index i = 0; i < n; ++i) {
    const std::size_t row = rows[static_cast<std::size_t>(i)];
    cohort.outcome(i) = oracle_number(table, row, "fracture");
    cohort.z(i) = oracle_number(table, row, variable);
    cohort.t2dm(i) = oracle_number(table, row, "t2dm");
    for (Eigen::Index c = 0; c < 3; ++c) cohort.covariates(i, c) = *columns[static_cast<std::size_t>(c)][row];
  }
  const double mean = cohort.z.mean();
  cohort.z /= std::sqrt((cohort.z.array() - mean).square().sum() / static_cast<double>(n - 1));
  return cohort;
}

}  // namespace focalhip::test
