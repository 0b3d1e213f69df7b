#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/hip_report.h"
#include "dicom_sr/study_context.h"

// Invented results for the tests of the outgoing objects: drawn, not measured. Numbers are plausible only.
namespace focalhip::test {

// Grade B, both femora measured, calibrated, two notes.
[[nodiscard]] HipReport both_sides_report();
// The right femur carries an implant.
[[nodiscard]] HipReport one_side_report();
// Both femora measured by a phantom scan of another day, and by the patient's own tissues.
[[nodiscard]] HipReport asynchronous_report();
[[nodiscard]] HipReport internal_report();
// No phantom; heads were seen; contrast and short coverage noted.
[[nodiscard]] HipReport refused_report_with_pictures();
// Calibrated, but neither femur can be measured.
[[nodiscard]] HipReport refused_report_with_calibration();
// Refused before there was a volume: nothing but the reason.
[[nodiscard]] HipReport refused_report_without_volume();
// Values that could not be computed: absent, not a number, infinite.
[[nodiscard]] HipReport missing_values_report();
// Every kind of note, with long details, and the longest numbers that can occur.
[[nodiscard]] HipReport crowded_report();

// Name, identifier and dates that must never be drawn into a picture.
inline constexpr std::string_view patient_name = "DOE^JANE^^^";
inline constexpr std::string_view patient_id = "PID-4711";
inline constexpr std::string_view birth_date = "19511224";

// A study of as many CT images as the report's grid has slices (ten when it has none).
[[nodiscard]] StudyContext study_of(const HipReport& report);

// Fixed date, time and node; the UID of a role is a hash of the role and `salt`.
[[nodiscard]] ResultStamp stamp_with(std::string salt = "first");

// Small CT images for the sources of the context, as Part 10 files.
[[nodiscard]] std::vector<std::string> source_files(const StudyContext& study, const HipReport& report);

}  // namespace focalhip::test
