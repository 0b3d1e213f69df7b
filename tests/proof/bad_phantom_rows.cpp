#include <algorithm>
#include <utility>

#include "tests/proof/calibration_rows.h"
#include "tests/proof/calibration_series.h"

namespace focalhip::proof {

namespace sim = simulator;

namespace {

std::string some_rod(std::uint64_t seed) {
  return std::string(1, static_cast<char>('A' + static_cast<int>(drawn_index(seed, 1, 5))));
}

const std::vector<std::pair<std::string, Change>>& defects() {
  static const std::vector<std::pair<std::string, Change>> list{
      {"no phantom", [](Setting& s, std::uint64_t) { s.protocol.phantom = false; }},
      {"one rod absent",
       [](Setting& s, std::uint64_t seed) { s.hip.phantom.absent_rods = {some_rod(seed)}; }},
      {"bubble of 1.5 to 4 mm radius, 10 to 100 mm long",
       [](Setting& s, std::uint64_t seed) {
         s.hip.phantom.bubble = sim::Bubble{.rod = some_rod(seed),
                                            .radius_mm = drawn(seed, 2, 1.5, 4.0),
                                            .length_mm = drawn(seed, 3, 10.0, 100.0),
                                            .level_mm = drawn(seed, 4, -50.0, 15.0)};
       }},
      {"rods cut by the field of view",
       [](Setting& s, std::uint64_t seed) {
         s.protocol.field_of_view_mm = 320.0;
         const double side = seed % 2 == 0 ? 1.0 : -1.0;
         s.protocol.field_shift_x_mm = s.hip.phantom.shift_x_mm + side * drawn(seed, 5, 50.0, 110.0);
         s.protocol.field_shift_y_mm = 60.0;
       }},
      {"ends beside the femora",
       [](Setting& s, std::uint64_t seed) {
         if (seed % 2 == 0) {
           s.hip.phantom.high_end_mm = drawn(seed, 6, -45.0, 5.0);
         } else {
           s.hip.phantom.low_end_mm = drawn(seed, 6, -40.0, 10.0);
         }
       }},
      {"row turned by 20 to 45 degrees",
       [](Setting& s, std::uint64_t seed) {
         s.hip.phantom.tilt_in_plane_rad =
             (seed % 2 == 0 ? 1.0 : -1.0) * drawn(seed, 7, 20.0, 45.0) * sim::degree;
         s.hip.phantom.air_gap_mm = 60.0;
       }},
      {"upright beside the person",
       [](Setting& s, std::uint64_t seed) {
         s.hip.phantom.place =
             seed % 2 == 0 ? sim::PhantomPlace::beside_left : sim::PhantomPlace::beside_right;
       }},
      {"rods at 7 to 12 degrees to z",
       [](Setting& s, std::uint64_t seed) {
         s.hip.phantom.tilt_along_rad = drawn(seed, 8, 7.0, 12.0) * sim::degree;
       }},
      {"two phantoms",
       [](Setting& s, std::uint64_t) { s.hip.phantom.second_place = sim::PhantomPlace::above; }},
      {"scanner drifts by 12 to 25 HU in 100 mm",
       [](Setting& s, std::uint64_t seed) {
         s.protocol.drift.offset_hu_per_100_mm = (seed % 2 == 0 ? 1.0 : -1.0) * drawn(seed, 9, 12.0, 25.0);
       }},
      {"water off by 40 to 80 HU",
       [](Setting& s, std::uint64_t seed) {
         s.protocol.water_offset_hu = (seed % 2 == 0 ? 1.0 : -1.0) * drawn(seed, 10, 40.0, 80.0);
       }},
  };
  return list;
}

}  // namespace

void prove_bad_phantoms(ProofTable& table, const ProofSize& size) {
  const int n = std::max(20, size.series / 10);
  int caught_in_all = 0;
  int in_all = 0;
  std::uint64_t group = 30;
  for (const auto& [what, change] : defects()) {
    const std::vector<Outcome> outcomes = run_all(size, group++, n, change);
    const bool is_cut = what.find("cut") != std::string::npos;
    int of = 0;
    int caught = 0;
    for (const Outcome& outcome : outcomes) {
      // The field of view misses the rods of some persons.
      const bool is_bad =
          !is_cut || std::ranges::any_of(outcome.truth.rods, [](const sim::RodAxis& rod) { return rod.cut; });
      if (!is_bad) continue;
      ++of;
      if (!outcome.calibration || outcome.calibration->grade != Grade::a) ++caught;
    }
    if (of > 0) table.rate("bad: " + what, caught, of, 1.0);
    caught_in_all += caught;
    in_all += of;
  }
  table.rate("bad phantoms refused or downgraded, all", caught_in_all, in_all, 1.0);
}

}  // namespace focalhip::proof
