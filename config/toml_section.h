#pragma once

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <toml++/toml.h>

#include "config/load_config.h"

// Reading TOML strictly: one function a section says which keys it has, into which field they go and which
// values are allowed; Section does the rest: types, ranges, unknown keys, line numbers.

namespace focalhip {

struct Reading {
  std::filesystem::path file;
  std::filesystem::path folder;  // relative paths start here
  std::vector<ConfigProblem> problems;
  std::set<std::string> known_keys;
};

inline int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

inline std::string number_text(double value) {
  std::ostringstream text;
  text << std::setprecision(12) << value;
  return text.str();
}

// Edits (insert, delete, replace) that turn one word into the other.
inline std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

// One table of the file. Every key asked for is known; what is left over in the end is a problem.
class Section {
 public:
  Section(Reading& reading, const toml::table& table, std::string path)
      : reading_(reading), table_(table), path_(std::move(path)) {}

  [[nodiscard]] int line() const { return line_of(table_); }
  [[nodiscard]] std::string full(const std::string& key) const {
    return path_.empty() ? key : path_ + "." + key;
  }
  const toml::node* find(const std::string& key) {
    asked_.insert(key);
    reading_.known_keys.insert(generic(full(key)));
    return table_.get(key);
  }
  void problem(const std::string& key, const std::string& rule) {
    const toml::node* node = table_.get(key);
    reading_.problems.push_back(
        {reading_.file, node != nullptr ? line_of(*node) : line_of(table_), full(key), rule});
  }
  void report(const ConfigProblem& problem) { reading_.problems.push_back(problem); }  // of another file
  [[nodiscard]] bool has(const std::string& key) const { return table_.contains(key); }
  void require(const std::string& key) {
    if (!has(key)) problem(key, "missing; it has no default");
  }

  void boolean(const std::string& key, bool& target) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    if (!node->is_boolean()) return problem(key, "must be true or false");
    target = node->ref<bool>();
  }

  template <typename Integer>
  void integer(const std::string& key, Integer& target, std::int64_t least, std::int64_t most) {
    std::int64_t value = 0;
    if (!bounded_integer(key, least, most, value)) return;
    target = static_cast<Integer>(value);
  }
  template <typename Duration, typename Unit>
  void duration(const std::string& key, Duration& target, Unit unit, std::int64_t least, std::int64_t most) {
    std::int64_t value = 0;
    if (bounded_integer(key, least, most, value)) target = unit * value;
  }
  void mebibytes(const std::string& key, std::uint64_t& target, std::int64_t least, std::int64_t most) {
    std::int64_t value = 0;
    if (bounded_integer(key, least, most, value)) target = static_cast<std::uint64_t>(value) << 20U;
  }
  void real(const std::string& key, double& target, double least, double most) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const std::optional<double> value = node->value<double>();
    if (!node->is_number() || !value || !(*value >= least && *value <= most)) {
      return problem(key, "must be a number from " + number_text(least) + " to " + number_text(most));
    }
    target = *value;
  }

  bool text(const std::string& key, std::string& target) {
    const toml::node* node = find(key);
    if (node == nullptr) return false;
    if (!node->is_string()) return problem(key, "must be a text in quotes"), false;
    target = node->ref<std::string>();
    return true;
  }
  // `rule_of` returns what is wrong with a text, or nothing.
  template <typename RuleOf>
  void checked_text(const std::string& key, std::string& target, RuleOf rule_of) {
    std::string value;
    if (!text(key, value)) return;
    const std::string rule = rule_of(value);
    if (rule.empty()) {
      target = value;
    } else {
      problem(key, rule);
    }
  }
  template <typename RuleOf>
  void texts(const std::string& key, std::vector<std::string>& target, RuleOf rule_of) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) return problem(key, "must be a list of texts: [\"...\"]");
    for (std::size_t i = 0; i < array->size(); ++i) {
      const std::string element_key = full(key) + "[" + std::to_string(i) + "]";
      const toml::node& element = *array->get(i);
      std::string value = element.value_or<std::string>("");
      const std::string rule = element.is_string() ? rule_of(value) : "must be a text in quotes";
      if (rule.empty()) {
        target.push_back(std::move(value));
      } else {
        reading_.problems.push_back({reading_.file, line_of(element), element_key, rule});
      }
    }
  }
  template <typename Choice>
  void choice(const std::string& key, Choice& target, const std::map<std::string, Choice>& choices) {
    std::string value;
    if (!text(key, value)) return;
    if (const auto found = choices.find(value); found != choices.end()) {
      target = found->second;
      return;
    }
    std::string names;
    for (const auto& [name, unused] : choices) names += (names.empty() ? "\"" : ", \"") + name + "\"";
    problem(key, "must be one of " + names);
  }
  [[nodiscard]] std::filesystem::path resolved(const std::string& value) const {
    return (reading_.folder / value).lexically_normal();
  }
  void path(const std::string& key, std::filesystem::path& target) {
    std::string value;
    if (!text(key, value)) return;
    if (value.empty() || value.find('\0') != std::string::npos) return problem(key, "must be a path");
    target = resolved(value);
  }

  // read(Section&, index) for every table of [[key]]; none is fine.
  template <typename Read>
  void tables(const std::string& key, Read read) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr || !std::ranges::all_of(*array, [](const toml::node& n) { return n.is_table(); })) {
      return problem(key, "must be a list of tables: write [[" + key + "]] or [{...}, ...]");
    }
    for (std::size_t i = 0; i < array->size(); ++i) {
      Section section(reading_, *array->get(i)->as_table(), full(key) + "[" + std::to_string(i) + "]");
      read(section, i);
      section.report_unknown_keys();
    }
  }
  template <typename Read>
  void table(const std::string& key, Read read) {
    const toml::node* node = find(key);
    const toml::table empty;
    if (node != nullptr && !node->is_table()) return problem(key, "must be a table: write [" + key + "]");
    Section section(reading_, node != nullptr ? *node->as_table() : empty, full(key));
    read(section);
    section.report_unknown_keys();
  }
  void report_unknown_keys() {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (asked_.contains(name)) continue;
      const auto nearest = std::ranges::min_element(
          asked_, {}, [&](const std::string& known) { return edit_distance(known, name); });
      const bool is_near = nearest != asked_.end() && edit_distance(*nearest, name) <= 2;
      const std::string hint = is_near ? "; did you mean " + *nearest + "?" : "";
      reading_.problems.push_back({reading_.file, line_of(node), full(name), "unknown key" + hint});
    }
  }

 private:
  static std::string generic(const std::string& key) {
    std::string text;
    bool inside = false;
    for (const char c : key) {
      if (c == ']') inside = false;
      if (!inside) text += c;
      if (c == '[') inside = true;
    }
    return text;
  }
  bool bounded_integer(const std::string& key, std::int64_t least, std::int64_t most, std::int64_t& target) {
    const toml::node* node = find(key);
    if (node == nullptr) return false;
    const auto* integer = node->as_integer();
    if (integer == nullptr || integer->get() < least || integer->get() > most) {
      problem(key, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
      return false;
    }
    target = integer->get();
    return true;
  }

  Reading& reading_;
  const toml::table& table_;
  std::string path_;
  std::set<std::string> asked_;
};

// The document of a file of at most 1 MiB, or the problem that it cannot be read or is no TOML.
[[nodiscard]] std::variant<toml::table, ConfigProblem> parse_toml_file(const std::filesystem::path& file);

}  // namespace focalhip
