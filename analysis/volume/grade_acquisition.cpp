#include "analysis/volume/grade_acquisition.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace focalhip {

namespace {

struct Limits {
  double a = 0.0;
  double b = 0.0;
  double c = 0.0;
};
// qct 1.2; header values carry rounding, so a hundredth of a per cent is no reason to lower a grade.
constexpr Limits spacing_limits_mm{1.25, 2.0, 3.0};
constexpr Limits thickness_limits_mm{1.5, 2.5, 3.5};
constexpr Limits pixel_limits_mm{1.0, 1.2, 1.4};
constexpr double rounding = 1.0 + 1e-4;

Grade grade_of(double value, const Limits& limits) {
  if (value <= limits.a * rounding) return Grade::a;
  if (value <= limits.b * rounding) return Grade::b;
  if (value <= limits.c * rounding) return Grade::c;
  return Grade::r;
}

std::string sentence(const char* what, double found_mm, const Limits& limits, Grade grade) {
  std::array<char, 160> text{};
  if (grade == Grade::r) {
    std::snprintf(text.data(), text.size(), "%s %.2f mm, at most %.2f mm needed", what, found_mm, limits.c);
  } else {
    std::snprintf(
        text.data(), text.size(), "%s %.2f mm, %.2f mm or less for grade A", what, found_mm, limits.a);
  }
  return text.data();
}

void judge_length(AcquisitionGrade& result, const char* what, double found_mm, const Limits& limits) {
  const Grade grade = grade_of(found_mm, limits);
  if (grade == Grade::a) return;
  const std::string detail = sentence(what, found_mm, limits, grade);
  if (grade == Grade::r) {
    if (!result.refusal) result.refusal = NotMeasured{RefusalCode::too_coarse, detail};
  } else {
    result.notes.push_back({NoteCode::grade_spacing, detail});
  }
  result.grade = worse(result.grade, grade);
}

void judge_kvp(AcquisitionGrade& result, double kvp) {
  if (std::abs(kvp - reference_kvp) < 0.5) return;
  std::array<char, 120> text{};
  if (!(kvp >= 100.0 && kvp <= 140.0)) {
    std::snprintf(text.data(), text.size(), "%.0f kVp, 100 to 140 kVp needed", kvp);
    if (!result.refusal) result.refusal = NotMeasured{RefusalCode::kvp, text.data()};
    result.grade = Grade::r;
    return;
  }
  std::snprintf(text.data(), text.size(), "%.0f kVp, the reference is %.0f kVp", kvp, reference_kvp);
  result.notes.push_back({NoteCode::kvp_not_reference, text.data()});
  result.grade = worse(result.grade, Grade::b);
}

}  // namespace

AcquisitionGrade grade_acquisition(const AcquisitionQuality& quality) {
  AcquisitionGrade result;
  judge_length(result, "slice spacing", quality.slice_spacing_mm, spacing_limits_mm);
  if (quality.slice_thickness_mm) {
    judge_length(result, "slice thickness", *quality.slice_thickness_mm, thickness_limits_mm);
  }
  judge_length(result, "pixel size", quality.pixel_mm, pixel_limits_mm);
  if (quality.kvp) judge_kvp(result, *quality.kvp);
  if (quality.contrast_agent) {
    result.notes.push_back({NoteCode::contrast_agent, "the header names a contrast agent"});
    result.grade = worse(result.grade, Grade::c);
  }
  return result;
}

}  // namespace focalhip
