#include "listener/programs/config_command.h"

#include <ostream>
#include <variant>

#include "config/load_config.h"
#include "listener/programs/command_line.h"

namespace focalhip {

namespace {

constexpr const char* usage =
    "usage: focalhip config check FILE\n"
    "Prints every problem of a configuration, one a line: FILE:LINE: key: rule. Nothing is started or "
    "created.\n"
    "Exit status: 0 no problem, 2 problems or wrong usage.\n";

}  // namespace

int config_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors) {
  try {
    const CommandLine line =
        parse_command_line(args, {.flags = {}, .values = {}, .repeatable_values = {}, .positionals = 2});
    if (line.has("--help")) {
      out << usage;
      return status_done;
    }
    if (line.positionals[0] != "check") throw UsageError("unknown action " + line.positionals[0]);
    const auto loaded = load_config(line.positionals[1]);
    const auto* problems = std::get_if<std::vector<ConfigProblem>>(&loaded);
    if (problems == nullptr) return status_done;
    for (const ConfigProblem& problem : *problems) out << problem.text() << '\n';
    return status_usage;
  } catch (const UsageError& error) {
    errors << "focalhip config: " << error.what() << '\n' << usage;
    return status_usage;
  }
}

}  // namespace focalhip
