// Closed forms against SurfStat's stat_threshold. Tolerances of the oracle's README: closed form against a
// table that is interpolated linearly.
#include "analysis/statistics/random_field.h"

#include <gtest/gtest.h>

#include "analysis/statistics/distributions.h"
#include "tests/reference/statistics/oracle_files.h"
#include "tests/reference/statistics/tolerances.h"

namespace focalhip {
namespace {

using test::oracle_number;
using test::relative_error;
using test::statistics_file;

Resels resels_of(const CsvTable& table, std::size_t row) {
  Resels resels{};
  for (std::size_t d = 0; d < 4; ++d) resels[d] = oracle_number(table, row, "resels_" + std::to_string(d));
  return resels;
}

int dimensions_of(const Resels& resels) {
  int d = 3;
  while (d > 0 && resels[static_cast<std::size_t>(d)] == 0.0) --d;
  return d;
}

TEST(EcDensities, EqualTheNodesOfSurfStatsTable) {
  FOCALHIP_NEED_STATISTICS("stat_threshold/ec_density.csv");
  const CsvTable table = read_csv_table(statistics_file("stat_threshold/ec_density.csv"));
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto rho = ec_densities(oracle_number(table, row, "t"), oracle_number(table, row, "df"));
    for (std::size_t d = 0; d < 4; ++d) {
      const double expected = oracle_number(table, row, "rho_" + std::to_string(d));
      const double tolerance = d == 0 ? 1e-3 : 1e-10;
      EXPECT_NEAR(rho[d], expected, tolerance * std::abs(expected) + 1e-16) << table.lines[row] << ' ' << d;
    }
  }
}

TEST(MaximumLaw, AgreesWithStatThreshold) {
  FOCALHIP_NEED_STATISTICS("stat_threshold/stat_threshold_peak.csv");
  const CsvTable table = read_csv_table(statistics_file("stat_threshold/stat_threshold_peak.csv"));
  double worst_t = 0.0;
  double worst_p = 0.0;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    SCOPED_TRACE("line " + std::to_string(table.lines[row]));
    const Resels resels = resels_of(table, row);
    const double df = oracle_number(table, row, "df");
    const MaximumLaw law(resels, oracle_number(table, row, "num_voxels"), df);
    const double in = oracle_number(table, row, "in_value");
    const double out = oracle_number(table, row, "peak_out");
    const double single = oracle_number(table, row, "peak_single_out");
    const int d = dimensions_of(resels);
    const double u = d == 0              ? 0.0
                     : df >= gaussian_df ? normal_upper_quantile(0.001)
                                         : student_t_upper_quantile(0.001, df);
    if (table.rows[row][table.column("in_kind")] == "P") {
      EXPECT_NEAR(law.threshold(in), out, 0.0015);
      worst_t = std::max(worst_t, std::abs(law.threshold(in) - out));
      if (!std::isnan(single)) {
        EXPECT_NEAR(single_peak_threshold(in, d, df, u), single, 0.0015);
      }
      continue;
    }
    if (out < 1.0) {
      EXPECT_LE(relative_error(law.p(in), out), test::p_vertex_tolerance(in)) << law.p(in) << " for " << out;
      if (in <= 10.0) worst_p = std::max(worst_p, relative_error(law.p(in), out));
    } else {
      EXPECT_EQ(law.p(in), 1.0) << out;  // stat_threshold prints the bound itself
    }
    if (!std::isnan(single)) {
      EXPECT_LE(relative_error(single_peak_p(in, d, df, u), single), test::p_vertex_tolerance(in));
    }
  }
  RecordProperty("worst_t", std::to_string(worst_t));
  std::printf("worst threshold %.5f, worst P %.4f %%\n", worst_t, 100.0 * worst_p);
}

}  // namespace
}  // namespace focalhip
