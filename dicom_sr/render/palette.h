#pragma once

#include <cstdint>

namespace focalhip {

struct Colour {
  double red = 0.0;
  double green = 0.0;
  double blue = 0.0;
};

[[nodiscard]] constexpr Colour rgb(std::uint32_t hex) {
  return {((hex >> 16U) & 0xFFU) / 255.0, ((hex >> 8U) & 0xFFU) / 255.0, (hex & 0xFFU) / 255.0};
}

// For a dark reading room. The saturated colours are those of Okabe and Ito, which people with any colour
// vision can tell apart; every coloured thing also carries a letter, so that the page reads in grey.
namespace palette {
inline constexpr Colour background = rgb(0x101317);
inline constexpr Colour panel = rgb(0x191E24);
inline constexpr Colour rule = rgb(0x3A424B);
inline constexpr Colour ink = rgb(0xF0F2F4);
inline constexpr Colour quiet_ink = rgb(0xAAB4BE);
inline constexpr Colour label_ground = rgb(0xD5DADF);
inline constexpr Colour right_side = rgb(0xE69F00);
inline constexpr Colour left_side = rgb(0x56B4E9);
inline constexpr Colour femoral_neck = rgb(0xF0E442);
inline constexpr Colour trochanteric = rgb(0xCC79A7);
inline constexpr Colour intertrochanteric = rgb(0x00C08B);
inline constexpr Colour bone = rgb(0xD8D2C4);  // of a surface outside every region
inline constexpr Colour not_measured = rgb(0x7D858E);
inline constexpr Colour grade_a = rgb(0x00C08B);
inline constexpr Colour grade_b = rgb(0xF0E442);
inline constexpr Colour grade_c = rgb(0xE69F00);
inline constexpr Colour grade_r = rgb(0xFF6F3C);
}  // namespace palette

}  // namespace focalhip
