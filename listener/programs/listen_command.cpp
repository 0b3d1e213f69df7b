#include "listener/programs/listen_command.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <variant>
#include <vector>

#include "config/load_config.h"
#include "listener/node.h"

namespace focalhip {

namespace {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int wrong_usage = 2;

struct Command {
  const char* name;
  const char* purpose;
  int (*run)(const NodeConfig& config, const std::filesystem::path& config_file);
};

int print_usage(const Command& command, std::FILE* stream, int status) {
  std::fprintf(stream,
               "usage: focalhip %s --config FILE\n%s\nSIGTERM ends it, SIGHUP makes it read FILE again.\n",
               command.name,
               command.purpose);
  return status;
}

// The value of --config FILE or --config=FILE, which must be all there is.
std::optional<std::filesystem::path> config_file(std::span<const std::string> args) {
  constexpr std::string_view option = "--config";
  if (args.size() == 2 && args[0] == option) return args[1];
  const std::string joined = std::string(option) + "=";
  if (args.size() == 1 && args[0].starts_with(joined)) return args[0].substr(joined.size());
  return std::nullopt;
}

int run_command(const Command& command, std::span<const std::string> args) {
  if (args.size() == 1 && (args[0] == "--help" || args[0] == "-h")) return print_usage(command, stdout, done);
  const std::optional<std::filesystem::path> given = config_file(args);
  if (!given || given->empty()) return print_usage(command, stderr, wrong_usage);
  try {
    const std::filesystem::path file = std::filesystem::absolute(*given);
    const auto loaded = load_config(file);
    if (const auto* problems = std::get_if<std::vector<ConfigProblem>>(&loaded)) {
      for (const ConfigProblem& problem : *problems) std::fprintf(stderr, "%s\n", problem.text().c_str());
      return wrong_usage;
    }
    return command.run(std::get<NodeConfig>(loaded), file);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "focalhip %s: %s\n", command.name, error.what());
    return failed;
  }
}

}  // namespace

int listen_command(std::span<const std::string> args) {
  return run_command({"listen",
                      "The node: receives, measures, sends back. Prints `ready port=N` when it accepts.",
                      run_node},
                     args);
}

int work_command(std::span<const std::string> args) {
  return run_command({"work", "Workers only, for the job store and data folder of a node.", run_workers},
                     args);
}

}  // namespace focalhip
