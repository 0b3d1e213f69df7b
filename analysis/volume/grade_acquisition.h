#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/support/reason_codes.h"

namespace focalhip {

// What the header of a series says about resolution and beam; absent = not in the header.
struct AcquisitionQuality {
  double slice_spacing_mm = 0.0;
  double pixel_mm = 0.0;  // the larger of row and column spacing
  std::optional<double> slice_thickness_mm;
  std::optional<double> kvp;
  bool contrast_agent = false;
};

// The atlas and the published study were made at this tube voltage.
inline constexpr double reference_kvp = 120.0;

struct AcquisitionGrade {
  Grade grade = Grade::a;
  std::vector<QualityNote> notes;
  std::optional<NotMeasured> refusal;  // set together with Grade::r
};

// The rows "slice spacing", "slice thickness", "pixel", "kVp" (with phantom), "contrast" (by the header) of
// science qct 1.2.
[[nodiscard]] AcquisitionGrade grade_acquisition(const AcquisitionQuality& quality);

}  // namespace focalhip
