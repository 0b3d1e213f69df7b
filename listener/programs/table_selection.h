#pragma once

#include <string>
#include <vector>

#include "analysis/files/csv_table.h"

namespace focalhip {

// "a,b,c" -> {"a", "b", "c"}; UsageError for an empty or repeated name.
[[nodiscard]] std::vector<std::string> names_in(const std::string& option, const std::string& text);

// Rows of a table for which every "COLUMN=VALUE" of a list "sex=M,t2dm=1" holds; all for an empty list.
// Numbers are equal as numbers. UsageError, InputError for unknown columns.
[[nodiscard]] std::vector<std::size_t> rows_where(const CsvTable& table, const std::string& conditions);

}  // namespace focalhip
