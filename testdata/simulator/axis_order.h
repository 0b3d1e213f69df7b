#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "testdata/simulator/vector3.h"

namespace focalhip::simulator {

// Towards which side of the patient the stored indices grow: column, row, image (in the order of the instance
// numbers). Three of L R, P A, S I, one of each pair: 48 in all, 16 of them axial. Position and orientation
// in the header follow, so every one of them shows the same person.
struct AxisOrder {
  std::array<int, 3> axis{0, 1, 2};  // of the volume: 0 = x, 1 = y, 2 = z
  std::array<int, 3> sign{1, 1, 1};
  [[nodiscard]] Vec3 direction(std::size_t stored) const;
  [[nodiscard]] bool axial() const { return axis[2] == 2; }
};

[[nodiscard]] std::optional<AxisOrder> axis_order_of(std::string_view code);  // "LPS"
[[nodiscard]] std::vector<std::string> all_axis_codes();

}  // namespace focalhip::simulator
