#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/calibration/calibration.h"
#include "analysis/volume/ct_volume.h"

namespace focalhip {

// What one scan of a phantom alone told of its scanner: one table of the site's calibration file.
struct CalibrationEntry {
  std::string date;    // YYYYMMDD, of the acquisition
  std::string time{};  // HHMMSS, may be empty
  std::string device_serial_number{};
  std::string station_name{};
  std::string model{};
  double kvp = 120.0;
  std::string kernel{};
  double field_of_view_mm = 500.0;
  double table_height_mm = 0.0;
  std::string phantom{};
  double sigma_ct_hu_per_mg_cm3 = 1.37;
  double beta_ct_hu = 0.0;
  double effective_energy_kev = 70.0;
  std::string kappa_policy{};  // text_of() of the policy it was measured under
  std::optional<double> in_plane_psf_sigma_mm{};
  Grade grade = Grade::a;  // a or b of the phantom scan
  std::string series_instance_uid{};
};
// Every rule that an entry breaks: dates, ranges, what is missing.
[[nodiscard]] std::vector<std::string> problems_in(const CalibrationEntry& entry);

// Days from 1970-01-01 of "YYYYMMDD"; nothing when it is no date.
[[nodiscard]] std::optional<int> day_number(const std::string& date);

// The entry of a phantom scan just measured. Throws Refusal calibration_failed when the header lacks what a
// later series is compared by (it names all of it), or the grade is C.
[[nodiscard]] CalibrationEntry entry_of(const CtVolume& ct,
                                        const Calibration& calibration,
                                        const std::string& series_instance_uid);

struct EntryChoice {
  const CalibrationEntry* entry = nullptr;  // of the list; nullptr = none serves
  int age_days = 0;
  std::string why_none;  // what the nearest one lacks
};
// The youngest entry made alike: same scanner (serial number; station and model where either lacks it), tube
// voltage, kernel, class of field of view, table height within 20 mm, same kappa policy, measured on the day
// of the series or at most `most_days` before it. Ages count from the series' own date, never from the clock.
[[nodiscard]] EntryChoice choose_entry(const CtVolume& ct,
                                       const std::vector<CalibrationEntry>& entries,
                                       const KappaPolicy& policy,
                                       int most_days);

// Grade B at best: nothing in the scan itself was measured.
[[nodiscard]] Calibration calibration_from(const CalibrationEntry& entry,
                                           int age_days,
                                           const KappaPolicy& policy);

// Median effective energy of all entries of this scanner and tube voltage, whatever their age; keV.
[[nodiscard]] std::optional<double> known_energy_kev(const Acquisition& acquisition,
                                                     const std::vector<CalibrationEntry>& entries);

}  // namespace focalhip
