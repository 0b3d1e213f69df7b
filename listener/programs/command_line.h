#pragma once

#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace focalhip {

// Exit statuses of every command.
inline constexpr int status_done = 0;
inline constexpr int status_failed = 1;
inline constexpr int status_usage = 2;    // wrong usage or configuration
inline constexpr int status_refused = 3;  // nothing could be measured

struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What a command accepts.
struct CommandLineRules {
  std::set<std::string> flags;              // "--quiet"
  std::set<std::string> values;             // "--out FILE" or "--out=FILE", at most once
  std::set<std::string> repeatable_values;  // any number of times
  std::size_t positionals = 0;              // exactly so many words that are no options
};

struct CommandLine {
  std::set<std::string> flags;
  std::map<std::string, std::vector<std::string>> values;
  std::vector<std::string> positionals;

  [[nodiscard]] bool has(const std::string& option) const {
    return flags.contains(option) || values.contains(option);
  }
  // The only value of an option, or `otherwise`.
  [[nodiscard]] std::string value(const std::string& option, const std::string& otherwise = {}) const;
};

// Strict: an unknown or repeated option, a missing or empty value, a missing or superfluous word is a
// UsageError.
// "--" ends the options. "--help" is always known and lifts the other rules.
[[nodiscard]] CommandLine parse_command_line(std::span<const std::string> args,
                                             const CommandLineRules& rules);

// Numbers of option values; the whole text must be one within the limits, else UsageError naming the option.
[[nodiscard]] double number_in(const std::string& option, const std::string& text, double least, double most);
[[nodiscard]] int integer_in(const std::string& option, const std::string& text, int least, int most);

}  // namespace focalhip
