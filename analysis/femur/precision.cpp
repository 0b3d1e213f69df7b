#include "analysis/femur/precision.h"

namespace focalhip {

namespace {

constexpr double confident_factor = 2.77;  // [Iscd]

// A least significant change as femur_proof prints it, back to the precision error.
constexpr std::optional<double> sd(double change) { return change / confident_factor; }

// THE TABLE: rows FN TR IT TH; columns aBMD (mg/cm2), area (mm2), BMC (mg), vBMD, trabecular, cortical
// (mg/cm3), volume (mm3). The numbers are the rows "least significant change of ..." (second figure) of
// femur_proof, run of 2026-11-28 with first seed 8100000, experiments main and repeat, hips with real bone
// surfaces (ten bones, each side with proportions of its own), 28 femora of 14 persons, 28 degrees of freedom
// (27 asked by [Gluer1995]). Whoever replaces them names the new run here and in `source`.
constexpr std::array<PrecisionErrors, all_vois.size()> table{{
    {sd(12.67), sd(7.73), sd(37.79), sd(4.77), sd(5.23), sd(7.36), sd(88.02)},
    {sd(6.07), sd(41.02), sd(308.23), sd(2.77), sd(1.87), sd(7.15), sd(926.04)},
    {sd(10.36), sd(47.86), sd(355.53), sd(3.21), sd(2.86), sd(9.62), sd(1055.41)},
    {sd(3.54), sd(31.30), sd(211.84), sd(1.21), sd(1.63), sd(3.41), sd(576.29)},
}};
constexpr std::string_view source =
    "28 simulated femora of ten real bone shapes scanned twice, lying down anew; patients may vary more";

}  // namespace

const PrecisionErrors& precision_errors(VoiName voi) { return table[static_cast<std::size_t>(voi)]; }

bool table_holds(CalibrationMethod method, Grade grade) {
  return method == CalibrationMethod::phantom && (grade == Grade::a || grade == Grade::b);
}

std::string_view precision_source() { return source; }

double least_significant_change(double precision_error) { return confident_factor * precision_error; }

std::optional<double> least_significant_change(VoiName voi, VoiQuantity quantity) {
  const std::optional<double>& error = precision_errors(voi)[static_cast<std::size_t>(quantity)];
  if (!error) return std::nullopt;
  return least_significant_change(*error);
}

std::string least_significant_change_words(bool claimed) {
  const std::string definition = "Least significant change (95 %, 2.77 x precision error, ISCD)";
  if (!claimed)
    return definition + ": known only for scans with a phantom beside the patient and of grade A or B.";
  if (source.empty()) return definition + ": not determined for this version.";
  return definition + " from " + std::string(source) + ".";
}

}  // namespace focalhip
