#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/femur/bone_projection.h"

namespace focalhip {

enum class Region : std::uint8_t { none = 0, fn = 1, tr = 2, it = 3 };

// The lines that divide the projected femur, qct 4.3. Coordinates u (lateral), v (cranial) of the frame, mm.
struct VoiLines {
  Eigen::Vector2d neck_axis{0, 1};  // unit, towards the head
  double fn_lateral_mm = 0.0;       // edges of the FN band, coordinate along the neck axis
  double fn_medial_mm = 0.0;
  // Upper end of the neck's own section, every half millimetre along the band from its lateral edge: bone
  // above it is the overhanging tip of the greater trochanter and belongs to TR.
  std::vector<double> neck_top_mm;
  double distal_v_mm = 0.0;                  // lower limit of IT
  Eigen::Vector2d inferior_neck_mm{0, 0};    // the TR/IT line runs from here ...
  Eigen::Vector2d trochanter_base_mm{0, 0};  // ... to here
  bool fn_band_short = false;                // the head left less than 10 mm

  [[nodiscard]] Region region_of(double u_mm, double v_mm) const;
};

struct VoiLineOptions {
  double neck_band_mm = 15.0;
  double distal_margin_mm = 10.0;
};

// Throws Refusal{segmentation} when the contour does not show the landmarks of the lines.
[[nodiscard]] VoiLines place_voi_lines(const BoneProjection& projection,
                                       const FemurFrame& frame,
                                       const VoiLineOptions& options);

}  // namespace focalhip
