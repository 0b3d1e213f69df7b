#pragma once

#include <optional>
#include <vector>

#include "analysis/calibration/asynchronous.h"
#include "analysis/calibration/calibration.h"
#include "analysis/volume/ct_volume.h"

namespace focalhip {

struct CalibrationOptions {
  // The site's phantoms; without any, the built-in ones of five and more rods are told apart by themselves.
  std::vector<SitePhantom> phantoms;
  KappaPolicy kappa;
  // Height of the windows along z in which slices are averaged before the rods are searched. Too small:
  // noise; too large: a tilted rod smears.
  double window_mm = 20.0;
  double smallest_rod_radius_mm = 5.0;
  double largest_rod_radius_mm = 12.0;
  // Measured phantom scans; one of them serves a series without rods that was made alike.
  std::vector<CalibrationEntry> entries;
  int asynchronous_days = 31;  // older entries do not serve; 0 = the same day only
  // Whether a series without rods and without entry may be calibrated by the patient's own tissues. Grade C:
  // densities are uncertain by 10 % where the scanner has no history.
  bool internal = false;
  int threads = 2;  // changes speed only, never numbers
};
[[nodiscard]] std::vector<std::string> problems_in(const CalibrationOptions& options);
[[nodiscard]] std::vector<std::string> problems_in(const Phantom& phantom);

// Heights in the patient (LPS z).
struct HeightRange {
  double lowest_z_mm = 0.0;
  double highest_z_mm = 0.0;
  [[nodiscard]] double length_mm() const { return highest_z_mm - lowest_z_mm; }
};

// By the phantom in the scan; without one, by an entry; without one, by the patient's tissues if the options
// allow it. `femora`: from the lesser trochanters to the tops of the heads, where it is known; rods must run
// beside 80 % of it. Throws Refusal: no_phantom (says every way that was tried), phantom_ambiguous,
// calibration_failed (qct 2.3, 2.4, 2.7).
[[nodiscard]] Calibration calibrate(const CtVolume& ct,
                                    const CalibrationOptions& options,
                                    const std::optional<HeightRange>& femora = {});

}  // namespace focalhip
