#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/femur/segment_femora.h"

namespace focalhip {

// Small grey pictures cut from the CT for the report page, with the masks' outlines on the same pixels.
struct SlicePicture {
  enum class Plane { axial, coronal };
  Plane plane = Plane::axial;
  double position_mm = 0.0;  // patient z (axial) or y (coronal)
  int columns = 0;           // growing to patient left
  int rows = 0;              // growing posterior (axial) or caudal (coronal)
  double pixel_mm = 1.0;
  double left_edge_x_mm = 0.0;     // patient x of the first column's centre
  double top_edge_mm = 0.0;        // patient y (axial) or z (coronal) of the first row's centre
  std::vector<std::int16_t> hu;    // columns * rows
  std::vector<std::uint8_t> mask;  // 0 none, 1 right femur, 2 left femur
};

// One axial slice through the femoral heads and one coronal slice on square pixels, both showing both hips
// and the outlines of what was segmented. Without femora: the middle slices.
[[nodiscard]] std::vector<SlicePicture> cut_pictures(
    const CtVolume& ct, const std::optional<std::array<FemurOutcome, 2>>& femora);

}  // namespace focalhip
