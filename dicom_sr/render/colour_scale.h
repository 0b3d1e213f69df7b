#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "dicom_sr/render/palette.h"

namespace focalhip {

// The colour of a share 0 .. 1 (clamped) of a scale: viridis in ten steps with straight lines between them.
// Lightness grows with the value, so that it reads in grey and with any colour vision.
[[nodiscard]] inline Colour colour_on_scale(double share) {
  constexpr std::array<Colour, 10> viridis{rgb(0x440154),
                                           rgb(0x482878),
                                           rgb(0x3E4A89),
                                           rgb(0x31688E),
                                           rgb(0x26828E),
                                           rgb(0x1F9E89),
                                           rgb(0x35B779),
                                           rgb(0x6ECE58),
                                           rgb(0xB5DE2B),
                                           rgb(0xFDE725)};
  const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(viridis.size() - 1);
  const std::size_t low = std::min(static_cast<std::size_t>(at), viridis.size() - 2);
  const double mix = at - static_cast<double>(low);
  const auto between = [mix](double a, double b) { return a + mix * (b - a); };
  const Colour& a = viridis[low];
  const Colour& b = viridis[low + 1];
  return {between(a.red, b.red), between(a.green, b.green), between(a.blue, b.blue)};
}

}  // namespace focalhip
