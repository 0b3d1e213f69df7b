#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// A fracture of one femur. The head fragment keeps its centre in the socket and tilts there; the distal
// fragment moves, as it does in nature: shortened, turned outwards, varus.
namespace focalhip::simulator {

enum class FractureSite { subcapital, transcervical, basicervical, intertrochanteric };
enum class FractureClass { undisplaced, displaced, impacted };

inline constexpr std::array<std::string_view, 4> fracture_site_names{
    "subcapital", "transcervical", "basicervical", "intertrochanteric"};
inline constexpr std::array<std::string_view, 3> fracture_class_names{"undisplaced", "displaced", "impacted"};

// Lengths mm, angles deg. All zero displacements = a fissure of gap_mm.
struct Fracture {
  FractureSite site = FractureSite::transcervical;
  FractureClass kind = FractureClass::displaced;
  double gap_mm = 0.5;  // of the fissure between the fragments before they move
  // The fracture plane against its usual place: steeper (+, Pauwels), and turned about the neck.
  double steeper_deg = 0.0;
  double turned_deg = 0.0;
  double curvature_mm = 40.0;  // radius of the slightly domed surface
  double roughness_mm = 0.8;   // standard deviation of its relief, 3 mm wide
  std::uint64_t relief_seed = 1;
  // The distal fragment against the head fragment, at the middle of the fracture: along the plane towards
  // proximal, along the plane backwards, and away from the head fragment (negative = driven into it).
  double shortening_mm = 0.0;
  double backwards_mm = 0.0;
  double apart_mm = 0.0;
  double external_rotation_deg = 0.0;  // of the distal fragment about the shaft
  double varus_deg = 0.0;              // the head fragment tilts down about its centre; negative = valgus
  double retroversion_deg = 0.0;       // the head fragment looks further backwards
  // Intertrochanteric only: the lesser trochanter comes off and is drawn medially and upwards.
  double lesser_displaced_mm = 0.0;
  double haematoma_hu = 50.0;  // 40 .. 60
};

// A fracture of the given kind from a seed. Drawn uniformly within the ranges that testdata/README.md lists;
// a displaced one is displaced by >= 6 mm or >= 8 deg (fracture_displacement_mm, fracture_rotation_deg).
[[nodiscard]] Fracture draw_fracture(std::uint64_t seed, FractureSite site, FractureClass kind);

// Distance between the two halves of the fracture's middle, and the angle between the fragments.
[[nodiscard]] double fracture_displacement_mm(const Fracture& fracture);
[[nodiscard]] double fracture_rotation_deg(const Fracture& fracture);

}  // namespace focalhip::simulator
