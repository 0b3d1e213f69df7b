#include "analysis/calibration/choose_rods.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/calibration/robust_statistics.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

constexpr double unusable_noise_ratio = 2.0;  // a bubble, a crack, or not a rod [science qct 2.4]
// Below this the blur of a dense rod's edge is all that makes its rim uneven.
constexpr double least_rim_sd_hu = 8.0;
constexpr double unusable_residual_hu = 15.0;  // off the line of the other rods [science qct 2.4]
constexpr double clearly_better = 0.5;         // residual SD without the rod, of that with it

std::vector<std::string> missing_rods(const std::vector<NamedRod>& rods, const Phantom& phantom) {
  std::vector<std::string> sentences;
  for (const PhantomRod& rod : phantom.rods) {
    const bool found = std::any_of(
        rods.begin(), rods.end(), [&](const NamedRod& one) { return one.certificate.name == rod.name; });
    if (!found) sentences.push_back("rod " + rod.name + " not found inside the field of view");
  }
  return sentences;
}

double median_of(const std::vector<NamedRod>& rods, double MeasuredRod::*value) {
  std::vector<double> values;
  values.reserve(rods.size());
  for (const NamedRod& rod : rods) values.push_back(rod.measured.*value);
  return median(std::move(values));
}

// Noise is lower at the rim of the body, where the rods are, than in muscle: the other rods are the sharper
// yardstick.
void exclude_uneven_rods(std::vector<NamedRod>& rods, double noise_sd_hu, std::vector<std::string>& reasons) {
  const double usual_sd_hu = std::min(noise_sd_hu, std::max(1.0, median_rod_sd_hu(rods)));
  const double usual_rim_sd_hu = std::max(least_rim_sd_hu, median_of(rods, &MeasuredRod::rim_sd_hu));
  for (NamedRod& rod : rods) {
    const double core_ratio = rod.measured.sd_hu / usual_sd_hu;
    const double rim_ratio = rod.measured.rim_sd_hu / usual_rim_sd_hu;
    if (core_ratio <= unusable_noise_ratio && rim_ratio <= unusable_noise_ratio) continue;
    rod.used = false;
    const bool in_core = core_ratio > unusable_noise_ratio;
    reasons.push_back("rod " + rod.certificate.name + " is not uniform" + (in_core ? "" : " near its edge") +
                      ": SD " + fixed(in_core ? rod.measured.sd_hu : rod.measured.rim_sd_hu, 0) + " HU, " +
                      fixed(in_core ? core_ratio : rim_ratio, 1) + " times the usual");
  }
}

// One rod of at least five may disagree with the others: far off their line, and they agree clearly better
// without it. The second condition keeps the densest rod, whose weight turns small residuals of the others
// into a large one of its own.
void exclude_rod_off_the_line(std::vector<NamedRod>& rods, std::vector<std::string>& reasons) {
  const std::vector<RodReading> readings = used_readings(rods);
  if (readings.size() < 5) return;
  std::size_t worst = 0;
  double least_sd = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const double sd = fit_rods(without(readings, i)).residual_sd_hu;
    if (sd >= least_sd) continue;
    least_sd = sd;
    worst = i;
  }
  const double residual = leave_one_out_residual_hu(readings, worst);
  if (std::abs(residual) <= unusable_residual_hu) return;
  if (least_sd > clearly_better * fit_rods(readings).residual_sd_hu) return;
  std::size_t index = 0;
  for (NamedRod& rod : rods) {
    if (!rod.used || index++ != worst) continue;
    rod.used = false;
    reasons.push_back("rod " + rod.certificate.name + " is " + fixed(residual, 0) +
                      " HU off the line of the others");
  }
}

}  // namespace

std::vector<std::optional<double>> hu_of_places(const MeasuredRow& row) {
  std::vector<std::optional<double>> hu;
  for (const auto& rod : row.rods) hu.push_back(rod ? std::optional<double>(rod->mean_hu) : std::nullopt);
  return hu;
}

std::vector<NamedRod> name_rods(const MeasuredRow& row, const RodIdentity& identity, const Phantom& phantom) {
  std::vector<NamedRod> named;
  for (std::size_t rod = 0; rod < phantom.rods.size(); ++rod) {
    for (std::size_t place = 0; place < row.rods.size(); ++place) {
      if (identity.rod_of_place[place] != rod || !row.rods[place]) continue;
      named.push_back({.certificate = phantom.rods[rod], .place = place, .measured = *row.rods[place]});
    }
  }
  return named;
}

std::vector<RodReading> used_readings(const std::vector<NamedRod>& rods) {
  std::vector<RodReading> readings;
  for (const NamedRod& rod : rods) {
    if (rod.used) readings.push_back(rod.reading());
  }
  return readings;
}

std::vector<std::string> exclude_bad_rods(std::vector<NamedRod>& rods,
                                          const Phantom& phantom,
                                          double noise_sd_hu) {
  std::vector<std::string> reasons = missing_rods(rods, phantom);
  exclude_uneven_rods(rods, noise_sd_hu, reasons);
  exclude_rod_off_the_line(rods, reasons);
  return reasons;
}

double pitch_spread(const RodRow& row) {
  std::vector<double> pitches;
  for (std::size_t i = 1; i < row.places.size(); ++i) {
    if (!row.places[i - 1].seen || !row.places[i].seen) continue;
    pitches.push_back((row.places[i].centre_mm - row.places[i - 1].centre_mm).norm());
  }
  return largest_relative_deviation(pitches);
}

double radius_spread(const std::vector<NamedRod>& rods) {
  std::vector<double> radii;
  for (const NamedRod& rod : rods) {
    if (rod.measured.edge) radii.push_back(rod.measured.edge->radius_mm);
  }
  return largest_relative_deviation(radii);
}

double largest_drift_hu_per_mm(const std::vector<NamedRod>& rods) {
  double largest = 0.0;
  for (const NamedRod& rod : rods) {
    const double sure = std::abs(rod.measured.drift_hu_per_mm) - 2.0 * rod.measured.drift_error_hu_per_mm;
    if (rod.used) largest = std::max(largest, sure);
  }
  return largest;
}

double median_rod_sd_hu(const std::vector<NamedRod>& rods) { return median_of(rods, &MeasuredRod::sd_hu); }

double largest_noise_ratio(const std::vector<NamedRod>& rods, double noise_sd_hu) {
  double largest = 0.0;
  for (const NamedRod& rod : rods) {
    if (rod.used) largest = std::max(largest, rod.measured.sd_hu / noise_sd_hu);
  }
  return largest;
}

}  // namespace focalhip
