#include "listener/programs/table_selection.h"

#include <algorithm>

#include "listener/programs/command_line.h"

namespace focalhip {

std::vector<std::string> names_in(const std::string& option, const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    names.push_back(text.substr(at, end - at));
    if (names.back().empty()) throw UsageError(option + " has an empty name");
    if (std::ranges::count(names, names.back()) > 1)
      throw UsageError(option + " names " + names.back() + " twice");
    at = end + 1;
  }
  return names;
}

std::vector<std::size_t> rows_where(const CsvTable& table, const std::string& conditions) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < table.rows.size(); ++row) rows.push_back(row);
  if (conditions.empty()) return rows;
  for (const std::string& condition : names_in("--where", conditions)) {
    const std::size_t equals = condition.find('=');
    if (equals == std::string::npos) throw UsageError("--where needs COLUMN=VALUE, not \"" + condition + '"');
    const std::size_t column = table.column(condition.substr(0, equals));
    const std::string value = condition.substr(equals + 1);
    const std::optional<double> number = whole_number(value);
    std::erase_if(rows, [&](std::size_t row) {
      const std::string& text = table.rows[row][column];
      return text != value && !(number && whole_number(text) == number);
    });
  }
  if (rows.empty()) throw InputError(table.file, "no row has " + conditions);
  return rows;
}

}  // namespace focalhip
