#pragma once

#include <array>
#include <string>

#include "tests/proof/femur/femur_case.h"
#include "tests/proof/femur/femur_results.h"

// What is simulated for the proof of the cortical map, person by person.
namespace focalhip::proof {

struct HipProofSize {
  int persons = 20;   // implicit
  int meshes = 20;    // persons who wear the ten real bones in turn
  int rescans = 10;   // of the first persons of either column, scanned once more on another day
  int defects = 10;   // scanned with defects
  int densities = 6;  // scanned with another cortical density
  int kernels = 3;    // scanned with sharp kernels
  int patches = 6;    // scanned with another cortical density in three places
  int troubles = 4;   // scanned with severe arthritis, in a hardened beam, with uneven cortical density
  int threads = 2;    // persons at a time
  std::uint64_t first_seed = 7330000;  // mesh-based persons: + 5000
  FemurProofSize bones;                // where the real bones are
};

[[nodiscard]] inline double defect_fwhm_mm(int person) {
  constexpr std::array widths{8.0, 12.0, 15.0};
  return widths[static_cast<std::size_t>(person) % 3];
}
[[nodiscard]] inline double defect_depth(int person) {
  constexpr std::array depths{0.2, 0.3, 0.4};
  return depths[static_cast<std::size_t>(person / 3 + person) % 3];
}
[[nodiscard]] inline double planted_density(int person) { return person % 2 == 0 ? 1.12 : 0.88; }

// Edges of a sharp kernel overshoot by this share; blur 1.0 instead of 1.3 mm FWHM.
inline constexpr std::array overshoots{0.05, 0.10};
[[nodiscard]] inline std::string sharp_variant(double overshoot) {
  return overshoot < 0.075 ? "sharp 5" : "sharp 10";
}

// Width of the places whose density is changed, and of the uneven part of the shaft; what the latter loses.
inline constexpr double patch_fwhm_mm = 15.0;
inline constexpr double uneven_fwhm_mm = 60.0;
inline constexpr double uneven_change = -0.15;
// Twice the simulator's usual beam hardening: bone loses 6 % per doubling of the body's width beyond 300 mm,
// its middle reads 20 HU low.
inline constexpr double hardening = 2.0;

// "first", "again", "defect", "dense", "patch", "arthritic", "hardened", "uneven" or a sharp_variant of the
// n-th person of a column.
[[nodiscard]] FemurCase hip_case(const HipProofSize& size,
                                 const std::string& column,
                                 int person,
                                 const std::string& variant);

// Every case of one person that the results do not have yet.
void run_person(const HipProofSize& size, const std::string& column, int person, FemurResults& results);

}  // namespace focalhip::proof
