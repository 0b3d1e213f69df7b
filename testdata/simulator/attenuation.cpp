#include "testdata/simulator/attenuation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace focalhip::simulator {
namespace {

constexpr std::size_t energies = 8;
using Row = std::array<double, energies>;
constexpr Row energy_kev{20, 30, 40, 50, 60, 80, 100, 150};

// cm2/g at those energies; none of these elements has an absorption edge among them.
struct Element {
  double atomic_mass;
  Row attenuation;
};
constexpr Element H{1.008, {0.3695, 0.3570, 0.3458, 0.3355, 0.3260, 0.3091, 0.2944, 0.2651}};
constexpr Element C{12.011, {0.4420, 0.2562, 0.2076, 0.1871, 0.1753, 0.1610, 0.1514, 0.1347}};
constexpr Element N{14.007, {0.6178, 0.3066, 0.2288, 0.1980, 0.1817, 0.1639, 0.1529, 0.1353}};
constexpr Element O{15.999, {0.8651, 0.3779, 0.2585, 0.2132, 0.1907, 0.1678, 0.1551, 0.1361}};
constexpr Element Na{22.990, {2.057, 0.7197, 0.3969, 0.2804, 0.2268, 0.1796, 0.1585, 0.1335}};
constexpr Element Al{26.982, {3.441, 1.128, 0.5685, 0.3681, 0.2778, 0.2018, 0.1704, 0.1378}};
constexpr Element P{30.974, {5.352, 1.700, 0.8096, 0.4916, 0.3494, 0.2324, 0.1865, 0.1432}};
constexpr Element S{32.06, {6.708, 2.113, 0.9872, 0.5849, 0.4053, 0.2585, 0.2020, 0.1506}};
constexpr Element Cl{35.45, {7.739, 2.425, 1.117, 0.6483, 0.4395, 0.2696, 0.2050, 0.1480}};
constexpr Element K{39.098, {10.93, 3.413, 1.541, 0.8679, 0.5678, 0.3251, 0.2345, 0.1582}};
constexpr Element Ca{40.078, {13.06, 4.080, 1.830, 1.019, 0.6578, 0.3656, 0.2571, 0.1674}};

struct Part {
  const Element& element;
  double amount;
};

Row mixed(std::span<const Part> parts, bool amounts_are_atoms) {
  Row row{};
  double total = 0.0;
  for (const Part& part : parts) {
    const double mass = part.amount * (amounts_are_atoms ? part.element.atomic_mass : 1.0);
    total += mass;
    for (std::size_t i = 0; i < energies; ++i) row[i] += mass * part.element.attenuation[i];
  }
  for (double& value : row) value /= total;
  return row;
}

template <std::size_t N>
Row molecule(const std::array<Part, N>& parts) {
  return mixed(parts, true);
}
template <std::size_t N>
Row tissue(const std::array<Part, N>& parts) {
  return mixed(parts, false);
}

// In the order of Material.
const std::array<Row, 6>& table() {
  static const std::array<Row, 6> rows{
      molecule(std::array<Part, 2>{{{H, 2}, {O, 1}}}),
      molecule(std::array<Part, 4>{{{K, 2}, {H, 1}, {P, 1}, {O, 4}}}),
      molecule(std::array<Part, 4>{{{Ca, 10}, {P, 6}, {O, 26}, {H, 2}}}),
      tissue(
          std::array<Part, 7>{{{H, 11.4}, {C, 59.8}, {N, 0.7}, {O, 27.8}, {Na, 0.1}, {S, 0.1}, {Cl, 0.1}}}),
      tissue(std::array<Part, 9>{
          {{H, 10.2}, {C, 14.3}, {N, 3.4}, {O, 71.0}, {Na, 0.1}, {P, 0.2}, {S, 0.3}, {Cl, 0.1}, {K, 0.4}}}),
      Al.attenuation,
  };
  return rows;
}

}  // namespace

double mass_attenuation_cm2_g(Material material, double energy) {
  const Row& row = table()[static_cast<std::size_t>(material)];
  const double clamped = std::clamp(energy, energy_kev.front(), energy_kev.back());
  const double x = std::log(clamped);
  // Lagrange through the two nodes on either side.
  const auto above = std::upper_bound(energy_kev.begin(), energy_kev.end(), clamped);
  const auto first = std::clamp<std::ptrdiff_t>(
      above - energy_kev.begin() - 2, 0, static_cast<std::ptrdiff_t>(energies) - 4);
  double sum = 0.0;
  for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(first) + 4; ++i) {
    double weight = 1.0;
    for (auto j = static_cast<std::size_t>(first); j < static_cast<std::size_t>(first) + 4; ++j) {
      if (i != j)
        weight *= (x - std::log(energy_kev[j])) / (std::log(energy_kev[i]) - std::log(energy_kev[j]));
    }
    sum += weight * std::log(row[i]);
  }
  return std::exp(sum);
}

}  // namespace focalhip::simulator
