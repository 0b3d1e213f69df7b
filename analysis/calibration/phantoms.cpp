#include "analysis/calibration/phantoms.h"

#include <algorithm>
#include <array>

namespace focalhip {

namespace {

Phantom hydroxyapatite_phantom(std::string name, std::span<const double> ha_mg_cm3) {
  Phantom phantom{.name = std::move(name), .basis = MineralBasis::hydroxyapatite, .rods = {}};
  for (std::size_t i = 0; i < ha_mg_cm3.size(); ++i) {
    phantom.rods.push_back({.name = std::to_string(i + 1), .mineral_mg_cm3 = ha_mg_cm3[i]});
  }
  return phantom;
}

// [Ogo] ogo/util/Helper.py. Mindways: serials 4541A and 4560. Model 4 is missing: its certificate is nowhere
// published, a site has to enter it.
std::vector<Phantom> make_table() {
  std::vector<Phantom> table;
  table.push_back({.name = "mindways-3",
                   .basis = MineralBasis::k2hpo4,
                   .rods = {{.name = "A", .mineral_mg_cm3 = -51.83, .water_mg_cm3 = 1012.25},
                            {.name = "B", .mineral_mg_cm3 = -53.40, .water_mg_cm3 = 1056.95},
                            {.name = "C", .mineral_mg_cm3 = 58.88, .water_mg_cm3 = 1103.57},
                            {.name = "D", .mineral_mg_cm3 = 157.05, .water_mg_cm3 = 1119.52},
                            {.name = "E", .mineral_mg_cm3 = 375.83, .water_mg_cm3 = 923.20}}});
  table.push_back(hydroxyapatite_phantom("qrm-bdc-3", std::array{100.0, 400.0, 800.0}));
  table.push_back(hydroxyapatite_phantom("qrm-bdc-6", std::array{0.0, 100.0, 200.0, 400.0, 600.0, 800.0}));
  table.push_back(hydroxyapatite_phantom("image-analysis-3", std::array{8.0, 97.3, 189.8}));
  table.push_back(hydroxyapatite_phantom("bmas-200", std::array{0.0, 50.0, 100.0, 150.0, 200.0}));
  table.push_back(hydroxyapatite_phantom("siemens-osteo", std::array{0.0, 200.0}));
  return table;
}

// Both given = both must agree.
bool is_for(const SitePhantom& declared, const Acquisition& acquisition) {
  const auto agrees = [](const std::string& wanted, const std::string& found) {
    return wanted.empty() || wanted == found;
  };
  return agrees(declared.device_serial_number, acquisition.device_serial_number) &&
         agrees(declared.station_name, acquisition.station_name);
}

bool is_for_every_scanner(const SitePhantom& declared) {
  return declared.device_serial_number.empty() && declared.station_name.empty();
}

}  // namespace

std::span<const Phantom> builtin_phantoms() {
  static const std::vector<Phantom> table = make_table();
  return table;
}

const Phantom* builtin_phantom(std::string_view name) {
  const auto found = std::ranges::find(builtin_phantoms(), name, &Phantom::name);
  return found == builtin_phantoms().end() ? nullptr : &*found;
}

Phantom mindways_model_3() { return *builtin_phantom("mindways-3"); }

std::vector<Phantom> phantoms_for(const Acquisition& acquisition, std::span<const SitePhantom> declared) {
  std::vector<Phantom> own;
  std::vector<Phantom> common;
  for (const SitePhantom& site : declared) {
    if (is_for_every_scanner(site)) {
      common.push_back(site.phantom);
    } else if (is_for(site, acquisition)) {
      own.push_back(site.phantom);
    }
  }
  if (!own.empty()) return own;
  if (!common.empty()) return common;
  for (const Phantom& phantom : builtin_phantoms()) {
    if (phantom.rods.size() >= least_rods_recognised) common.push_back(phantom);
  }
  return common;
}

}  // namespace focalhip
