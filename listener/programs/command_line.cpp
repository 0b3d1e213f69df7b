#include "listener/programs/command_line.h"

#include <charconv>
#include <optional>
#include <sstream>

namespace focalhip {

namespace {

struct Option {
  std::string name;
  std::optional<std::string> value;  // of the form --name=value
};

Option split(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos) return {.name = word, .value = {}};
  return {.name = word.substr(0, equals), .value = word.substr(equals + 1)};
}

template <typename Number>
Number parsed(const std::string& option, const std::string& text, Number least, Number most) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !(value >= least && value <= most)) {
    std::ostringstream rule;
    rule << option << " needs a number from " << least << " to " << most << ", not \"" << text << '"';
    throw UsageError(rule.str());
  }
  return value;
}

bool asks_for_help(std::span<const std::string> args) {
  for (const std::string& word : args) {
    if (word == "--") return false;
    if (word == "--help") return true;
  }
  return false;
}

}  // namespace

std::string CommandLine::value(const std::string& option, const std::string& otherwise) const {
  const auto found = values.find(option);
  return found == values.end() ? otherwise : found->second.front();
}

CommandLine parse_command_line(std::span<const std::string> args, const CommandLineRules& rules) {
  CommandLine line;
  if (asks_for_help(args)) {
    line.flags.insert("--help");
    return line;
  }
  bool options_ended = false;
  for (std::size_t at = 0; at < args.size(); ++at) {
    const std::string& word = args[at];
    if (options_ended || word.size() < 2 || word[0] != '-') {
      line.positionals.push_back(word);
      continue;
    }
    if (word == "--") {
      options_ended = true;
      continue;
    }
    Option option = split(word);
    if (rules.flags.contains(option.name)) {
      if (option.value) throw UsageError(option.name + " takes no value");
      line.flags.insert(option.name);
      continue;
    }
    const bool repeatable = rules.repeatable_values.contains(option.name);
    if (!repeatable && !rules.values.contains(option.name)) throw UsageError("unknown option " + option.name);
    if (!repeatable && line.values.contains(option.name)) throw UsageError(option.name + " is given twice");
    if (!option.value && at + 1 < args.size()) option.value = args[++at];
    if (!option.value || option.value->empty()) throw UsageError(option.name + " needs a value");
    line.values[option.name].push_back(*option.value);
  }
  if (line.positionals.size() < rules.positionals) throw UsageError("too few arguments");
  if (line.positionals.size() > rules.positionals) {
    throw UsageError("superfluous argument " + line.positionals[rules.positionals]);
  }
  return line;
}

double number_in(const std::string& option, const std::string& text, double least, double most) {
  return parsed(option, text, least, most);
}

int integer_in(const std::string& option, const std::string& text, int least, int most) {
  return parsed(option, text, least, most);
}

}  // namespace focalhip
