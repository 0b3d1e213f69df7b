#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "analysis/support/reason_codes.h"

namespace focalhip {

struct KernelGrade {
  Grade grade = Grade::a;
  std::vector<QualityNote> notes;
};

// Row "kernel" of science qct 1.2: the maker's name first, overruled by the blur measured at the rods (full
// width at half maximum, in the plane of the slices); absent = not measured. A: a soft kernel; B: a name that
// tells nothing, or one that the blur contradicts; C: sharp by the blur, or by name alone.
[[nodiscard]] KernelGrade grade_kernel(std::string_view kernel, std::optional<double> in_plane_fwhm_mm);

}  // namespace focalhip
