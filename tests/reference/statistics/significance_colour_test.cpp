// The colours of SurfStatView at the level 0.05.
#include "analysis/statistics/significance_colour.h"

#include <gtest/gtest.h>

#include "tests/reference/statistics/oracle_files.h"

namespace focalhip {
namespace {

TEST(SignificanceColour, EqualsSurfStatView) {
  FOCALHIP_NEED_STATISTICS("view_colours.csv");
  const CsvTable table = read_csv_table(test::statistics_file("view_colours.csv"));
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto number = [&](const char* name) { return table.required_number(row, table.column(name)); };
    const double value = significance_value(
        number("P_vertex"), number("P_cluster"), number("in_mask") == 1.0, number("thresh"));
    EXPECT_NEAR(value, number("value"), 5e-4) << table.lines[row];  // printed with six digits
    EXPECT_EQ(significance_row(value), static_cast<int>(number("row0"))) << table.lines[row];
    const std::array<double, 3> colour = significance_colour(significance_row(value));
    EXPECT_NEAR(colour[0], number("r"), 1e-6) << table.lines[row];
    EXPECT_NEAR(colour[1], number("g"), 1e-6) << table.lines[row];
    EXPECT_NEAR(colour[2], number("b"), 1e-6) << table.lines[row];
  }
}

}  // namespace
}  // namespace focalhip
