#pragma once

#include <cmath>
#include <filesystem>
#include <limits>
#include <string>

#include "analysis/files/csv_table.h"

namespace focalhip::test {

// Expected values of SurfStat and R (tests/reference/statistics/README.md): the small committed part, and the
// whole set beside the repository.
inline std::filesystem::path committed_statistics() {
  return std::filesystem::path(FOCALHIP_SOURCE_DIR) / "tests/reference/statistics/data";
}
inline std::filesystem::path shared_statistics() {
  return std::filesystem::path(FOCALHIP_SHARED_DIR) / "oracles/stats";
}
// A file of the set: the whole one, or the committed part; empty when neither is there.
inline std::filesystem::path statistics_file(const std::string& name) {
  for (const auto& root : {shared_statistics(), committed_statistics()}) {
    if (std::filesystem::exists(root / name)) return root / name;
  }
  return {};
}

// A number of R or Octave: NA and NaN are NaN, Inf is infinite.
inline double oracle_number(const CsvTable& table, std::size_t row, const std::string& column) {
  const std::string& text = table.rows.at(row).at(table.column(column));
  if (text == "NA" || text == "NaN" || text.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (text == "Inf") return std::numeric_limits<double>::infinity();
  return table.required_number(row, table.column(column));
}

// Relative difference, 0 for equal numbers (also infinite ones).
inline double relative_error(double value, double expected) {
  if (value == expected) return 0.0;
  return std::abs(value - expected) / std::max(std::abs(expected), 1e-300);
}

}  // namespace focalhip::test

#define FOCALHIP_NEED_STATISTICS(name)                                             \
  if (focalhip::test::statistics_file(name).empty()) {                             \
    GTEST_SKIP() << "oracles/stats/" << (name) << " is not beside the repository"; \
  }
