#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/volume/ct_volume.h"

namespace focalhip {

// One rod of a phantom as its certificate states it. The phantom's mineral, and beside K2HPO4 the water of
// the same cubic centimetre (mg/cm3).
struct PhantomRod {
  std::string name;
  double mineral_mg_cm3 = 0.0;
  double water_mg_cm3 = 0.0;  // of K2HPO4 phantoms only; 0 in one of hydroxyapatite

  friend bool operator==(const PhantomRod&, const PhantomRod&) = default;
};

// On which side of the patient a site always places the first rod of its certificate.
enum class FirstRod { either, right, left };

// A phantom design: rods in their lateral order along the row.
struct Phantom {
  std::string name;  // "mindways-3"
  MineralBasis basis = MineralBasis::k2hpo4;
  std::vector<PhantomRod> rods;
  FirstRod first_rod = FirstRod::either;

  friend bool operator==(const Phantom&, const Phantom&) = default;
};

// The one table of built-in certificates (science: qct 2.1, 2.2). Certificates differ between serials: a site
// with other values configures its own.
[[nodiscard]] std::span<const Phantom> builtin_phantoms();
[[nodiscard]] const Phantom* builtin_phantom(std::string_view name);
// The default certificate of Mindways Model 3 CT, serials 4541A and 4560.
[[nodiscard]] Phantom mindways_model_3();

// Two or three rods lie on one line whatever they are: such phantoms are never recognised, only configured.
inline constexpr std::size_t least_rods_recognised = 5;
// Below this the identity of a rod cannot be checked by the others.
inline constexpr std::size_t least_rods_judged = 4;

// A phantom as a site declares it. Without serial and station for every scanner.
struct SitePhantom {
  Phantom phantom;
  std::string device_serial_number;  // DeviceSerialNumber of the scanner it is used on; empty = any
  std::string station_name;          // StationName, likewise
};

// Those declared for this very scanner; else those declared for every scanner; else the built-in ones of five
// and more rods.
[[nodiscard]] std::vector<Phantom> phantoms_for(const Acquisition& acquisition,
                                                std::span<const SitePhantom> declared);

}  // namespace focalhip
