// The law of cluster sizes against SurfStat's stat_threshold, all comparisons, and against a computation of
// our own in real space. Tolerances of the oracle's README.
#include <map>
#include <tuple>

#include <gtest/gtest.h>

#include "analysis/statistics/random_field.h"
#include "tests/reference/statistics/convolved_cluster_law.h"
#include "tests/reference/statistics/oracle_files.h"
#include "tests/reference/statistics/tolerances.h"

namespace focalhip {
namespace {

using test::cluster_p_agrees;
using test::ConvolvedClusterLaw;
using test::oracle_number;
using test::relative_error;

// One line of the oracle: a cluster's size and what both say about it.
struct Line {
  ClusterLaw::Field field;
  double threshold_t = 0.0;
  double resels = 0.0;
  bool gives_p = false;  // an extent is given and P asked for, or the other way round
  double in = 0.0;
  double out = 0.0;
  double single_out = 0.0;
};

Line line_of(const CsvTable& table, std::size_t row) {
  Line line;
  int& d = line.field.dimensions;
  d = 3;
  while (oracle_number(table, row, "resels_" + std::to_string(d)) == 0.0) --d;
  line.resels = oracle_number(table, row, "resels_" + std::to_string(d));
  line.field.df = oracle_number(table, row, "df");
  line.field.df_of_resels = oracle_number(table, row, "df_resel_estimate");
  line.threshold_t = oracle_number(table, row, "cluster_threshold_t");
  line.gives_p = table.rows[row][table.column("in_kind")] == "extent";
  line.in = oracle_number(table, row, "in_value");
  line.out = oracle_number(table, row, "extent_out");
  line.single_out = oracle_number(table, row, "extent_single_out");
  return line;
}

using LawKey = std::tuple<int, double, double>;
struct SecondLaws {
  ConvolvedClusterLaw exact;
  ConvolvedClusterLaw original;
};

class StatThreshold : public ::testing::Test {
 protected:
  // stat_threshold's P of one cluster whose true P is p: where nothing is estimated (Gaussian field, known
  // resels) it prints 1 - exp(-p), the P of a Poisson number of clusters with mean 1, else p itself.
  static double printed(const Line& line, double p) {
    return std::isinf(line.field.df) && std::isinf(line.field.df_of_resels) ? -std::expm1(-p) : p;
  }
  void judge(const Line& line, double extent, double expected, bool corrected);
  void prove_original_wrong(const Line& line, double extent, double expected, bool corrected);

  std::map<LawKey, SecondLaws> second_;
  int judged_ = 0;
  int in_tolerance_ = 0;
  int proven_ = 0;
  double worst_ = 0.0;        // P > 1e-3, df > 20
  double worst_other_ = 0.0;  // P > 1e-3, df 12
  double worst_against_convolution_ = 0.0;
  double largest_proven_ = 0.0;
};

void StatThreshold::judge(const Line& line, double extent, double expected, bool corrected) {
  const ClusterLaw law(line.field, line.threshold_t, line.resels);
  const double value = corrected ? law.p(extent) : printed(line, law.p_of_one(extent));
  ++judged_;
  // 1 - exp(-x) in double precision knows P only to two units of its last place near 1.
  if (cluster_p_agrees(value, expected, line.field.df) || std::abs(value - expected) <= 2.3e-16) {
    ++in_tolerance_;
    if (expected > 1e-3) {
      double& worst = line.field.df > 20.0 ? worst_ : worst_other_;
      worst = std::max(worst, relative_error(value, expected));
    }
    return;
  }
  prove_original_wrong(line, extent, expected, corrected);
}

// The original differs by what its periodic transform carries from the lower end of its grid to the upper:
// a computation in real space without it gives our P, with it the original's.
void StatThreshold::prove_original_wrong(const Line& line, double extent, double expected, bool corrected) {
  const LawKey key{line.field.dimensions, line.field.df, line.field.df_of_resels};
  if (!second_.contains(key)) {
    second_.emplace(key,
                    SecondLaws{ConvolvedClusterLaw::exact(line.field),
                               ConvolvedClusterLaw::as_stat_threshold(line.field)});
  }
  const SecondLaws& second = second_.at(key);
  const ClusterLaw law(line.field, line.threshold_t, line.resels);
  const double one = law.p_of_one(extent);
  const double mean = law.mean_extent_resels();
  const double error = relative_error(second.exact.p_of_one(extent, mean), one);
  worst_against_convolution_ = std::max(worst_against_convolution_, error);
  // The step of the second computation tells in the far tail: its error grows like |log P|^4.
  EXPECT_LE(error, one > 1e-12 ? 1e-5 : 1e-4) << "the two computations of P differ: " << one;
  const double wrapped = second.original.p_of_one(extent, mean);
  const double original = corrected ? -std::expm1(-law.expected_clusters() * wrapped) : wrapped;
  EXPECT_TRUE(cluster_p_agrees(original, expected, line.field.df))
      << "not explained: " << expected << ", with wrap-around " << original << ", ours "
      << (corrected ? law.p(extent) : one);
  EXPECT_GT(wrapped, one);
  EXPECT_LT(wrapped - one, 1e-6);  // the mass below the grid
  largest_proven_ = std::max(largest_proven_, expected);
  ++proven_;
}

TEST_F(StatThreshold, AgreesOnEveryClusterOrIsProvenWrong) {
  FOCALHIP_NEED_STATISTICS("stat_threshold/stat_threshold_cluster.csv");
  const CsvTable table = read_csv_table(test::statistics_file("stat_threshold/stat_threshold_cluster.csv"));
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    SCOPED_TRACE("line " + std::to_string(table.lines[row]));
    const Line line = line_of(table, row);
    if (line.gives_p) {
      judge(line, line.in, line.out, true);
      judge(line, line.in, line.single_out, false);
    } else {
      if (line.out > 0.0) judge(line, line.out, line.in, true);  // 0: even the smallest cluster is rarer
      judge(line, line.single_out, line.in, false);
    }
  }
  std::printf(
      "cluster P: %d compared, %d within the tolerance, %d where the original's wrap-around is proven\n",
      judged_,
      in_tolerance_,
      proven_);
  std::printf(
      "worst, P > 1e-3: %.3f %% (df > 20), %.3f %% (df 12); proven ones lie below P %.3g; second "
      "computation within %.1e\n",
      100.0 * worst_,
      100.0 * worst_other_,
      largest_proven_,
      worst_against_convolution_);
  EXPECT_EQ(in_tolerance_ + proven_, judged_);
  EXPECT_LT(largest_proven_, 2e-4);
}

TEST(ClusterLaw, EqualsTheConvolutionOfItsFactors) {
  for (const int d : {1, 2, 3}) {
    for (const double df : {12.0, 33.0, 290.0}) {
      for (const double df_of_resels : {df, std::numeric_limits<double>::infinity()}) {
        const ClusterLaw::Field field{.dimensions = d, .df = df, .df_of_resels = df_of_resels};
        const ClusterLaw law(field, 3.2, 80.0);
        const auto second = ConvolvedClusterLaw::exact(field);
        for (const double p : {0.9, 0.5, 0.05, 1e-3, 1e-5, 1e-8}) {
          const double extent = law.extent_of_one(p);
          EXPECT_LE(relative_error(second.p_of_one(extent, law.mean_extent_resels()), p), 1e-5)
              << d << ' ' << df << ' ' << df_of_resels << ' ' << p;
        }
      }
    }
  }
}

}  // namespace
}  // namespace focalhip
