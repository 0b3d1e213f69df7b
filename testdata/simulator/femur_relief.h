#pragma once

#include <array>

namespace focalhip::simulator {

// How a femur departs from the mean build of the implicit family. Lengths mm at a head radius of 22 mm (they
// grow with the head), angles rad, the rest shares. The defaults are that mean build.
struct FemurRelief {
  // Neck
  double neck_waist = 0.53;       // where it is narrowest, share of its length from the base
  double neck_flare_base = 0.10;  // growth of the section towards the trochanters and towards the head
  double neck_flare_head = 0.10;
  double neck_forward_mm = 0.0;  // middle of the neck in front of, and above, the line of base and head
  double neck_up_mm = 0.0;
  double neck_roll_rad = 0.0;  // the long axis of its section leans forward above

  // Shaft and metaphysis
  double shaft_flare = 0.04;      // growth of the section from 40 mm below the origin up to it
  double shaft_flare_ap = 0.0;    // the same, front to back only
  double shaft_lateral_mm = 0.0;  // the centre line's way there
  double shaft_forward_mm = 0.0;
  double shaft_roll_rad = 0.0;  // turn of the section's axes
  double shaft_top_mm = 10.0;

  // Greater trochanter
  double trochanter_base_radius_mm = 12.8;
  double trochanter_tip_radius_mm = 8.6;
  double trochanter_base_forward = -0.25;  // of trochanter_posterior_mm
  double trochanter_base_up_mm = 10.5;
  double trochanter_overhang_mm = 0.0;  // the tip leans further medially
  double trochanter_front_mm = 0.0;     // the front facet stands out
  double trochanter_fossa_mm = 0.0;     // depth of the hollow between tip and neck, behind

  // Intertrochanteric crest
  double crest_back_mm = 0.0;
  double crest_lateral_mm = 0.0;

  // Lesser trochanter
  double lesser_turn_rad = 0.0;  // from its place behind and medial, towards the back
  double lesser_out_mm = 0.0;
  double lesser_length_mm = 13.0;

  // Low hills and hollows of the surface, by place (see femur_shape.cpp).
  std::array<double, 18> hill_mm{};
};

}  // namespace focalhip::simulator
