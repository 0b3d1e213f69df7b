#include "config/load_config.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include <toml++/toml.h>

#include "config/value_rules.h"

// The only file that knows the keys of focalhip.toml. One function a section says which keys it has, into
// which field they go and which values are allowed; Section does the rest: types, ranges, unknown keys, line
// numbers.

namespace focalhip {

namespace {

constexpr std::uintmax_t largest_file_bytes = 1U << 20;

struct Reading {
  std::filesystem::path file;
  std::filesystem::path folder;  // relative paths start here
  std::vector<ConfigProblem> problems;
  std::set<std::string> known_keys;
};

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

std::string number_text(double value) {
  std::ostringstream text;
  text << std::setprecision(12) << value;
  return text.str();
}

// Edits (insert, delete, replace) that turn one word into the other.
std::size_t edit_distance(std::string_view from, std::string_view to) {
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

// --- rules of single texts: what is wrong, or nothing. They may bring the text into its stored form.

std::string ae_title_rule(std::string& value) {
  const std::optional<std::string> title = ae_title_from(value);
  if (!title) return "must be 1 to 16 printable ASCII characters, no backslash, not only spaces";
  value = *title;
  return {};
}
std::string host_rule(const std::string& value) {
  return is_host(value) ? "" : "must be a host name or an IPv4 or IPv6 address";
}
std::string address_rule(const std::string& value) {
  return is_address(value) ? "" : "must be an IPv4 or IPv6 address of this machine, 0.0.0.0 for all";
}
std::string range_rule(const std::string& value) {
  return address_range_from(value) ? "" : "must be an address or a range such as 10.1.0.0/16";
}
std::string path_rule(const std::string& value) {
  return value.empty() || value.find('\0') != std::string::npos ? "must be a path" : "";
}

std::string short_name_rule(const std::string& value) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  const bool good = !value.empty() && value.size() <= 32 && std::ranges::all_of(value, allowed);
  return good ? "" : "must be 1 to 32 of a-z, 0-9 and -";
}
std::string report_name_rule(const std::string& value) {
  const auto allowed = [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; };
  const bool good = !value.empty() && value.size() <= 64 && std::ranges::all_of(value, allowed);
  return good ? "" : "must be 1 to 64 printable ASCII characters, no backslash";
}

std::string url_rule(const std::string& value) {
  constexpr const char* form = "must be \"sqlite\" or \"postgresql://user@host:port/database\"";
  const std::string scheme = "postgresql://";
  if (value == "sqlite") return {};
  if (!value.starts_with(scheme)) return form;
  const std::string rest = value.substr(scheme.size());
  const std::size_t at = rest.find('@');
  const std::size_t slash = rest.find('/', at == std::string::npos ? 0 : at);
  if (at == std::string::npos || at == 0 || slash == std::string::npos || slash + 1 == rest.size())
    return form;
  if (rest.substr(0, at).find(':') != std::string::npos) {
    return "must not contain a password; put it into the file named by secret_file";
  }
  const auto plain = [](char c) { return c > 0x20 && c < 0x7f && c != '\'' && c != '\\' && c != '"'; };
  return std::ranges::all_of(rest, plain) ? std::string() : form;
}

const std::map<std::string, SecondaryCapture> secondary_capture_choices{
    {"multiframe", SecondaryCapture::multiframe},
    {"single", SecondaryCapture::single},
    {"both", SecondaryCapture::both}};

constexpr std::int64_t most_port = 65535;
constexpr std::int64_t day_s = 86400;

// --- sections

void read_node(Section& section, NodeSettings& node) {
  section.checked_text("ae_title", node.ae_title, ae_title_rule);
  section.checked_text("bind", node.bind, address_rule);
  section.integer("port", node.port, 0, most_port);
  section.path("data_folder", node.data_folder);
  section.checked_text("name", node.name, short_name_rule);
  section.texts("called_aliases", node.called_aliases, ae_title_rule);
}

void read_series(Section& section, SeriesSettings& series) {
  using std::chrono::seconds;
  section.duration("quiet_seconds", series.quiet, seconds(1), 1, day_s);
  section.duration("complete_quiet_seconds", series.complete_quiet, seconds(1), 0, day_s);
  if (section.has("complete_quiet_seconds") && series.complete_quiet > series.quiet) {
    section.problem("complete_quiet_seconds", "must not be longer than quiet_seconds");
  }
  // A site that only shortens quiet_seconds means both.
  series.complete_quiet = std::min(series.complete_quiet, series.quiet);
}

// Names that may not occur twice or may be referred to, collected before the sections are read.
struct Names {
  std::set<std::string> destinations;  // [[destination]] name
  std::set<std::string> peers;         // [[peer]] ae_title: each is a destination of its own name
  std::set<std::string> peers_without_address;
  std::map<std::string, std::string> title_owners;  // AE titles and aliases seen so far -> key of the first
  std::set<std::string> destinations_seen;
};

void claim_title(Section& section, const std::string& key, const std::string& title, Names& names) {
  if (title.empty()) return;  // was a problem already
  const auto [owner, is_new] = names.title_owners.emplace(title, section.full(key));
  if (!is_new) section.problem(key, "\"" + title + "\" is already used by " + owner->second);
}

void read_peer(Section& section, Peer& peer, Names& names) {
  const auto known_name = [&](const std::string& value) -> std::string {
    if (names.peers_without_address.contains(value))
      return "\"" + value + "\" has no host and port to send to";
    const bool known = names.destinations.contains(value) || names.peers.contains(value);
    return known
               ? ""
               : "\"" + value + "\" is neither the name of a [[destination]] nor the ae_title of a [[peer]]";
  };
  section.require("ae_title");
  section.checked_text("ae_title", peer.ae_title, ae_title_rule);
  section.texts("aliases", peer.aliases, ae_title_rule);
  section.checked_text("host", peer.host, host_rule);
  section.integer("port", peer.port, 1, most_port);
  section.texts("from", peer.from, range_rule);
  section.texts("results_to", peer.results_to, known_name);
  section.boolean("silent", peer.silent);
  section.choice("secondary_capture", peer.secondary_capture, secondary_capture_choices);
  claim_title(section, "ae_title", peer.ae_title, names);
  for (const std::string& alias : peer.aliases) claim_title(section, "aliases", alias, names);
  const bool receives = !peer.silent && !section.has("results_to");
  if (!section.has("host") && (receives || !section.has("from"))) {
    section.problem(
        "host", "missing; needed to know where calls come from (unless `from` is given) and to send results");
  }
  if (!section.has("port") && receives) {
    section.problem("port",
                    "missing; needed to send results back (unless `results_to` or `silent` is given)");
  }
}

void read_destination(Section& section, Destination& destination, Names& names) {
  for (const char* key : {"name", "ae_title", "host", "port"}) section.require(key);
  section.checked_text("name", destination.name, report_name_rule);
  section.checked_text("ae_title", destination.ae_title, ae_title_rule);
  section.checked_text("host", destination.host, host_rule);
  section.integer("port", destination.port, 1, most_port);
  section.choice("secondary_capture", destination.secondary_capture, secondary_capture_choices);
  if (destination.name.empty()) return;
  if (!names.destinations_seen.insert(destination.name).second) {
    section.problem("name", "\"" + destination.name + "\" is already used by another [[destination]]");
  }
  if (names.peers.contains(destination.name)) {
    section.problem("name",
                    "\"" + destination.name + "\" is already the name of the [[peer]] of that ae_title");
  }
}

void check_readable(Section& section, const std::string& key, const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error) || !std::ifstream(file).good()) {
    section.problem(key, "cannot read " + file.string());
  }
}

void read_store(Section& section, StoreSettings& store) {
  section.checked_text("url", store.url, url_rule);
  section.path("secret_file", store.secret_file);
  if (!store.secret_file.empty()) check_readable(section, "secret_file", store.secret_file);
}

void read_limits(Section& section, LimitSettings& limits) {
  using std::chrono::seconds;
  section.integer("associations", limits.associations, 1, 1000);
  section.integer("associations_per_peer", limits.associations_per_peer, 1, 1000);
  section.mebibytes("object_mib", limits.object_bytes, 1, 1 << 16);
  section.mebibytes("free_mib_kept", limits.free_bytes_kept, 0, 1 << 30);
  section.duration("association_request_seconds", limits.association_request, seconds(1), 1, 600);
  section.duration("idle_seconds", limits.idle, seconds(1), 1, 3600);
  section.duration("association_seconds", limits.association_total, seconds(1), 10, day_s);
  section.integer("minimum_bytes_per_second", limits.minimum_bytes_per_second, 0, 1 << 30);
  section.duration("job_seconds", limits.job_deadline, seconds(1), 10, day_s);
  section.mebibytes("job_memory_mib", limits.job_memory_bytes, 512, 1 << 20);
  section.integer("workers", limits.workers, 1, 256);
  section.integer("threads_per_job", limits.threads_per_job, 1, 256);
  if (section.has("associations_per_peer") && limits.associations_per_peer > limits.associations) {
    section.problem("associations_per_peer", "must not exceed associations");
  }
  limits.associations_per_peer = std::min(limits.associations_per_peer, limits.associations);
}

void read_retention(Section& section, RetentionSettings& retention) {
  constexpr std::chrono::hours day{24};
  section.duration("received_days", retention.received, day, 0, 36500);
  section.duration("results_days", retention.results, day, 0, 36500);
  section.duration("jobs_days", retention.jobs, day, 1, 36500);
}

void read_sending(Section& section, SendingSettings& sending) {
  using std::chrono::seconds;
  section.duration("first_retry_seconds", sending.first_retry, seconds(1), 1, day_s);
  section.duration("last_retry_seconds", sending.last_retry, seconds(1), 1, 30 * day_s);
  section.duration("park_after_hours", sending.park_after, std::chrono::hours(1), 1, 8760);
  section.duration("timeout_seconds", sending.timeout, seconds(1), 1, 3600);
  section.integer("first_series_number", sending.first_series_number, 1, 999'999);
  section.boolean("storage_commitment", sending.storage_commitment);
  if (sending.last_retry < sending.first_retry) {
    section.problem("last_retry_seconds", "must not be shorter than first_retry_seconds");
  }
}

void read_status(Section& section, StatusSettings& status) {
  section.checked_text("bind", status.bind, address_rule);
  std::uint16_t port = 0;
  section.integer("port", port, 0, most_port);
  if (section.has("port")) status.port = port;
}

void read_atlas(Section& section, std::vector<std::filesystem::path>& files) {
  std::vector<std::string> names;
  section.texts("files", names, path_rule);
  for (const std::string& name : names) {
    files.push_back(section.resolved(name));
    check_readable(section, "files", files.back());
  }
}

void read_rod(Section& section, PhantomRod& rod) {
  for (const char* key : {"name", "k2hpo4", "water"}) section.require(key);
  section.checked_text("name", rod.name, report_name_rule);
  section.real("k2hpo4", rod.k2hpo4_mg_cm3, -200.0, 1500.0);
  section.real("water", rod.water_mg_cm3, 500.0, 1500.0);
}

void read_phantom(Section& section, Phantom& phantom) {
  phantom = {};
  section.require("name");
  section.require("rods");
  section.checked_text("name", phantom.name, report_name_rule);
  section.tables("rods", [&](Section& rod, std::size_t) { read_rod(rod, phantom.rods.emplace_back()); });
  // Five in the phantom; four are the least that can still be identified and fitted (qct 2.3, 2.4).
  if (section.has("rods") && (phantom.rods.size() < 4 || phantom.rods.size() > 8)) {
    section.problem("rods", "must name 4 to 8 rods, in their order across the phantom");
  }
}

void read_analysis(Section& section, AnalysisOptions& analysis) {
  section.choice("side",
                 analysis.side,
                 {{"both", SideChoice::both},
                  {"right", SideChoice::right},
                  {"left", SideChoice::left},
                  {"auto", SideChoice::automatic}});
}

// --- the whole file

Names collect_names(const toml::table& root) {
  const auto collect = [&](const char* tables, auto add) {
    const toml::array* array = root[tables].as_array();
    if (array == nullptr) return;
    for (const toml::node& node : *array) {
      const toml::table* table = node.as_table();
      if (table != nullptr) add(*table);
    }
  };
  Names names;
  collect("destination", [&](const toml::table& table) {
    names.destinations.insert(table["name"].value_or(std::string()));
  });
  collect("peer", [&](const toml::table& table) {
    const auto title = ae_title_from(table["ae_title"].value_or(std::string()));
    if (!title) return;
    names.peers.insert(*title);
    if (!table.contains("host") || !table.contains("port")) names.peers_without_address.insert(*title);
  });
  return names;
}

void read_phantoms(Section& root, Phantom& phantom) {
  root.tables("phantom", [&](Section& section, std::size_t i) {
    Phantom read;
    read_phantom(section, read);
    if (i == 0) {
      phantom = read;
    } else {
      section.problem("name", "only one phantom can be configured");
    }
  });
}

void check_ports(Section& root, const NodeConfig& config) {
  const bool same_port =
      config.status.port && *config.status.port != 0 && *config.status.port == config.node.port;
  if (same_port && config.status.bind == config.node.bind) {
    root.problem("status", "port must not be the port of [node]");
  }
}

NodeConfig read_root(const toml::table& document, Reading& reading) {
  NodeConfig config;
  Names names = collect_names(document);
  Section root(reading, document, "");
  root.table("node", [&](Section& s) { read_node(s, config.node); });
  root.table("series", [&](Section& s) { read_series(s, config.series); });
  root.tables("peer", [&](Section& s, std::size_t) { read_peer(s, config.peers.emplace_back(), names); });
  root.tables("destination", [&](Section& s, std::size_t) {
    read_destination(s, config.destinations.emplace_back(), names);
  });
  root.table("store", [&](Section& s) { read_store(s, config.store); });
  root.table("limits", [&](Section& s) { read_limits(s, config.limits); });
  root.table("retention", [&](Section& s) { read_retention(s, config.retention); });
  root.table("sending", [&](Section& s) { read_sending(s, config.sending); });
  root.table("status", [&](Section& s) { read_status(s, config.status); });
  root.table("analysis", [&](Section& s) { read_analysis(s, config.analysis); });
  root.table("atlas", [&](Section& s) { read_atlas(s, config.atlas_files); });
  read_phantoms(root, config.analysis.calibration.phantom);
  check_ports(root, config);
  root.report_unknown_keys();
  config.analysis.threads = config.limits.threads_per_job;
  return config;
}

// The text of the file, or why there is none.
std::string read_text(const std::filesystem::path& file, std::string& text) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return "no such file";
  if (!std::filesystem::is_regular_file(file, error)) return "not a file";
  if (std::filesystem::file_size(file, error) > largest_file_bytes || error) return "larger than 1 MiB";
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  if (!stream) return "cannot be read";
  text = content.str();
  return {};
}

}  // namespace

std::string ConfigProblem::text() const {
  return file.string() + ":" + std::to_string(std::max(line, 1)) + ": " + key + ": " + rule;
}

std::variant<NodeConfig, std::vector<ConfigProblem>> load_config(const std::filesystem::path& file) {
  Reading reading{.file = file,
                  .folder = std::filesystem::absolute(file).parent_path(),
                  .problems = {},
                  .known_keys = {}};
  std::string text;
  if (const std::string why = read_text(file, text); !why.empty()) {
    return std::vector<ConfigProblem>{{file, 0, "file", why}};
  }
  try {
    const toml::table document = toml::parse(text);
    NodeConfig config = read_root(document, reading);
    if (reading.problems.empty()) {  // else they may only repeat what was said with a line
      for (const std::string& rule : problems_in(config.analysis)) {
        reading.problems.push_back({file, 0, "analysis", rule});
      }
    }
    if (reading.problems.empty()) return config;
  } catch (const toml::parse_error& error) {
    const int line = static_cast<int>(error.source().begin.line);
    return std::vector<ConfigProblem>{{file, line, "syntax", std::string(error.description())}};
  }
  std::ranges::stable_sort(reading.problems, {}, &ConfigProblem::line);
  return reading.problems;
}

std::vector<std::string> known_config_keys() {
  // One empty table of each kind makes the loader ask for all its keys.
  const toml::table document = toml::parse("[[peer]]\n[[destination]]\n[[phantom]]\nrods = [{}]\n");
  Reading reading;
  (void)read_root(document, reading);
  return {reading.known_keys.begin(), reading.known_keys.end()};
}

}  // namespace focalhip
