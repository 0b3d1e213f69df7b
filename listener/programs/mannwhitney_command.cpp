#include "listener/programs/mannwhitney_command.h"

#include <set>
#include <sstream>

#include "analysis/files/csv_table.h"
#include "analysis/statistics/rank_tests.h"
#include "analysis/support/format_number.h"
#include "listener/programs/table_selection.h"

namespace focalhip {

namespace {

constexpr const char* usage =
    "usage: focalhip mannwhitney TABLE.csv --group COLUMN --variables a,b [--where sex=M,...] --out mw.csv\n"
    "Two-sided Mann-Whitney U test of each variable between the two values of COLUMN. x is the group with "
    "the\n"
    "larger value as number (1 of 0 and 1), or the first in the alphabet. Missing values are left out.\n"
    "Exact when both groups have fewer than 50 values and no ties, else normal with tie-corrected variance "
    "and\n"
    "continuity correction. Columns: variable,n_x,n_y,ties,W_x,p,method.\n"
    "  --quiet\n"
    "Exit status: 0 done, 1 internal failure, 2 wrong usage or files.\n";

// {value of x, value of y}
std::pair<std::string, std::string> groups_of(const CsvTable& table,
                                              const std::vector<std::size_t>& rows,
                                              std::size_t column) {
  std::set<std::string> values;
  for (const std::size_t row : rows) {
    if (table.rows[row][column].empty()) throw table.error(row, column, "the group is missing");
    values.insert(table.rows[row][column]);
  }
  if (values.size() != 2) {
    throw InputError(table.file,
                     "column \"" + table.header[column] + "\" has " + std::to_string(values.size()) +
                         " values, 2 are needed");
  }
  const auto first = whole_number(*values.begin());
  const auto second = whole_number(*values.rbegin());
  const bool second_is_x = first && second && *second > *first;
  return second_is_x ? std::pair(*values.rbegin(), *values.begin())
                     : std::pair(*values.begin(), *values.rbegin());
}

std::string run(const CommandLine& line, const CsvTable& table) {
  const std::vector<std::size_t> rows = rows_where(table, line.value("--where"));
  const std::size_t group = table.column(line.value("--group"));
  const auto [of_x, of_y] = groups_of(table, rows, group);
  std::ostringstream text;
  text << "variable,n_x,n_y,ties,W_x,p,method\n";
  for (const std::size_t column : columns_in(line, "--variables", table)) {
    std::vector<double> x;
    std::vector<double> y;
    for (const std::size_t row : rows) {
      const std::optional<double> value = table.number(row, column);
      if (value) (table.rows[row][group] == of_x ? x : y).push_back(*value);
    }
    const MannWhitney test = mann_whitney(x, y);
    text << csv_field(table.header[column]) << ',' << test.n_x << ',' << test.n_y << ','
         << (test.has_ties ? 1 : 0) << ',' << exact_text(test.w_x) << ','
         << (test.p ? exact_text(*test.p) : "NA") << ',' << name_of(test.method) << '\n';
  }
  return text.str();
}

}  // namespace

int mannwhitney_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors) {
  return run_table_command(
      {.name = "mannwhitney", .usage = usage, .needed = {"--group"}, .optional = {"--where"}, .run = run},
      args,
      out,
      errors);
}

}  // namespace focalhip
