#include "analysis/calibration/effective_energy.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace focalhip {

namespace {

struct AttenuationRatios {
  double energy_kev;
  double k2hpo4;          // per mass, relative to water
  double hydroxyapatite;  // per mass, relative to water
};

// [NistXcom] mass attenuation coefficients as shipped by [Ogo] (MassAttenuationTables.py).
constexpr std::array<AttenuationRatios, 8> table{{{60.0, 1.889, 1.975},
                                                  {64.0, 1.756, 1.831},
                                                  {68.0, 1.640, 1.705},
                                                  {70.0, 1.587, 1.648},
                                                  {74.0, 1.491, 1.544},
                                                  {78.0, 1.405, 1.452},
                                                  {80.0, 1.365, 1.409},
                                                  {90.0, 1.250, 1.285}}};
// The lines of the first and last interval may be followed this far.
constexpr double lowest_kev = 58.0;
constexpr double highest_kev = 92.0;

// Water that 1 mg of the mineral displaces, mg: K2HPO4 in solution, and HA of 3.156 g/cm3 (1 / 3.156).
constexpr double water_displaced_per_k2hpo4 = 0.2174;
constexpr double water_displaced_per_hydroxyapatite = 0.3169;

// Index of the interval whose line serves at this energy.
std::size_t interval(double energy_kev) {
  std::size_t i = 0;
  while (i + 2 < table.size() && energy_kev > table[i + 1].energy_kev) ++i;
  return i;
}

double ratio_at(double energy_kev, double AttenuationRatios::*ratio) {
  const double energy = std::clamp(energy_kev, lowest_kev, highest_kev);
  const AttenuationRatios& low = table[interval(energy)];
  const AttenuationRatios& high = table[interval(energy) + 1];
  const double share = (energy - low.energy_kev) / (high.energy_kev - low.energy_kev);
  return low.*ratio + share * (high.*ratio - low.*ratio);
}

}  // namespace

double k2hpo4_ratio(double energy_kev) { return ratio_at(energy_kev, &AttenuationRatios::k2hpo4); }
double hydroxyapatite_ratio(double energy_kev) {
  return ratio_at(energy_kev, &AttenuationRatios::hydroxyapatite);
}

double effective_energy_kev(double sigma_ref) {
  std::size_t i = 0;  // the ratio falls with energy
  while (i + 2 < table.size() && sigma_ref < table[i + 1].k2hpo4) ++i;
  const AttenuationRatios& low = table[i];
  const AttenuationRatios& high = table[i + 1];
  const double share = (sigma_ref - low.k2hpo4) / (high.k2hpo4 - low.k2hpo4);
  return std::clamp(low.energy_kev + share * (high.energy_kev - low.energy_kev), lowest_kev, highest_kev);
}

// HU per mg/cm3 of either mineral in water; their quotient is kappa (science qct 2.5).
double ha_per_k2hpo4(double energy_kev) {
  return (k2hpo4_ratio(energy_kev) - water_displaced_per_k2hpo4) /
         (hydroxyapatite_ratio(energy_kev) - water_displaced_per_hydroxyapatite);
}

}  // namespace focalhip
