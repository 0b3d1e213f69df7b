// Coefficients, edge resels and designs of the original SurfStat; one new case predicted by its controls
// against the same case as an indicator column. Tolerances of the oracle's README.
#include <map>
#include <numeric>

#include <gtest/gtest.h>

#include "analysis/files/field_files.h"
#include "analysis/statistics/linear_model.h"
#include "tests/reference/statistics/oracle_files.h"

namespace focalhip {
namespace {

using test::oracle_number;
using test::relative_error;
using test::statistics_file;

struct Study {
  CsvTable design;
  FieldData data;
  SearchRegion region;
};

Study study_in(const std::string& folder) {
  const auto file = [&](const std::string& name) { return statistics_file(folder + "/" + name); };
  FieldFile field = read_field_file(file("data.bin"), file("data.json"));
  Study study{.design = read_csv_table(file("design.csv")),
              .data = {.subjects = field.rows, .points = field.points, .values = std::move(field.values)},
              .region = {}};
  if (folder == "volume") {
    const LatticeFile lattice = read_lattice_file(file("lattice.json"));
    study.region = region_of_lattice(lattice.dims, lattice.inside);
  } else {
    const IntegerCsv table = read_integer_csv(file("triangles.csv"), 3, 0, field.points - 1);
    std::vector<std::array<int, 3>> triangles;
    for (std::size_t i = 0; i + 2 < table.values.size(); i += 3)
      triangles.push_back({table.values[i], table.values[i + 1], table.values[i + 2]});
    study.region = std::get<SearchRegion>(region_of_triangles(field.points, triangles));
  }
  return study;
}

struct Rows {
  Eigen::MatrixXd design;
  std::vector<int> rows;
};

// Constant, the case column (all zero for controls only), covariates from `first_covariate` on.
Rows rows_of(const Study& study,
             const std::string& case_column,
             std::size_t first_covariate,
             const auto& is_used) {
  Rows used;
  for (std::size_t row = 0; row < study.design.rows.size(); ++row) {
    if (is_used(row)) used.rows.push_back(static_cast<int>(row));
  }
  const std::size_t covariates = study.design.header.size() - first_covariate;
  used.design.resize(static_cast<Eigen::Index>(used.rows.size()), static_cast<Eigen::Index>(covariates + 2));
  for (std::size_t i = 0; i < used.rows.size(); ++i) {
    const auto row = static_cast<std::size_t>(used.rows[i]);
    const auto to = static_cast<Eigen::Index>(i);
    used.design(to, 0) = 1.0;
    used.design(to, 1) = study.design.required_number(row, study.design.column(case_column));
    for (std::size_t c = 0; c < covariates; ++c)
      used.design(to, static_cast<Eigen::Index>(c + 2)) =
          study.design.required_number(row, first_covariate + c);
  }
  return used;
}

void compare_coefficients(const CsvTable& theirs, const Eigen::MatrixXd& ours) {
  double worst = 0.0;
  ASSERT_EQ(theirs.header.size(), static_cast<std::size_t>(ours.rows()) + 1);
  for (std::size_t line = 0; line < theirs.rows.size(); ++line) {
    const auto point = static_cast<Eigen::Index>(theirs.required_number(line, 0));
    for (Eigen::Index c = 0; c < ours.rows(); ++c) {
      const double error =
          relative_error(ours(c, point), theirs.required_number(line, static_cast<std::size_t>(c) + 1));
      worst = std::max(worst, error);
      ASSERT_LE(error, 1e-7) << "point " << point << " column " << c;
    }
  }
  std::printf("coefficients within %.1e\n", worst);
}

void compare_edges(const CsvTable& theirs, const SearchRegion& region, const std::vector<double>& roughness) {
  std::map<std::array<int, 2>, double> ours;
  for (std::size_t e = 0; e < region.edges.size(); ++e) ours[region.edges[e]] = roughness[e];
  const bool is_whole = theirs.rows.size() == ours.size();
  ASSERT_TRUE(is_whole || theirs.rows.size() == (ours.size() + 15) / 16)
      << theirs.rows.size() << " of " << ours.size();
  double worst = 0.0;
  for (std::size_t line = 0; line < theirs.rows.size(); ++line) {
    const int a = static_cast<int>(theirs.required_number(line, 0));
    const int b = static_cast<int>(theirs.required_number(line, 1));
    const auto found = ours.find({std::min(a, b), std::max(a, b)});
    ASSERT_NE(found, ours.end()) << "no edge " << a << "-" << b;
    const double error = relative_error(found->second, theirs.required_number(line, 2));
    worst = std::max(worst, error);
    ASSERT_LE(error, 1e-7) << "edge " << a << "-" << b;
  }
  std::printf("edge resels within %.1e\n", worst);
}

class LinearModelOracle : public ::testing::TestWithParam<const char*> {};

TEST_P(LinearModelOracle, CoefficientsAndEdgeReselsEqualSurfStat) {
  const std::string folder = GetParam();
  FOCALHIP_NEED_STATISTICS(folder + "/expected_coef.csv");
  const Study study = study_in(folder);
  const bool is_volume = folder == "volume";
  const std::size_t last = study.design.rows.size() - 1;
  const Rows used =
      rows_of(study, "case", is_volume ? 2 : 3, [&](std::size_t row) { return is_volume || row != last; });
  const LinearModel model(used.design);
  const FieldFit fit = fit_field(model, study.data, used.rows, study.region);
  compare_coefficients(read_csv_table(statistics_file(folder + "/expected_coef.csv")),
                       model.coefficients(fit.basis_coordinates));
  compare_edges(
      read_csv_table(statistics_file(folder + "/expected_edge_resl.csv")), study.region, fit.edge_roughness);
}

INSTANTIATE_TEST_SUITE_P(All, LinearModelOracle, ::testing::Values("surf_small", "volume"));

class DesignOracle : public ::testing::TestWithParam<const char*> {};

TEST_P(DesignOracle, IsThatOfTheDesignFile) {
  const std::string folder = GetParam();
  FOCALHIP_NEED_STATISTICS(folder + "/expected_design_X.csv");
  const std::filesystem::path file = statistics_file(folder + "/design.csv");
  const Study study{.design = read_csv_table(file), .data = {}, .region = {}};
  const std::size_t last = study.design.rows.size() - 1;
  const Rows used = rows_of(study, "case", 3, [&](std::size_t row) { return row != last; });
  const NumericCsv theirs = read_numeric_csv(statistics_file(folder + "/expected_design_X.csv"));
  ASSERT_EQ(theirs.values.rows(), used.design.rows());
  ASSERT_EQ(theirs.values.cols(), used.design.cols());
  EXPECT_EQ((theirs.values - used.design).cwiseAbs().maxCoeff(), 0.0);
}

INSTANTIATE_TEST_SUITE_P(All, DesignOracle, ::testing::Values("surf_small", "surf_large"));

class NewCase : public ::testing::TestWithParam<const char*> {};

// [spm 0.2]: the residual of an indicator column is 0, so both forms are the same test. 1e-10 of the largest
// t.
TEST_P(NewCase, PredictedByItsControlsEqualsTheIndicatorColumn) {
  const std::string folder = GetParam();
  FOCALHIP_NEED_STATISTICS(folder + "/data.bin");
  const Study study = study_in(folder);
  const std::size_t last = study.design.rows.size() - 1;
  const auto is_control = [&](std::size_t row) { return study.design.rows[row][1] == "0"; };
  const Rows joint =
      rows_of(study, "is_new_case", 3, [&](std::size_t row) { return row == last || is_control(row); });
  const Rows controls = rows_of(study, "is_new_case", 3, is_control);
  const auto without_case_column = [](const Eigen::MatrixXd& x) {
    Eigen::MatrixXd rest(x.rows(), x.cols() - 1);
    rest << x.col(0), x.rightCols(x.cols() - 2);
    return rest;
  };
  const LinearModel joint_model(joint.design);
  const FieldFit joint_fit = fit_field(joint_model, study.data, joint.rows, study.region);
  Eigen::VectorXd contrast = Eigen::VectorXd::Zero(joint.design.cols());
  contrast(1) = -1.0;
  const ContrastMap indicator = test_contrast(joint_model, joint_fit, contrast);

  const LinearModel model(without_case_column(controls.design));
  const FieldFit fit = fit_field(model, study.data, controls.rows, study.region);
  const Eigen::VectorXd covariates =
      without_case_column(joint.design).row(joint.design.rows() - 1).transpose();
  const auto points = static_cast<std::size_t>(study.data.points);
  const ContrastMap prediction =
      test_new_case(model, fit, covariates, std::span(study.data.values).subspan(last * points, points));

  EXPECT_EQ(model.df(), joint_model.df());
  double worst_t = 0.0;
  double worst_sse = 0.0;
  for (std::size_t p = 0; p < points; ++p) {
    worst_t = std::max(worst_t, std::abs(prediction.t[p] - indicator.t[p]));
    worst_sse = std::max(worst_sse, relative_error(fit.sse[p], joint_fit.sse[p]));
    ASSERT_NEAR(prediction.effect[p], indicator.effect[p], 1e-10);
    ASSERT_NEAR(prediction.standard_error[p], indicator.standard_error[p], 1e-10);
  }
  double worst_edge = 0.0;
  for (std::size_t e = 0; e < fit.edge_roughness.size(); ++e)
    worst_edge = std::max(worst_edge, relative_error(fit.edge_roughness[e], joint_fit.edge_roughness[e]));
  EXPECT_LE(worst_t, 1e-10);
  EXPECT_LE(worst_sse, 1e-10);
  EXPECT_LE(worst_edge, 1e-10);
  std::printf("t within %.1e, residual variance %.1e, edge resels %.1e\n", worst_t, worst_sse, worst_edge);
}

INSTANTIATE_TEST_SUITE_P(All, NewCase, ::testing::Values("surf_single", "surf_small", "surf_large"));

}  // namespace
}  // namespace focalhip
