#include "testdata/simulator/phantom_rods.h"

#include <array>
#include <utility>

namespace focalhip::simulator {
namespace {

std::vector<Rod> hydroxyapatite_rods(std::initializer_list<double> mg_cm3) {
  std::vector<Rod> rods;
  for (const double density : mg_cm3) {
    rods.push_back({std::string(1, static_cast<char>('A' + rods.size())), 0.0, density, 1000.0});
  }
  return rods;
}

struct Phantom {
  PhantomType type;
  std::string_view name;
  std::vector<Rod> rods;
};

const std::array<Phantom, 6>& phantoms() {
  static const std::array<Phantom, 6> all{{
      {PhantomType::mindways_3,
       "mindways-3",
       {{"A", -51.83, 0.0, 1012.25},
        {"B", -53.40, 0.0, 1056.95},
        {"C", 58.88, 0.0, 1103.57},
        {"D", 157.05, 0.0, 1119.52},
        {"E", 375.83, 0.0, 923.20}}},
      {PhantomType::qrm_bdc_6, "qrm-bdc-6", hydroxyapatite_rods({0, 100, 200, 400, 600, 800})},
      {PhantomType::qrm_bdc_3, "qrm-bdc-3", hydroxyapatite_rods({100, 400, 800})},
      {PhantomType::bmas_200, "bmas-200", hydroxyapatite_rods({0, 50, 100, 150, 200})},
      {PhantomType::image_analysis_3, "image-analysis-3", hydroxyapatite_rods({8.0, 97.3, 189.8})},
      {PhantomType::siemens_osteo, "siemens-osteo", hydroxyapatite_rods({0, 200})},
  }};
  return all;
}

}  // namespace

const std::vector<Rod>& certified_rods(PhantomType type) {
  return phantoms()[static_cast<std::size_t>(type)].rods;
}

std::string_view phantom_name(PhantomType type) { return phantoms()[static_cast<std::size_t>(type)].name; }

std::optional<PhantomType> phantom_type_named(std::string_view name) {
  for (const Phantom& phantom : phantoms()) {
    if (phantom.name == name) return phantom.type;
  }
  return std::nullopt;
}

double rod_hu(const Rod& rod, const Beam& beam, double density_error) {
  const double k2hpo4 = beam.k2hpo4_ratio * rod.k2hpo4_mg_cm3;
  const double ha = (beam.hydroxyapatite_ratio - water_displaced_hydroxyapatite) * rod.ha_mg_cm3;
  return rod.water_mg_cm3 + (1.0 + density_error) * (k2hpo4 + ha) - 1000.0;
}

}  // namespace focalhip::simulator
