#include "analysis/calibration/asynchronous.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "analysis/calibration/robust_statistics.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

constexpr double largest_table_shift_mm = 20.0;  // [science qct 2.7]
constexpr double same_kvp = 0.5;
// Beam and scatter corrections go by the size of the scanned body: head, usual body, large body.
constexpr double head_field_mm = 300.0;
constexpr double usual_field_mm = 430.0;

int field_class(double field_of_view_mm) {
  if (field_of_view_mm < head_field_mm) return 0;
  return field_of_view_mm <= usual_field_mm ? 1 : 2;
}

double field_of_view_mm(const CtVolume& ct) {
  return ct.acquisition.reconstruction_diameter_mm.value_or(ct.grid.size[0] * ct.grid.spacing_mm.x());
}

bool is_digits(const std::string& text, std::size_t count) {
  return text.size() == count && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool same_scanner(const Acquisition& acquisition, const CalibrationEntry& entry) {
  if (!acquisition.device_serial_number.empty() && !entry.device_serial_number.empty()) {
    return acquisition.device_serial_number == entry.device_serial_number;
  }
  return !entry.station_name.empty() && entry.station_name == acquisition.station_name &&
         !entry.model.empty() && entry.model == acquisition.model;
}

bool same_voltage(const Acquisition& acquisition, const CalibrationEntry& entry) {
  return acquisition.kvp && std::abs(*acquisition.kvp - entry.kvp) <= same_kvp;
}

std::string shown(const std::string& text) { return text.empty() ? "unknown" : text; }

// What keeps an entry from serving; empty = it serves. Checked from the scanner to the date, so that of two
// answers the longer way is the nearer miss.
struct Objection {
  int passed = 0;
  std::string text;
};

Objection objection(const CtVolume& ct,
                    const CalibrationEntry& entry,
                    const KappaPolicy& policy,
                    int most_days,
                    std::optional<int> series_day) {
  const Acquisition& acquisition = ct.acquisition;
  if (!same_scanner(acquisition, entry)) return {0, "none of this scanner"};
  if (!same_voltage(acquisition, entry)) {
    return {1, "measured at " + fixed(entry.kvp, 0) + " kVp"};
  }
  if (acquisition.kernel.empty() || acquisition.kernel != entry.kernel) {
    return {2, "measured with kernel " + entry.kernel + ", this series has " + shown(acquisition.kernel)};
  }
  if (field_class(field_of_view_mm(ct)) != field_class(entry.field_of_view_mm)) {
    return {3,
            "measured with a field of view of " + fixed(entry.field_of_view_mm, 0) + " mm, this series has " +
                fixed(field_of_view_mm(ct), 0) + " mm"};
  }
  if (!acquisition.table_height_mm) return {4, "this series has no table height"};
  if (std::abs(*acquisition.table_height_mm - entry.table_height_mm) > largest_table_shift_mm) {
    return {4,
            "measured at table height " + fixed(entry.table_height_mm, 0) + " mm, this series at " +
                fixed(*acquisition.table_height_mm, 0) + " mm"};
  }
  if (text_of(policy) != entry.kappa_policy) {
    return {5, "measured with conversion " + entry.kappa_policy + ", configured is " + text_of(policy)};
  }
  if (!series_day) return {6, "this series has no acquisition date"};
  const std::optional<int> entry_day = day_number(entry.date);
  if (!entry_day || *entry_day > *series_day) return {6, "measured after this series"};
  if (*series_day - *entry_day > most_days) {
    return {7, std::to_string(*series_day - *entry_day) + " days old, at most " + std::to_string(most_days)};
  }
  return {8, ""};
}

// What the site's file can hold.
bool is_plain(const std::string& text) {
  return text.size() <= 64 && std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

void require(std::vector<std::string>& problems, bool holds, const char* rule) {
  if (!holds) problems.emplace_back(rule);
}

}  // namespace

std::optional<int> day_number(const std::string& date) {
  if (!is_digits(date, 8)) return std::nullopt;
  const std::chrono::year_month_day day{
      std::chrono::year(std::stoi(date.substr(0, 4))),
      std::chrono::month(static_cast<unsigned>(std::stoi(date.substr(4, 2)))),
      std::chrono::day(static_cast<unsigned>(std::stoi(date.substr(6, 2))))};
  if (!day.ok()) return std::nullopt;
  return static_cast<int>(std::chrono::sys_days(day).time_since_epoch().count());
}

std::vector<std::string> problems_in(const CalibrationEntry& entry) {
  const auto in = [](double value, double least, double most) { return value >= least && value <= most; };
  std::vector<std::string> problems;
  require(problems, day_number(entry.date).has_value(), "date: a day as \"YYYYMMDD\"");
  require(problems, entry.time.empty() || is_digits(entry.time, 6), "time: \"HHMMSS\"");
  require(problems,
          !entry.device_serial_number.empty() || (!entry.station_name.empty() && !entry.model.empty()),
          "serial: needed, or station and model");
  require(problems, in(entry.kvp, 60.0, 160.0), "kvp: 60 to 160");
  require(problems, !entry.kernel.empty(), "kernel: needed");
  require(problems, in(entry.field_of_view_mm, 50.0, 1000.0), "field_of_view_mm: 50 to 1000");
  require(problems, in(entry.table_height_mm, -2000.0, 2000.0), "table_height_mm: -2000 to 2000");
  require(problems, in(entry.sigma_ct_hu_per_mg_cm3, 0.8, 2.5), "sigma_ct: 0.8 to 2.5");
  require(problems, in(entry.beta_ct_hu, -30.0, 30.0), "beta_ct: -30 to 30");
  require(problems, in(entry.effective_energy_kev, 50.0, 100.0), "effective_energy_kev: 50 to 100");
  require(problems, !entry.kappa_policy.empty(), "kappa_policy: needed");
  require(problems,
          !entry.in_plane_psf_sigma_mm || in(*entry.in_plane_psf_sigma_mm, 0.1, 2.0),
          "psf_sigma_mm: 0.1 to 2");
  for (const auto& [key, text] : {std::pair("serial", &entry.device_serial_number),
                                  std::pair("station", &entry.station_name),
                                  std::pair("model", &entry.model),
                                  std::pair("kernel", &entry.kernel),
                                  std::pair("phantom", &entry.phantom),
                                  std::pair("kappa_policy", &entry.kappa_policy),
                                  std::pair("series", &entry.series_instance_uid)}) {
    if (!is_plain(*text)) problems.push_back(std::string(key) + ": at most 64 printable ASCII characters");
  }
  require(problems, entry.grade <= Grade::b, "grade: \"A\" or \"B\"");
  return problems;
}

CalibrationEntry entry_of(const CtVolume& ct,
                          const Calibration& calibration,
                          const std::string& series_instance_uid) {
  const Acquisition& acquisition = ct.acquisition;
  CalibrationEntry entry{.date = acquisition.acquisition_date,
                         .time = acquisition.acquisition_time,
                         .device_serial_number = acquisition.device_serial_number,
                         .station_name = acquisition.station_name,
                         .model = acquisition.model,
                         .kvp = acquisition.kvp.value_or(0.0),
                         .kernel = acquisition.kernel,
                         .field_of_view_mm = field_of_view_mm(ct),
                         .table_height_mm = acquisition.table_height_mm.value_or(-1e9),
                         .phantom = calibration.phantom,
                         .sigma_ct_hu_per_mg_cm3 = calibration.sigma_ct_hu_per_mg_cm3,
                         .beta_ct_hu = calibration.beta_ct_hu,
                         .effective_energy_kev = calibration.effective_energy_kev,
                         .kappa_policy = text_of(calibration.kappa_policy),
                         .in_plane_psf_sigma_mm = calibration.in_plane_psf_sigma_mm,
                         .grade = calibration.grade,
                         .series_instance_uid = series_instance_uid};
  std::string missing;
  for (const std::string& rule : problems_in(entry)) missing += (missing.empty() ? "" : "; ") + rule;
  if (!missing.empty()) {
    throw Refusal(RefusalCode::calibration_failed, "the phantom scan cannot be entered: " + missing);
  }
  return entry;
}

EntryChoice choose_entry(const CtVolume& ct,
                         const std::vector<CalibrationEntry>& entries,
                         const KappaPolicy& policy,
                         int most_days) {
  const std::optional<int> series_day = day_number(ct.acquisition.acquisition_date);
  EntryChoice choice;
  Objection nearest{-1, "no entries"};
  for (const CalibrationEntry& entry : entries) {
    const Objection found = objection(ct, entry, policy, most_days, series_day);
    if (found.passed > nearest.passed) nearest = found;
    if (!found.text.empty()) continue;
    // Of one day the later; entered twice, the one entered last.
    if (choice.entry != nullptr &&
        std::pair(entry.date, entry.time) < std::pair(choice.entry->date, choice.entry->time)) {
      continue;
    }
    choice.entry = &entry;
    choice.age_days = *series_day - *day_number(entry.date);
  }
  if (choice.entry == nullptr) choice.why_none = nearest.text;
  return choice;
}

Calibration calibration_from(const CalibrationEntry& entry, int age_days, const KappaPolicy& policy) {
  const Kappa kappa = kappa_at(policy, entry.effective_energy_kev);
  Calibration calibration;
  calibration.method = CalibrationMethod::asynchronous;
  calibration.phantom = entry.phantom;
  calibration.sigma_ct_hu_per_mg_cm3 = entry.sigma_ct_hu_per_mg_cm3;
  calibration.beta_ct_hu = entry.beta_ct_hu;
  calibration.effective_energy_kev = entry.effective_energy_kev;
  calibration.kappa_policy = policy;
  calibration.ha_per_k2hpo4 = kappa.k;
  calibration.ha_offset_mg_cm3 = kappa.c_mg_cm3;
  calibration.in_plane_psf_sigma_mm = entry.in_plane_psf_sigma_mm;
  calibration.source = CalibrationSource{
      .date = entry.date, .age_days = age_days, .series_instance_uid = entry.series_instance_uid};
  calibration.grade = worse(Grade::b, entry.grade);
  calibration.notes.push_back({NoteCode::calibration_asynchronous,
                               "phantom " + entry.phantom + " scanned on " + entry.date + ", " +
                                   std::to_string(age_days) +
                                   (age_days == 1 ? " day before" : " days before")});
  return calibration;
}

std::optional<double> known_energy_kev(const Acquisition& acquisition,
                                       const std::vector<CalibrationEntry>& entries) {
  std::vector<double> energies;
  for (const CalibrationEntry& entry : entries) {
    if (same_scanner(acquisition, entry) && same_voltage(acquisition, entry)) {
      energies.push_back(entry.effective_energy_kev);
    }
  }
  if (energies.empty()) return std::nullopt;
  return median(std::move(energies));
}

}  // namespace focalhip
