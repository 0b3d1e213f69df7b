#include "analysis/calibration/effective_energy.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace focalhip {

namespace {

struct Row {
  double energy_kev;
  double k2hpo4;          // per mass, relative to water
  double hydroxyapatite;  // per mass, relative to water
  double adipose_hu;      // 0.95 g/cm3
  double muscle_hu;       // 1.05 g/cm3
};

// [NistXcom] mass attenuation coefficients as shipped by [Ogo] (MassAttenuationTables.py).
constexpr std::array<Row, 8> table{{{60.0, 1.889, 1.975, -89.0, 44.0},
                                    {64.0, 1.756, 1.831, -85.0, 44.0},
                                    {68.0, 1.640, 1.705, -81.0, 43.0},
                                    {70.0, 1.587, 1.648, -79.0, 43.0},
                                    {74.0, 1.491, 1.544, -75.0, 43.0},
                                    {78.0, 1.405, 1.452, -71.0, 42.0},
                                    {80.0, 1.365, 1.409, -69.0, 42.0},
                                    {90.0, 1.250, 1.285, -65.0, 42.0}}};
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

double value_at(double energy_kev, double Row::*column) {
  const double energy = std::clamp(energy_kev, lowest_kev, highest_kev);
  const Row& low = table[interval(energy)];
  const Row& high = table[interval(energy) + 1];
  const double share = (energy - low.energy_kev) / (high.energy_kev - low.energy_kev);
  return low.*column + share * (high.*column - low.*column);
}

// The energy at which a ratio has this value; it falls with energy.
double energy_of(double ratio, double Row::*column) {
  std::size_t i = 0;
  while (i + 2 < table.size() && ratio < table[i + 1].*column) ++i;
  const Row& low = table[i];
  const Row& high = table[i + 1];
  const double share = (ratio - low.*column) / (high.*column - low.*column);
  return std::clamp(low.energy_kev + share * (high.energy_kev - low.energy_kev), lowest_kev, highest_kev);
}

}  // namespace

double k2hpo4_ratio(double energy_kev) { return value_at(energy_kev, &Row::k2hpo4); }
double hydroxyapatite_ratio(double energy_kev) { return value_at(energy_kev, &Row::hydroxyapatite); }

double adipose_hu(double energy_kev) { return value_at(energy_kev, &Row::adipose_hu); }
double muscle_hu(double energy_kev) { return value_at(energy_kev, &Row::muscle_hu); }

double effective_energy_kev(double sigma_ref) { return energy_of(sigma_ref, &Row::k2hpo4); }
double energy_of_hydroxyapatite_slope(double slope_hu_per_mg_cm3) {
  return energy_of(slope_hu_per_mg_cm3 + water_displaced_per_hydroxyapatite, &Row::hydroxyapatite);
}

// HU per mg/cm3 of either mineral in water; their quotient is kappa (science qct 2.5).
double ha_per_k2hpo4(double energy_kev) {
  return (k2hpo4_ratio(energy_kev) - water_displaced_per_k2hpo4) /
         (hydroxyapatite_ratio(energy_kev) - water_displaced_per_hydroxyapatite);
}

}  // namespace focalhip
