#include "dicom_sr/render/window.h"

#include <algorithm>
#include <cmath>

namespace focalhip {

namespace {

constexpr int window_level_hu = 300;
constexpr int window_width_hu = 1500;

}  // namespace

std::vector<std::uint8_t> windowed(const std::vector<std::int16_t>& hu) {
  std::vector<std::uint8_t> grey(hu.size());
  std::transform(hu.begin(), hu.end(), grey.begin(), [](std::int16_t value) {
    const double black_hu = window_level_hu - window_width_hu / 2.0;
    const double fraction = std::clamp((value - black_hu) / window_width_hu, 0.0, 1.0);
    return static_cast<std::uint8_t>(std::lround(255.0 * fraction));
  });
  return grey;
}

std::string window_words() {
  return "L " + std::to_string(window_level_hu) + "  W " + std::to_string(window_width_hu);
}

}  // namespace focalhip
