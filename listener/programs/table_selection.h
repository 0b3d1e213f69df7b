#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "analysis/files/csv_table.h"
#include "listener/programs/command_line.h"

namespace focalhip {

// "a,b,c" -> {"a", "b", "c"}; UsageError for an empty or repeated name.
[[nodiscard]] std::vector<std::string> names_in(const std::string& option, const std::string& text);

// The columns an option names, none when it is absent. UsageError, InputError for unknown columns.
[[nodiscard]] std::vector<std::size_t> columns_in(const CommandLine& line,
                                                  const std::string& option,
                                                  const CsvTable& table);

// Rows of a table for which every "COLUMN=VALUE" of a list "sex=M,t2dm=1" holds; all for an empty list.
// Numbers are equal as numbers. UsageError, InputError for unknown columns.
[[nodiscard]] std::vector<std::size_t> rows_where(const CsvTable& table, const std::string& conditions);

// A command that reads one table and writes one: `focalhip NAME TABLE.csv --variables a,b ... --out OUT.csv`.
struct TableCommand {
  std::string name;
  std::string usage;
  std::vector<std::string> needed;    // options with a value that must be there, --variables and --out apart
  std::vector<std::string> optional;  // further options with a value
  // The whole text of the output.
  std::string (*run)(const CommandLine& line, const CsvTable& table);
};
// Reads arguments and table, runs, writes OUT.csv as a whole. Exit status 0, 1 or 2 with a sentence.
[[nodiscard]] int run_table_command(const TableCommand& command,
                                    std::span<const std::string> args,
                                    std::ostream& out,
                                    std::ostream& errors);

}  // namespace focalhip
