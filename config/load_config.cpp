#include "config/load_config.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "config/calibration_file.h"
#include "config/toml_section.h"
#include "config/value_rules.h"

// The only file that knows the keys of focalhip.toml.

namespace focalhip {

namespace {

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

const std::map<std::string, FirstRod> first_rod_choices{
    {"either", FirstRod::either}, {"right", FirstRod::right}, {"left", FirstRod::left}};
const std::map<std::string, SecondaryCapture> secondary_capture_choices{
    {"multiframe", SecondaryCapture::multiframe},
    {"single", SecondaryCapture::single},
    {"both", SecondaryCapture::both}};

const std::map<std::string, SideChoice> side_choices{{"both", SideChoice::both},
                                                     {"right", SideChoice::right},
                                                     {"left", SideChoice::left},
                                                     {"auto", SideChoice::automatic}};
const std::map<std::string, LateralityMeaning> laterality_choices{
    {"ignored", LateralityMeaning::ignored},
    {"measured", LateralityMeaning::measured},
    {"fractured", LateralityMeaning::fractured}};

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
  SideChoice side = SideChoice::both;
  section.choice("side", side, side_choices);
  if (section.has("side")) peer.side = side;
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

// One rod, in the mineral of its phantom; which one that is shows in the keys.
void read_rod(Section& section, Phantom& phantom) {
  PhantomRod& rod = phantom.rods.emplace_back();
  section.require("name");
  section.checked_text("name", rod.name, report_name_rule);
  const bool is_ha = section.has("ha");
  if (!is_ha) {
    for (const char* key : {"k2hpo4", "water"}) section.require(key);
  }
  section.real("k2hpo4", rod.mineral_mg_cm3, -200.0, 1500.0);
  section.real("water", rod.water_mg_cm3, 500.0, 1500.0);
  section.real("ha", rod.mineral_mg_cm3, -200.0, 2000.0);
  if (is_ha && (section.has("k2hpo4") || section.has("water"))) {
    section.problem("ha", "must not stand beside k2hpo4 and water");
  }
  const MineralBasis basis = is_ha ? MineralBasis::hydroxyapatite : MineralBasis::k2hpo4;
  if (phantom.rods.size() == 1) phantom.basis = basis;
  if (phantom.basis != basis) section.problem("name", "all rods of a phantom hold the same mineral");
}

std::string builtin_names() {
  std::string names;
  for (const Phantom& phantom : builtin_phantoms()) names += (names.empty() ? "" : ", ") + phantom.name;
  return names;
}

void read_phantom(Section& section, SitePhantom& site) {
  section.require("name");
  section.checked_text("name", site.phantom.name, report_name_rule);
  section.checked_text("serial", site.device_serial_number, report_name_rule);
  section.checked_text("station", site.station_name, report_name_rule);
  FirstRod first_rod = FirstRod::either;
  section.choice("first_rod", first_rod, first_rod_choices);
  section.tables("rods", [&](Section& rod, std::size_t) { read_rod(rod, site.phantom); });
  if (!section.has("rods")) {
    if (const Phantom* builtin = builtin_phantom(site.phantom.name)) {
      site.phantom = *builtin;
    } else if (section.has("name")) {
      section.problem("rods", "missing; only " + builtin_names() + " are known without");
    }
    if (site.phantom.rods.empty()) return;
  }
  site.phantom.first_rod = first_rod;
  // Four are the least that can still be judged by each other (qct 2.2).
  const std::size_t rods = site.phantom.rods.size();
  if (rods < 2 || rods > 8)
    section.problem("rods", "must name 2 to 8 rods, in their order across the phantom");
  for (const std::string& rule : problems_in(site.phantom)) {
    if (rods >= 2 && rods <= 8) section.problem("rods", rule);
  }
  const bool is_keyed = section.has("serial") || section.has("station");
  if (rods < least_rods_judged && !is_keyed) {
    section.problem("serial",
                    "missing; a phantom of two or three rods is used only for the scanner it is given for "
                    "(serial, station or both)");
  }
}

bool same_scanner(const SitePhantom& left, const SitePhantom& right) {
  return left.device_serial_number == right.device_serial_number && left.station_name == right.station_name;
}

void read_phantoms(Section& root, std::vector<SitePhantom>& phantoms) {
  root.tables("phantom", [&](Section& section, std::size_t) {
    SitePhantom site;
    read_phantom(section, site);
    for (const SitePhantom& other : phantoms) {
      if (!same_scanner(site, other)) continue;
      if (site.phantom.name == other.phantom.name) {
        section.problem("name", "\"" + site.phantom.name + "\" is already given for the same scanner");
      } else if (std::min(site.phantom.rods.size(), other.phantom.rods.size()) < least_rods_judged) {
        section.problem("name", "a phantom of two or three rods must be the only one of its scanner");
      }
    }
    phantoms.push_back(std::move(site));
  });
}

void read_kappa(Section& section, KappaPolicy& policy) {
  section.choice("kappa_policy",
                 policy.rule,
                 {{"none", KappaRule::none}, {"energy", KappaRule::energy}, {"fixed", KappaRule::fixed}});
  section.real("kappa", policy.fixed_k, 0.5, 2.0);
  section.real("kappa_offset", policy.fixed_c_mg_cm3, -100.0, 100.0);
  const bool has_values = section.has("kappa") || section.has("kappa_offset");
  if (policy.rule == KappaRule::fixed && !section.has("kappa")) {
    section.problem("kappa", "missing; needed by kappa_policy = \"fixed\"");
  }
  if (policy.rule != KappaRule::fixed && has_values) {
    section.problem("kappa_policy", "must be \"fixed\" when kappa or kappa_offset is given");
  }
}

void read_entries(Section& section, const std::filesystem::path& file, CalibrationOptions& calibration) {
  if (file.empty() || !std::filesystem::exists(file)) return;  // nothing was entered yet
  auto loaded = load_calibration_file(file);
  if (auto* entries = std::get_if<std::vector<LocatedEntry>>(&loaded)) {
    for (LocatedEntry& located : *entries) calibration.entries.push_back(std::move(located.entry));
    return;
  }
  for (const ConfigProblem& problem : std::get<std::vector<ConfigProblem>>(loaded)) {
    section.report(problem);
  }
}

void read_calibration(Section& section, CalibrationSettings& settings, CalibrationOptions& calibration) {
  read_kappa(section, calibration.kappa);
  section.path("asynchronous_file", settings.asynchronous_file);
  section.integer("asynchronous_days", calibration.asynchronous_days, 0, 366);
  section.boolean("internal", calibration.internal);
  read_entries(section, settings.asynchronous_file, calibration);
}

void read_analysis(Section& section, AnalysisOptions& analysis) {
  section.choice("side", analysis.side, side_choices);
  section.choice("laterality", analysis.laterality, laterality_choices);
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
  read_phantoms(root, config.analysis.calibration.phantoms);
  root.table("calibration",
             [&](Section& s) { read_calibration(s, config.calibration, config.analysis.calibration); });
  check_ports(root, config);
  root.report_unknown_keys();
  config.analysis.threads = config.limits.threads_per_job;
  return config;
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
  const auto parsed = parse_toml_file(file);
  if (const auto* problem = std::get_if<ConfigProblem>(&parsed)) return std::vector<ConfigProblem>{*problem};
  NodeConfig config = read_root(std::get<toml::table>(parsed), reading);
  if (reading.problems.empty()) {  // else they may only repeat what was said with a line
    for (const std::string& rule : problems_in(config.analysis)) {
      reading.problems.push_back({file, 0, "analysis", rule});
    }
  }
  if (reading.problems.empty()) return config;
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
