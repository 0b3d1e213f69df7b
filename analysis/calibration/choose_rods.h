#pragma once

#include <string>
#include <vector>

#include "analysis/calibration/calibration.h"
#include "analysis/calibration/fit_rods.h"
#include "analysis/calibration/identify_rods.h"
#include "analysis/calibration/measure_rods.h"

namespace focalhip {

// A rod that was found, with its place in the certificate.
struct NamedRod {
  PhantomRod certificate;
  std::size_t place = 0;
  MeasuredRod measured;
  bool used = true;

  [[nodiscard]] RodReading reading() const { return {certificate, {measured.mean_hu}}; }
};

// What each place of a row reads; nothing where it could not be read.
[[nodiscard]] std::vector<std::optional<double>> hu_of_places(const MeasuredRow& row);
// The measured rods in the order of the certificate.
[[nodiscard]] std::vector<NamedRod> name_rods(const MeasuredRow& row,
                                              const RodIdentity& identity,
                                              const Phantom& phantom);

// Marks rods as not used: not uniform (a bubble, a crack, not a rod), and at most one of five off the line of
// the others. Returns a sentence for every rod of the phantom that is not used, those never found included.
[[nodiscard]] std::vector<std::string> exclude_bad_rods(std::vector<NamedRod>& rods,
                                                        const Phantom& phantom,
                                                        double noise_sd_hu);

[[nodiscard]] std::vector<RodReading> used_readings(const std::vector<NamedRod>& rods);

// Figures for the grade, over the rods in use. Spreads: largest deviation from the mean, relative to it.
[[nodiscard]] double pitch_spread(const RodRow& row);
[[nodiscard]] double radius_spread(const std::vector<NamedRod>& rods);
[[nodiscard]] double largest_noise_ratio(const std::vector<NamedRod>& rods, double noise_sd_hu);
[[nodiscard]] double median_rod_sd_hu(const std::vector<NamedRod>& rods);
// What is left of the largest drift when two of its standard errors are taken off: short rods must not be
// called uneven for their noise.
[[nodiscard]] double largest_drift_hu_per_mm(const std::vector<NamedRod>& rods);

}  // namespace focalhip
