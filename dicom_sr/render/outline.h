#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dicom_sr/render/canvas.h"

namespace focalhip {

// The border of all pixels that carry `label`, as line segments through the middle between pixel centres.
// Coordinates: pixels of the label image, centre of the first pixel = (0.5, 0.5).
[[nodiscard]] std::vector<Segment> outline(std::span<const std::uint8_t> labels,
                                           int columns,
                                           int rows,
                                           std::uint8_t label);

// Centre of the pixels that carry `label`, same coordinates; none when there is no such pixel.
[[nodiscard]] std::optional<Point> centre_of(std::span<const std::uint8_t> labels,
                                             int columns,
                                             int rows,
                                             std::uint8_t label);

}  // namespace focalhip
