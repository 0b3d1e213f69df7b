#include "analysis/calibration/calibrate.h"

#include <algorithm>

#include "analysis/calibration/calibrate_internally.h"
#include "analysis/calibration/calibrate_with_phantom.h"
#include "analysis/calibration/muscle_balance.h"
#include "analysis/calibration/muscle_noise.h"
#include "analysis/volume/average_slices.h"

namespace focalhip {

namespace {

void require(std::vector<std::string>& problems, bool holds, const std::string& rule) {
  if (!holds) problems.push_back(rule);
}

void append(std::vector<std::string>& problems, const std::vector<std::string>& more) {
  problems.insert(problems.end(), more.begin(), more.end());
}

// What the patient's muscle tells of the image, whatever the calibration came from.
Calibration with_muscle(const CtVolume& ct, const CalibrationOptions& options, Calibration calibration) {
  const std::vector<SliceAverage> windows = average_in_windows(ct, options.window_mm, options.threads);
  calibration.muscle_noise_sd_hu = muscle_noise_sd_hu(ct, windows, options.threads);
  note_muscle_imbalance(ct, windows, calibration.notes);
  return calibration;
}

}  // namespace

std::string_view name(CalibrationMethod method) {
  switch (method) {
    case CalibrationMethod::phantom:
      return "phantom";
    case CalibrationMethod::asynchronous:
      return "asynchronous";
    case CalibrationMethod::internal:
      return "internal";
  }
  return {};
}

std::vector<std::string> problems_in(const Phantom& phantom) {
  std::vector<std::string> problems;
  const std::size_t rods = phantom.rods.size();
  require(problems, rods >= 2 && rods <= 8, "a phantom has 2 to 8 rods");
  for (std::size_t i = 0; i < rods; ++i) {
    for (std::size_t j = i + 1; j < rods; ++j) {
      require(problems,
              phantom.rods[i].mineral_mg_cm3 != phantom.rods[j].mineral_mg_cm3,
              "rods " + phantom.rods[i].name + " and " + phantom.rods[j].name +
                  " have the same density and cannot be told apart");
    }
  }
  return problems;
}

std::vector<std::string> problems_in(const CalibrationOptions& options) {
  std::vector<std::string> problems;
  for (const SitePhantom& site : options.phantoms) append(problems, problems_in(site.phantom));
  append(problems, problems_in(options.kappa));
  for (const CalibrationEntry& entry : options.entries) append(problems, problems_in(entry));
  require(problems, options.window_mm >= 5.0 && options.window_mm <= 60.0, "window_mm: 5 to 60");
  require(
      problems,
      options.smallest_rod_radius_mm > 0.0 && options.smallest_rod_radius_mm < options.largest_rod_radius_mm,
      "rod radii: 0 < smallest < largest");
  require(problems,
          options.asynchronous_days >= 0 && options.asynchronous_days <= 366,
          "asynchronous_days: 0 to 366");
  return problems;
}

Calibration calibrate(const CtVolume& ct,
                      const CalibrationOptions& options,
                      const std::optional<HeightRange>& femora) {
  std::string tried;
  try {
    return calibrate_with_phantom(ct, options, femora);
  } catch (const Refusal& refusal) {
    if (refusal.code() != RefusalCode::no_phantom) throw;
    tried = refusal.what();
  }
  if (!options.entries.empty()) {
    const EntryChoice choice = choose_entry(ct, options.entries, options.kappa, options.asynchronous_days);
    if (choice.entry != nullptr) {
      return with_muscle(ct, options, calibration_from(*choice.entry, choice.age_days, options.kappa));
    }
    tried += "; no entered phantom scan serves: " + choice.why_none;
  }
  if (!options.internal) throw Refusal(RefusalCode::no_phantom, tried);
  try {
    const auto energy_kev = known_energy_kev(ct.acquisition, options.entries);
    return with_muscle(ct, options, calibrate_internally(ct, energy_kev, options.kappa, options.threads));
  } catch (const Refusal& refusal) {
    throw Refusal(RefusalCode::no_phantom, tried + "; " + refusal.what());
  }
}

}  // namespace focalhip
