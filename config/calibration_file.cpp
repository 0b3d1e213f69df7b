#include "config/calibration_file.h"

#include "analysis/support/format_number.h"
#include "config/toml_section.h"

// The only file that knows the keys of the calibration file.

namespace focalhip {

namespace {

constexpr std::size_t longest_text = 64;

std::string plain_rule(const std::string& value) {
  const auto allowed = [](char c) { return c >= 0x20 && c < 0x7f; };
  const bool good = value.size() <= longest_text && std::ranges::all_of(value, allowed);
  return good ? "" : "must be at most 64 printable ASCII characters";
}

void read_entry(Section& section, CalibrationEntry& entry) {
  for (const char* key : {"date",
                          "kvp",
                          "kernel",
                          "field_of_view_mm",
                          "table_height_mm",
                          "sigma_ct",
                          "beta_ct",
                          "effective_energy_kev",
                          "kappa_policy",
                          "grade"}) {
    section.require(key);
  }
  section.checked_text("date", entry.date, plain_rule);
  section.checked_text("time", entry.time, plain_rule);
  section.checked_text("serial", entry.device_serial_number, plain_rule);
  section.checked_text("station", entry.station_name, plain_rule);
  section.checked_text("model", entry.model, plain_rule);
  section.real("kvp", entry.kvp, 60.0, 160.0);
  section.checked_text("kernel", entry.kernel, plain_rule);
  section.real("field_of_view_mm", entry.field_of_view_mm, 50.0, 1000.0);
  section.real("table_height_mm", entry.table_height_mm, -2000.0, 2000.0);
  section.checked_text("phantom", entry.phantom, plain_rule);
  section.real("sigma_ct", entry.sigma_ct_hu_per_mg_cm3, 0.8, 2.5);
  section.real("beta_ct", entry.beta_ct_hu, -30.0, 30.0);
  section.real("effective_energy_kev", entry.effective_energy_kev, 50.0, 100.0);
  section.checked_text("kappa_policy", entry.kappa_policy, plain_rule);
  double psf_sigma_mm = 0.0;
  section.real("psf_sigma_mm", psf_sigma_mm, 0.1, 2.0);
  if (section.has("psf_sigma_mm")) entry.in_plane_psf_sigma_mm = psf_sigma_mm;
  section.choice("grade", entry.grade, {{"A", Grade::a}, {"B", Grade::b}});
  section.checked_text("series", entry.series_instance_uid, plain_rule);
}

// Rules that join several keys, once each key is right by itself.
void check_as_a_whole(Section& section,
                      const CalibrationEntry& entry,
                      std::size_t problems_before,
                      const Reading& reading) {
  if (reading.problems.size() != problems_before) return;
  for (const std::string& rule : problems_in(entry)) {
    const std::size_t colon = rule.find(':');
    section.problem(rule.substr(0, colon), rule.substr(colon == std::string::npos ? 0 : colon + 2));
  }
}

std::string quoted(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

}  // namespace

std::variant<std::vector<LocatedEntry>, std::vector<ConfigProblem>> load_calibration_file(
    const std::filesystem::path& file) {
  const auto parsed = parse_toml_file(file);
  if (const auto* problem = std::get_if<ConfigProblem>(&parsed)) return std::vector<ConfigProblem>{*problem};
  Reading reading{.file = file,
                  .folder = std::filesystem::absolute(file).parent_path(),
                  .problems = {},
                  .known_keys = {}};
  std::vector<LocatedEntry> entries;
  Section root(reading, std::get<toml::table>(parsed), "");
  root.tables("entry", [&](Section& section, std::size_t) {
    const std::size_t problems_before = reading.problems.size();
    LocatedEntry& located = entries.emplace_back();
    located.line = section.line();
    read_entry(section, located.entry);
    check_as_a_whole(section, located.entry, problems_before, reading);
  });
  root.report_unknown_keys();
  if (reading.problems.empty()) return entries;
  std::ranges::stable_sort(reading.problems, {}, &ConfigProblem::line);
  return reading.problems;
}

std::string calibration_file_header() {
  return "# Phantom scans of this site, written by `focalhip calibration enter`, one table a scan.\n"
         "# A series without a phantom is calibrated by the youngest entry of the same scanner and "
         "protocol;\n"
         "# `focalhip calibration check` says which are still good. An entry may be deleted by hand.\n";
}

std::string entry_text(const CalibrationEntry& entry) {
  std::string text = "\n[[entry]]\n";
  const auto add = [&](const std::string& key, const std::string& value) {
    text += key + " = " + value + "\n";
  };
  add("date", quoted(entry.date));
  if (!entry.time.empty()) add("time", quoted(entry.time));
  if (!entry.device_serial_number.empty()) add("serial", quoted(entry.device_serial_number));
  if (!entry.station_name.empty()) add("station", quoted(entry.station_name));
  if (!entry.model.empty()) add("model", quoted(entry.model));
  add("kvp", exact_text(entry.kvp));
  add("kernel", quoted(entry.kernel));
  add("field_of_view_mm", exact_text(entry.field_of_view_mm));
  add("table_height_mm", exact_text(entry.table_height_mm));
  add("phantom", quoted(entry.phantom));
  add("sigma_ct", exact_text(entry.sigma_ct_hu_per_mg_cm3));
  add("beta_ct", exact_text(entry.beta_ct_hu));
  add("effective_energy_kev", exact_text(entry.effective_energy_kev));
  add("kappa_policy", quoted(entry.kappa_policy));
  if (entry.in_plane_psf_sigma_mm) add("psf_sigma_mm", exact_text(*entry.in_plane_psf_sigma_mm));
  add("grade", quoted(std::string(1, letter(entry.grade))));
  if (!entry.series_instance_uid.empty()) add("series", quoted(entry.series_instance_uid));
  return text;
}

}  // namespace focalhip
