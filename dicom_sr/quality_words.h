#pragma once

#include <string>
#include <vector>

#include "analysis/hip_report.h"

namespace focalhip {

// A quality note with the side it belongs to, or none for the scan.
struct SidedNote {
  QualityNote note;
  std::optional<Side> side;
};

// Notes of the scan, the calibration and the femurs, each once, in this order.
[[nodiscard]] std::vector<SidedNote> all_notes(const HipReport& report);

// "SHORT_DISTAL_COVERAGE (right): 12 mm below the lesser trochanter, 25 mm needed"
[[nodiscard]] std::string detail_line(const SidedNote& note);
[[nodiscard]] std::string detail_line(const NotMeasured& reason);

// The grade shown: R when refused, else the report's.
[[nodiscard]] Grade shown_grade(const HipReport& report);

[[nodiscard]] bool has_atlas(const HipReport& report);

}  // namespace focalhip
