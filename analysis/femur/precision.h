#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/calibration/calibration.h"
#include "analysis/femur/femur.h"

namespace focalhip {

enum class VoiQuantity { abmd, area, bmc, vbmd, trabecular_vbmd, cortical_vbmd, volume };
inline constexpr std::array<VoiQuantity, 7> all_voi_quantities{VoiQuantity::abmd,
                                                               VoiQuantity::area,
                                                               VoiQuantity::bmc,
                                                               VoiQuantity::vbmd,
                                                               VoiQuantity::trabecular_vbmd,
                                                               VoiQuantity::cortical_vbmd,
                                                               VoiQuantity::volume};

// Short-term precision errors of the values of one region, index = VoiQuantity, in the units of
// VoiMeasurement: the root mean square of the SDs of repeated scans, the person lying down anew each time.
// Absent = not determined. [Gluer1995]
using PrecisionErrors = std::array<std::optional<double>, all_voi_quantities.size()>;

// What is built in: the one table of precision errors, filled from the repeated scans of femur_proof.
[[nodiscard]] const PrecisionErrors& precision_errors(VoiName voi);

// Whether scans like this one made the table: rods in the scan, scan and femur of grade A or B (the worse).
[[nodiscard]] bool table_holds(CalibrationMethod method, Grade grade);

// How the table was made, for report and page; empty while nothing is determined.
[[nodiscard]] std::string_view precision_source();

// The smallest difference of two scans of a person that tells a change with 95 % confidence: 2.77 (1.96 times
// the root of 2) times the precision error. [Iscd]
[[nodiscard]] double least_significant_change(double precision_error);
// By the built-in table, in the units of VoiMeasurement.
[[nodiscard]] std::optional<double> least_significant_change(VoiName voi, VoiQuantity quantity);

// One sentence for report and page: the definition, then the source or that it is not determined; not
// claimed: no femur's precision_holds.
[[nodiscard]] std::string least_significant_change_words(bool claimed);

}  // namespace focalhip
