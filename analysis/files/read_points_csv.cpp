#include "analysis/files/read_points_csv.h"

#include <string>

#include "analysis/files/csv_table.h"

namespace focalhip {

namespace {

constexpr Eigen::Index most_points = 1'000'000;

}  // namespace

Points read_points_csv(const std::filesystem::path& file) {
  const NumericCsv table = read_numeric_csv(file, {.columns = 16});
  if (table.values.rows() == 0) throw InputError(file, 1, "no points");
  if (table.values.cols() != 3) {
    throw InputError(
        file, table.lines.front(), std::to_string(table.values.cols()) + " columns, x,y,z are needed");
  }
  if (table.values.rows() > most_points) {
    throw InputError(file, table.lines[most_points], "more than 1,000,000 points");
  }
  return table.values;
}

}  // namespace focalhip
