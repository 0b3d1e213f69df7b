#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace focalhip::simulator {

enum class ImplantKind {
  nail,               // intramedullary, with a screw through the neck
  total_hip,          // stem, ball, shell in the socket; head and neck resected
  hemiarthroplasty,   // stem with a ball as large as the head
  cannulated_screws,  // three, along the neck
  hip_screw,          // dynamic: lag screw and plate on the shaft with three screws
  sacral_screw,       // far from the hip
  buttock_snap        // a metal button on the clothes, outside the person
};
inline constexpr std::array<std::string_view, 7> implant_kind_names{"nail",
                                                                    "total-hip",
                                                                    "hemiarthroplasty",
                                                                    "cannulated-screws",
                                                                    "hip-screw",
                                                                    "sacral-screw",
                                                                    "buttock-snap"};

struct Implant {
  ImplantKind kind = ImplantKind::nail;
  bool right = true;  // side of the body
  double size = 1.0;  // of its diameters
};

// An implant of the hip (the first five kinds, equally often) of drawn size 0.9 .. 1.1.
[[nodiscard]] Implant draw_implant(std::uint64_t seed, bool right);

}  // namespace focalhip::simulator
