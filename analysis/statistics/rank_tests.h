#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

namespace focalhip {

// Mann and Whitney's U as R's wilcox.test gives it: two-sided; exact when both samples have fewer than 50
// values and no ties, else normal with tie-corrected variance and continuity correction. [MannWhitney1947]
struct MannWhitney {
  int n_x = 0;
  int n_y = 0;
  bool has_ties = false;
  double w_x = 0.0;  // pairs in which x is larger, ties count one half
  enum class Method { exact, normal, not_defined } method = Method::not_defined;
  std::optional<double> p;  // none when a sample is empty or all values are equal
};
[[nodiscard]] MannWhitney mann_whitney(std::span<const double> x, std::span<const double> y);
[[nodiscard]] std::string name_of(MannWhitney::Method method);
// The two P values by themselves. `exact`: without ties.
[[nodiscard]] double mann_whitney_exact_p(int n_x, int n_y, double w_x);
[[nodiscard]] std::optional<double> mann_whitney_normal_p(std::span<const double> x,
                                                          std::span<const double> y,
                                                          bool continuity_correction);

// Pearson's chi-square of a table of counts, without continuity correction. None when a margin is 0.
// [Pearson1900]
struct ChiSquareTest {
  double statistic = 0.0;
  double df = 0.0;
  double p = 1.0;
};
[[nodiscard]] std::optional<ChiSquareTest> pearson_chi_square(const Eigen::MatrixXd& counts);

// ICC(2,1) of Shrout and Fleiss = ICC(A,1) of McGraw and Wong: two-way random effects, absolute agreement,
// one measurement; 95 % interval by Satterthwaite's degrees of freedom. Rows: subjects, columns: raters or
// repeats. None below 2 x 2 or without any variance. [ShroutFleiss1979] [McGrawWong1996]
struct IntraclassCorrelation {
  double icc = 0.0;
  double low = 0.0;
  double high = 0.0;
};
[[nodiscard]] std::optional<IntraclassCorrelation> icc_2_1(const Eigen::MatrixXd& ratings);

}  // namespace focalhip
