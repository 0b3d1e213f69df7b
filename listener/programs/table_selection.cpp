#include "listener/programs/table_selection.h"

#include <algorithm>
#include <exception>
#include <ostream>

#include "analysis/files/write_whole_file.h"

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

std::vector<std::size_t> columns_in(const CommandLine& line,
                                    const std::string& option,
                                    const CsvTable& table) {
  std::vector<std::size_t> columns;
  if (!line.has(option)) return columns;
  for (const std::string& name : names_in(option, line.value(option))) columns.push_back(table.column(name));
  return columns;
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

int run_table_command(const TableCommand& command,
                      std::span<const std::string> args,
                      std::ostream& out,
                      std::ostream& errors) {
  CommandLineRules rules{.flags = {"--quiet", "--progress"},
                         .values = {"--variables", "--out"},
                         .repeatable_values = {},
                         .positionals = 1};
  for (const auto* names : {&command.needed, &command.optional})
    rules.values.insert(names->begin(), names->end());
  try {
    const CommandLine line = parse_command_line(args, rules);
    if (line.has("--help")) {
      out << command.usage;
      return status_done;
    }
    std::vector<std::string> needed = command.needed;
    needed.insert(needed.end(), {"--variables", "--out"});
    for (const std::string& name : needed) {
      if (!line.has(name)) throw UsageError(name + " is missing");
    }
    const CsvTable table = read_csv_table(line.positionals.at(0));
    write_whole_file(line.value("--out"), command.run(line, table));
    return status_done;
  } catch (const UsageError& error) {
    errors << "focalhip " << command.name << ": " << error.what() << "\nTry 'focalhip " << command.name
           << " --help'.\n";
    return status_usage;
  } catch (const InputError& error) {
    errors << "focalhip " << command.name << ": " << error.what() << '\n';
    return status_usage;
  } catch (const std::exception& error) {
    errors << "focalhip " << command.name << ": " << error.what() << '\n';
    return status_failed;
  }
}

}  // namespace focalhip
